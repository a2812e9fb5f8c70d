"""The nine tables of a generated streaming platform, exported from PostgreSQL by pandas."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa

from loaders.arrow import compute
from loaders.canonical import field, flags_of
from loaders.contract import Field, Kind
from loaders.parsers import (
    amount,
    choice,
    country,
    day_of,
    instant,
    number_id,
    whole,
)
from svp import model

if TYPE_CHECKING:
    from svp.model import Table

__all__ = ["KINDS"]

CONTENT_TYPES = {
    "movie": "movie",
    "short_film": "movie",
    "original": "movie",
    "tv_show": "series",
    "documentary": "documentary",
}
"""``original`` says who made a title, not what it is; all of them have a length of their own, as films do."""

EVENT_TYPES = {
    "subscription_start": "start",
    "upgrade": "upgrade",
    "downgrade": "downgrade",
    "cancellation": "cancellation",
    "renewal": "renewal",
    "payment_failed": "payment_failed",
}

COMMON = "A table of PostgreSQL as pandas writes it: lists as `['FRA', 'USA']`, whole numbers as `123.0`."
NAIVE = " Its instants name no zone, so `--zone` has to say whose clocks they are."


def kind(
    table: Table, *fields: Field, unused: str = "", personal: str = "", about: str = ""
) -> Kind:
    """Return the kind of one table, whose own key is called ``id``; of ``unused`` and ``personal`` nothing becomes."""
    is_naive = any(each.parser.in_zone for each in fields)
    return Kind(
        name=f"service.{table.name}",
        source="service",
        target=table,
        fields=(key("id", table.key[0]), *fields),
        flags=flags_of(table),
        unused=frozenset(f"{unused} {personal}".split()),
        personal=frozenset(personal.split()),
        is_naive=is_naive,
        about=f"{COMMON}{NAIVE if is_naive else ''}{about}",
    )


def key(column: str, to: str | None = None, *, required: bool = True) -> Field:
    """Return the field of an integer id."""
    return Field(column, to or column, number_id(), required=required)


def at(column: str, to: str, *, required: bool = False) -> Field:
    """Return the field of an instant."""
    return Field(column, to, instant(), required=required)


def without_lone_currency(rows: pa.RecordBatch) -> pa.RecordBatch:
    """Take away the currency, which has a default, where no money moved."""
    moved = compute.is_valid(rows.column("amount_minor"))
    currency = compute.if_else(moved, rows.column("currency"), pa.scalar(None, pa.string()))
    index = rows.schema.get_field_index("currency")
    return rows.set_column(index, rows.schema.field(index), currency)


USERS = kind(
    model.USERS,
    field(model.USERS, "registered_on", column="subscription_start"),
    Field("country", "country", country()),
    field(model.USERS, "plan", column="subscription_plan"),
    field(model.USERS, "payment_method"),
    field(model.USERS, "preferred_device", column="device_preference"),
    field(model.USERS, "is_active"),
    unused="age_group subscription_end created_at last_login",
    personal="email username first_name last_name",
    about=(
        " The day on which the subscription started is taken for that of the sign-up: `created_at` is when the row was "
        "made. Names and addresses are not taken over."
    ),
)

CONTENT = kind(
    model.CONTENT,
    field(model.CONTENT, "title"),
    Field("content_type", "content_type", choice(CONTENT_TYPES), required=True),
    replace(field(model.CONTENT, "genres", column="genre"), required=False),
    field(model.CONTENT, "release_year"),
    field(model.CONTENT, "duration_minutes"),
    field(model.CONTENT, "director"),
    field(model.CONTENT, "main_actor"),
    field(model.CONTENT, "rating_average", column="imdb_rating"),
    field(model.CONTENT, "maturity_rating", column="content_rating"),
    field(model.CONTENT, "is_original"),
    field(model.CONTENT, "added_on", column="added_date"),
    field(model.CONTENT, "available_countries"),
    field(model.CONTENT, "description"),
    unused="subgenre tags",
)

EPISODES = kind(
    model.EPISODES,
    key("tv_show_id", "content_id"),
    *(
        field(model.EPISODES, name)
        for name in ("season_number", "episode_number", "title", "duration_minutes")
    ),
    field(model.EPISODES, "released_on", column="release_date"),
    unused="director imdb_rating description",
)

VIEWING_SESSIONS = kind(
    model.VIEWING_SESSIONS,
    key("user_id"),
    key("content_id"),
    Field("session_start", "started_on", day_of(instant()), required=True),
    at("session_start", "started_at", required=True),
    at("session_end", "ended_at"),
    field(model.VIEWING_SESSIONS, "watch_seconds", column="duration_seconds"),
    field(model.VIEWING_SESSIONS, "completion_percent", column="completion_rate"),
    field(model.VIEWING_SESSIONS, "device_type"),
    field(model.VIEWING_SESSIONS, "platform"),
    field(model.VIEWING_SESSIONS, "quality"),
    field(model.VIEWING_SESSIONS, "stall_count", column="buffering_count"),
    field(model.VIEWING_SESSIONS, "average_bitrate_kbps", column="avg_bitrate"),
    personal="city ip_address",
)

EPISODE_VIEWING = kind(
    model.EPISODE_VIEWING,
    key("viewing_session_id", "session_id"),
    key("episode_id"),
    field(model.EPISODE_VIEWING, "watch_seconds", column="duration_watched"),
    unused="user_id start_time end_time completion_rate",
)

RATINGS = kind(
    model.RATINGS,
    key("user_id"),
    key("content_id"),
    Field("rating", "stars", whole(1, 5, pa.int16()), required=True),
    at("rating_date", "rated_at", required=True),
    field(model.RATINGS, "review", column="review_text"),
    field(model.RATINGS, "helpful_count"),
)

WATCHLIST = kind(
    model.WATCHLIST,
    key("user_id"),
    key("content_id"),
    at("added_date", "added_at", required=True),
    at("watched_date", "watched_at"),
    unused="watched",
)

SUBSCRIPTION_EVENTS = replace(
    kind(
        model.SUBSCRIPTION_EVENTS,
        key("user_id"),
        Field("event_type", "event_type", choice(EVENT_TYPES), required=True),
        at("event_date", "occurred_at", required=True),
        field(model.SUBSCRIPTION_EVENTS, "previous_plan"),
        field(model.SUBSCRIPTION_EVENTS, "new_plan"),
        Field("amount", "amount_minor", amount()),
        field(model.SUBSCRIPTION_EVENTS, "currency"),
        unused="payment_gateway",
        personal="transaction_id",
        about=" A currency beside no amount is the column's default, and is left out.",
    ),
    tidy=without_lone_currency,
)

SEARCH_QUERIES = kind(
    model.SEARCH_QUERIES,
    key("user_id"),
    field(model.SEARCH_QUERIES, "query_text"),
    at("search_date", "searched_at", required=True),
    field(model.SEARCH_QUERIES, "result_count", column="results_count"),
    key("clicked_content_id", required=False),
    field(model.SEARCH_QUERIES, "filters", column="search_filters"),
    unused="session_id",
    about=" A search of nobody who is known is rejected.",
)

KINDS = (
    USERS,
    CONTENT,
    EPISODES,
    VIEWING_SESSIONS,
    EPISODE_VIEWING,
    RATINGS,
    WATCHLIST,
    SUBSCRIPTION_EVENTS,
    SEARCH_QUERIES,
)
