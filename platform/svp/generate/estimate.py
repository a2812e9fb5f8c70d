"""How much there will be, before anything is made."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from typing import TYPE_CHECKING

from svp.generate.people import HISTORY_DAYS, MONTHLY_GROWTH
from svp.model import TABLES

if TYPE_CHECKING:
    from svp.generate.arguments import Arguments
    from svp.model import Table

__all__ = ["TableEstimate", "estimate"]

EPISODES_A_TITLE = 6.2
EVENTS_AT_SIGN_UP, EVENTS_A_MONTH = 1.7, 0.66
"""Subscription events of a user: at first, and for each month since, mean of those who left too."""
EPISODES_A_PLAY, SEARCHES_A_PLAY = 0.66, 0.30
RATINGS_A_PLAY, RATINGS_CROWDING = 0.31, 5.7
ADDITIONS_A_PLAY, ADDITIONS_CROWDING = 0.155, 12.0
"""A user rates or lists a title once: fewer by 1 + crowding * plays a user / titles."""
MONTH_DAYS = 30

BYTES_A_ROW = {
    "users": 19,
    "content": 50,
    "episodes": 6,
    "viewing_sessions": 29,
    "episode_viewing": 9,
    "ratings": 15,
    "watchlist": 19,
    "subscription_events": 14,
    "search_queries": 17,
}
"""In the file, measured at the scale small."""
BYTES_A_COLUMN = 350
"""Of a file's own description."""

START_SECONDS = 0.5
"""To load the libraries and make the pools of names."""
ROWS_A_SECOND = 350_000
"""On one core of a laptop, all tables together."""


@dataclass(frozen=True, slots=True)
class TableEstimate:
    """What one table will be: rows and bytes within a third; seconds depend on the machine."""

    table: str
    rows: int
    bytes: int
    seconds: float


def estimate(arguments: Arguments) -> tuple[TableEstimate, ...]:
    """Return what each table will be, in the order in which they are made."""
    rows = _rows(arguments)
    return tuple(
        TableEstimate(
            table=table.name,
            rows=round(rows[table.name]),
            bytes=_bytes(table, rows[table.name]),
            seconds=START_SECONDS / len(TABLES) + rows[table.name] / ROWS_A_SECOND,
        )
        for table in TABLES
    )


def _bytes(table: Table, rows: float) -> int:
    return round(BYTES_A_COLUMN * len(table.columns) + rows * BYTES_A_ROW[table.name])


def _rows(arguments: Arguments) -> dict[str, float]:
    plays = arguments.users * arguments.sessions_per_user
    crowd = arguments.sessions_per_user / arguments.titles
    months = _mean_account_days(arguments.days) / MONTH_DAYS
    return {
        "users": arguments.users,
        "content": arguments.titles,
        "episodes": arguments.titles * EPISODES_A_TITLE,
        "viewing_sessions": plays,
        "episode_viewing": plays * EPISODES_A_PLAY,
        "ratings": plays * RATINGS_A_PLAY / (1 + RATINGS_CROWDING * crowd),
        "watchlist": plays * ADDITIONS_A_PLAY / (1 + ADDITIONS_CROWDING * crowd),
        "subscription_events": arguments.users * (EVENTS_AT_SIGN_UP + EVENTS_A_MONTH * months),
        "search_queries": plays * SEARCHES_A_PLAY,
    }


def _mean_account_days(days: int) -> float:
    """Return how long ago the mean user signed up, when sign-ups have grown all the time."""
    growth = log(1 + MONTHLY_GROWTH) / MONTH_DAYS
    period_days = HISTORY_DAYS + days
    return 1 / growth - period_days / (exp(growth * period_days) - 1)
