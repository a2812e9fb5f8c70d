"""The small analytics set: four tables with integer ids, as courses in SQL use them."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from loaders.canonical import MAX_LENGTH_MINUTES, field, flags_of
from loaders.contract import Field, Kind
from loaders.parsers import (
    Parser,
    choice,
    country,
    day,
    midnight_of,
    minutes_as_seconds,
    number_id,
    whole,
)
from svp.model import CONTENT as CONTENT_TABLE
from svp.model import RATINGS as RATINGS_TABLE
from svp.model import USERS as USERS_TABLE
from svp.model import VIEWING_SESSIONS as VIEWING_SESSIONS_TABLE

__all__ = ["KINDS"]

TYPES = {
    "movie": "movie",
    "film": "movie",
    "series": "series",
    "show": "series",
    "tv show": "series",
    "documentary": "documentary",
    "kids": "kids",
    "sport": "sport",
    "live": "live",
}


def key(column: str, to: str | None = None) -> Field:
    """Return the field of an integer id."""
    return Field(column, to or column, number_id(), required=True)


def required(column: str, to: str, parser: Parser) -> Field:
    """Return a field without which a row is refused."""
    return Field(column, to, parser, required=True)


USERS = Kind(
    name="analytics.users",
    source="analytics",
    target=USERS_TABLE,
    fields=(
        key("user_id"),
        required("signup_date", "registered_on", day()),
        Field("region", "country", country()),
        field(USERS_TABLE, "age"),
        field(USERS_TABLE, "plan", column="subscription_type"),
    ),
    flags=flags_of(USERS_TABLE),
    telling=frozenset({"region"}),
    about="`region` is the code of a country, `UK` for `GB`; it is kept as the country's English name.",
)

CONTENT = Kind(
    name="analytics.content",
    source="analytics",
    target=CONTENT_TABLE,
    fields=(
        key("content_id"),
        field(CONTENT_TABLE, "title"),
        required("content_type", "content_type", choice(TYPES)),
        replace(field(CONTENT_TABLE, "genres", column="genre"), required=False),
        Field("duration_min", "duration_minutes", whole(1, MAX_LENGTH_MINUTES, pa.int32())),
        field(CONTENT_TABLE, "release_year"),
    ),
    flags=flags_of(CONTENT_TABLE),
    telling=frozenset({"duration_min"}),
    about="Lengths are whole minutes in `duration_min`.",
)

VIEWING_SESSIONS = Kind(
    name="analytics.viewing_sessions",
    source="analytics",
    target=VIEWING_SESSIONS_TABLE,
    fields=(
        key("log_id", "session_id"),
        key("user_id"),
        key("content_id"),
        field(VIEWING_SESSIONS_TABLE, "started_on", column="watch_date"),
        required("watch_duration_min", "watch_seconds", minutes_as_seconds(MAX_LENGTH_MINUTES)),
    ),
    flags=flags_of(VIEWING_SESSIONS_TABLE),
    about=(
        "A view has a day and no time. One that is longer than its title is stored as it came and flagged "
        "`longer_than_title`."
    ),
)

RATINGS = Kind(
    name="analytics.ratings",
    source="analytics",
    target=RATINGS_TABLE,
    fields=(
        key("rating_id"),
        key("user_id"),
        key("content_id"),
        required("rating", "stars", whole(1, 5, pa.int16())),
        required("rating_date", "rated_at", midnight_of(day())),
    ),
    flags=flags_of(RATINGS_TABLE),
    about=(
        "A rating of a title that its user never played is stored and flagged `rated_unseen`. Ratings have a day and "
        "no time; they are kept as of midnight UTC."
    ),
)

KINDS = (USERS, CONTENT, VIEWING_SESSIONS, RATINGS)
