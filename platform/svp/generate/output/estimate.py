"""How much there will be, before anything is made.

The constants were measured on the sizes from tiny to medium, from seed 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import expm1, log1p
from typing import TYPE_CHECKING

from svp.generate.catalogue import HISTORY_MONTHS
from svp.generate.output.orders import KINDS, TRUTH
from svp.generate.people import FIRST_MONTH_SHARE, MONTH_DAYS, MONTHLY_GROWTH
from svp.model import BOX_LOGS, TABLES

if TYPE_CHECKING:
    from svp.generate.output.orders import Order

__all__ = ["Estimate", "estimate"]

SUBSCRIBED_SHARE, GAINED_SHARE = 0.63, 0.25
"""Subscribers of a mean day, against the users when the first day begins; more, as a share of those who sign up."""
CROWDED_SESSIONS = 120
"""Plays of a subscriber in 30 days for which half of them find no room in the days of the busiest."""
EPISODES_A_TITLE, DEVICES_A_USER = 6.3, 2.39
EVENTS_BEFORE, EVENTS_A_MONTH = 7.5, 0.8
"""Subscription events by user of the first day: until then, and in a month of the period."""
EPISODES_A_PLAY, ATTEMPTS_A_PLAY, SEARCHES_A_PLAY = 0.90, 1.02, 0.21
RATINGS_A_PLAY, RATINGS_CROWDING = 0.23, 3.9
ADDITIONS_A_PLAY, ADDITIONS_CROWDING = 0.105, 5.8
"""A user rates or lists a title once: fewer by 1 + crowding * plays a user / titles."""
BOX_LINES_A_USER_DAY = 0.03
HOUSEHOLD_LINES_A_DAY = 0.95
"""Where every user is a household with a box."""

SHARE_ON_DEMAND, TITLES_ON_DEMAND = 0.93, 0.97
"""Of plays and of titles, those that are no channel's: the relational set has no others."""

BYTES_A_ROW = {
    "users": (17, 85, 253),
    "content": (81, 352, 692),
    "episodes": (9, 55, 165),
    "devices": (8, 50, 120),
    "viewing_sessions": (32, 140, 342),
    "episode_viewing": (13, 66, 151),
    "playback_attempts": (26, 115, 315),
    "ratings": (21, 81, 173),
    "watchlist": (25, 80, 155),
    "subscription_events": (16, 83, 215),
    "search_queries": (22, 87, 198),
}
"""In Parquet, in CSV, in JSON Lines."""
FORMATS = ("parquet", "csv", "jsonl")
BOX_LINE_BYTES, TRUTH_BYTES = 175, 134
RELATIONAL_BYTES_A_ROW = {"users": 46, "content": 305, "viewing_sessions": 63}
COLUMN_BYTES = 450
"""Of a Parquet file's own description, by column."""

START_SECONDS = 0.5
"""To load the libraries and make the catalogue."""
SECONDS_A_ROW = 1.8e-6
RELATIONAL_SECONDS_A_ROW = 4e-6
"""On one core of a laptop, all kinds together; the relational set shows less of what has to be made."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one kind of data will be: rows and bytes within a third; seconds depend on the machine."""

    kind: str
    rows: int
    bytes: int
    seconds: float


def estimate(order: Order) -> tuple[Estimate, ...]:
    """Return what each kind of data will be, in the order of the manifest."""
    sizes = {"platform": _platform, "relational": _relational, "iptv": _iptv}[order.shape](order)
    row_seconds = RELATIONAL_SECONDS_A_ROW if order.shape == "relational" else SECONDS_A_ROW
    return tuple(
        Estimate(kind, round(rows), round(size), START_SECONDS / len(sizes) + rows * row_seconds)
        for kind, (rows, size) in sizes.items()
    )


def _platform(order: Order) -> dict[str, tuple[float, float]]:
    """Return rows and bytes by kind."""
    rows = _rows(order)
    sizes = {kind: (rows[kind], _bytes(order, kind, rows[kind])) for kind in KINDS}
    dirty = 1 + order.dirt
    return {
        kind: (count, size) if kind == TRUTH else (count * dirty, size * dirty)
        for kind, (count, size) in sizes.items()
        if order.has(kind)
    }


def _relational(order: Order) -> dict[str, tuple[float, float]]:
    rows = _rows(order)
    shown = {
        "users": rows["users"],
        "content": rows["content"] * TITLES_ON_DEMAND,
        "viewing_sessions": rows["viewing_sessions"] * SHARE_ON_DEMAND,
    }
    return {kind: (count, count * RELATIONAL_BYTES_A_ROW[kind]) for kind, count in shown.items()}


def _iptv(order: Order) -> dict[str, tuple[float, float]]:
    rows = order.arguments.users * _shown_days(order) * HOUSEHOLD_LINES_A_DAY * (1 + order.dirt)
    return {BOX_LOGS.name: (rows, rows * BOX_LINE_BYTES)}


def _bytes(order: Order, kind: str, rows: float) -> float:
    if kind == BOX_LOGS.name:
        return rows * BOX_LINE_BYTES
    if kind == TRUTH:
        return rows * TRUTH_BYTES
    by_format = dict(zip(FORMATS, BYTES_A_ROW[kind], strict=True))
    columns = {table.name: len(table.columns) for table in TABLES}
    description = columns[kind] * COLUMN_BYTES if order.file_format == "parquet" else 0
    return rows * by_format[order.file_format] + description


def _rows(order: Order) -> dict[str, float]:
    arguments, days = order.arguments, _shown_days(order)
    months = arguments.days / MONTH_DAYS
    subscribed = SUBSCRIBED_SHARE * (1 + GAINED_SHARE * _growth(months))
    wanted = arguments.sessions_per_user * subscribed / MONTH_DAYS
    rate = wanted / (1 + arguments.sessions_per_user / CROWDED_SESSIONS)
    plays, crowd = arguments.users * rate * days, rate * arguments.days / arguments.titles
    users = arguments.users * (1 + _growth(months))
    titles = arguments.titles * (1 + months / HISTORY_MONTHS)
    return {
        "users": users,
        "content": titles,
        "episodes": titles * EPISODES_A_TITLE,
        "devices": users * DEVICES_A_USER,
        "viewing_sessions": plays,
        "episode_viewing": plays * EPISODES_A_PLAY,
        "playback_attempts": plays * ATTEMPTS_A_PLAY,
        "ratings": plays * RATINGS_A_PLAY / (1 + RATINGS_CROWDING * crowd),
        "watchlist": plays * ADDITIONS_A_PLAY / (1 + ADDITIONS_CROWDING * crowd),
        "subscription_events": arguments.users * _events_a_user(order),
        "search_queries": plays * SEARCHES_A_PLAY,
        BOX_LOGS.name: arguments.users * days * BOX_LINES_A_USER_DAY,
        TRUTH: users + titles,
    }


def _growth(months: float) -> float:
    """Return sign-ups of the period, against all before it."""
    return float(FIRST_MONTH_SHARE * expm1(months * log1p(MONTHLY_GROWTH)) / MONTHLY_GROWTH)


def _events_a_user(order: Order) -> float:
    before = EVENTS_BEFORE if order.from_on is None else 0
    return before + EVENTS_A_MONTH * _shown_days(order) / MONTH_DAYS


def _shown_days(order: Order) -> int:
    """Return how many days there are events of."""
    first = order.arguments.start_day if order.from_day is None else order.from_day
    return order.arguments.end_day - first
