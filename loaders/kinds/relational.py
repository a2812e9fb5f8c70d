"""The relational set that students of data engineering use: users.csv, content.json, viewing_sessions.csv."""

from __future__ import annotations

from loaders.canonical import MAX_LENGTH_MINUTES, field, flags_of
from loaders.contract import Field, Kind
from loaders.parsers import choice, list_of_words, minutes_as_seconds
from svp.model import CONTENT as CONTENT_TABLE
from svp.model import USERS as USERS_TABLE
from svp.model import VIEWING_SESSIONS as VIEWING_SESSIONS_TABLE

__all__ = ["CONTENT", "USERS", "VIEWING_SESSIONS"]

GROUPS = {"movies": "movie", "series": "series", "documentaries": "documentary"}
"""Arrays of content.json, and the content type of what is in them."""

USERS = Kind(
    name="relational.users",
    source="relational",
    target=USERS_TABLE,
    fields=(
        field(USERS_TABLE, "user_id"),
        field(USERS_TABLE, "age"),
        field(USERS_TABLE, "country"),
        field(USERS_TABLE, "plan", column="subscription_type"),
        field(USERS_TABLE, "registered_on", column="registration_date"),
        field(USERS_TABLE, "lifetime_watch_hours", column="total_watch_time_hours"),
    ),
    flags=flags_of(USERS_TABLE),
    about=(
        "`user_id` is text: `U1` and `U0001` are two users. `total_watch_time_hours` is a figure of the account's "
        "whole life, far more than the sessions sum up to; it is kept beside them and never reconciled with them."
    ),
)

CONTENT = Kind(
    name="relational.content",
    source="relational",
    target=CONTENT_TABLE,
    groups=tuple(GROUPS),
    fields=(
        field(CONTENT_TABLE, "content_id"),
        field(CONTENT_TABLE, "title"),
        Field("group", "content_type", choice(GROUPS), required=True),
        Field("genre", "genres", list_of_words()),
        field(CONTENT_TABLE, "duration_minutes"),
        field(CONTENT_TABLE, "release_year"),
        field(CONTENT_TABLE, "rating_average", column="rating"),
        field(CONTENT_TABLE, "view_count", column="views_count"),
        field(CONTENT_TABLE, "view_count", column="total_views"),
        field(CONTENT_TABLE, "production_budget"),
        field(CONTENT_TABLE, "season_count", column="seasons"),
        field(CONTENT_TABLE, "episodes_per_season"),
        field(CONTENT_TABLE, "average_episode_minutes", column="avg_episode_duration"),
    ),
    flags=flags_of(CONTENT_TABLE),
    about="Titles repeat, so they are no keys. Series have no year of release.",
)

VIEWING_SESSIONS = Kind(
    name="relational.viewing_sessions",
    source="relational",
    target=VIEWING_SESSIONS_TABLE,
    fields=(
        field(VIEWING_SESSIONS_TABLE, "session_id"),
        field(VIEWING_SESSIONS_TABLE, "user_id"),
        field(VIEWING_SESSIONS_TABLE, "content_id"),
        field(VIEWING_SESSIONS_TABLE, "started_on", column="watch_date"),
        Field(
            "watch_duration_minutes",
            "watch_seconds",
            minutes_as_seconds(MAX_LENGTH_MINUTES),
            required=True,
        ),
        field(VIEWING_SESSIONS_TABLE, "completion_percent", column="completion_percentage"),
        field(VIEWING_SESSIONS_TABLE, "device_type"),
        field(VIEWING_SESSIONS_TABLE, "quality", column="quality_level"),
    ),
    flags=flags_of(VIEWING_SESSIONS_TABLE),
    about=(
        "A session has a day and no time, so it counts in daily figures, and in none by the hour. One before its "
        "user's registration is stored and flagged `before_signup`."
    ),
)
