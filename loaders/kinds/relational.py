"""The relational set that students of data engineering use: users.csv, content.json, viewing_sessions.csv."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from loaders.contract import Field, Flag, Kind
from loaders.parsers import choice, day, decimal, list_of, minutes_as_seconds, text, whole
from svp import model

__all__ = ["CONTENT", "USERS", "VIEWING_SESSIONS"]

MAX_ID_CHARACTERS = 100
MAX_NAME_CHARACTERS = 500
MAX_BUDGET = 10**13
MAX_VIEWS = 10**12
TWO_DAYS_IN_MINUTES = 2 * 24 * 60

GROUPS = {"movies": "movie", "series": "series", "documentaries": "documentary"}
"""Arrays of content.json, and the content type of what is in them."""


def completion_out_of_range(rows: pa.RecordBatch) -> pa.Array:
    """Tell which rows have a completion below 0 or above 100 percent."""
    completion = rows.column("completion_percent")
    return pc.or_(pc.less(completion, 0), pc.greater(completion, 100))


def season_count_differs(rows: pa.RecordBatch) -> pa.Array:
    """Tell which rows name another number of seasons than their list of episodes has."""
    return pc.not_equal(
        rows.column("season_count"), pc.list_value_length(rows.column("episodes_per_season"))
    )


USERS = Kind(
    name="relational.users",
    source="relational",
    target=model.USERS,
    fields=(
        Field("user_id", "user_id", text(max_characters=MAX_ID_CHARACTERS), required=True),
        Field("age", "age", whole(0, 150, pa.int16())),
        Field("country", "country", text(max_characters=MAX_NAME_CHARACTERS)),
        Field("subscription_type", "plan", text(max_characters=MAX_NAME_CHARACTERS)),
        Field("registration_date", "registered_on", day(), required=True),
        Field(
            "total_watch_time_hours",
            "lifetime_watch_hours",
            decimal(0, 10**9, pa.decimal128(12, 2)),
        ),
    ),
)

CONTENT = Kind(
    name="relational.content",
    source="relational",
    target=model.CONTENT,
    groups=tuple(GROUPS),
    fields=(
        Field("content_id", "content_id", text(max_characters=MAX_ID_CHARACTERS), required=True),
        Field("title", "title", text(max_characters=MAX_NAME_CHARACTERS), required=True),
        Field("group", "content_type", choice(GROUPS), required=True),
        Field("genre", "genres", list_of(str, pa.list_(pa.string()))),
        Field("duration_minutes", "duration_minutes", whole(1, TWO_DAYS_IN_MINUTES, pa.int32())),
        Field("release_year", "release_year", whole(1870, 2200, pa.int16())),
        Field("rating", "rating_average", decimal(0, 10, pa.decimal128(4, 2))),
        Field("views_count", "view_count", whole(0, MAX_VIEWS)),
        Field("total_views", "view_count", whole(0, MAX_VIEWS)),
        Field("production_budget", "production_budget", whole(0, MAX_BUDGET)),
        Field("seasons", "season_count", whole(0, 1000, pa.int16())),
        Field("episodes_per_season", "episodes_per_season", list_of(int, pa.list_(pa.int16()))),
        Field(
            "avg_episode_duration",
            "average_episode_minutes",
            whole(1, TWO_DAYS_IN_MINUTES, pa.int32()),
        ),
    ),
    flags=(Flag("season_count_differs", season_count_differs),),
)

VIEWING_SESSIONS = Kind(
    name="relational.viewing_sessions",
    source="relational",
    target=model.VIEWING_SESSIONS,
    fields=(
        Field("session_id", "session_id", text(max_characters=MAX_ID_CHARACTERS), required=True),
        Field("user_id", "user_id", text(max_characters=MAX_ID_CHARACTERS), required=True),
        Field("content_id", "content_id", text(max_characters=MAX_ID_CHARACTERS), required=True),
        Field("watch_date", "started_on", day(), required=True),
        Field(
            "watch_duration_minutes",
            "watch_seconds",
            minutes_as_seconds(TWO_DAYS_IN_MINUTES),
            required=True,
        ),
        Field(
            "completion_percentage",
            "completion_percent",
            decimal(-10_000, 10_000, pa.decimal128(7, 2)),
        ),
        Field("device_type", "device_type", text(max_characters=MAX_NAME_CHARACTERS)),
        Field("quality_level", "quality", text(max_characters=MAX_NAME_CHARACTERS)),
    ),
    flags=(Flag("completion_out_of_range", completion_out_of_range),),
)
