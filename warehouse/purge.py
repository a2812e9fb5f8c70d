"""Remove old days from the warehouse, for good: no later export brings them back.

The stores keep the data; only what the warehouse made of it goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from svp.core.sqlfiles import read_sql
from svp.errors import UsageError
from warehouse.connections import execute, fetch, fetch_one, open_warehouse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from svp.core.mysql import Connection
    from svp.settings import Settings
    from warehouse.sources import DayVersion

__all__ = ["PurgePlan", "first_kept_day", "kept_days", "plan_purge", "purge", "purged_before"]


@dataclass(frozen=True, slots=True)
class PurgePlan:
    """What a purge would remove."""

    before: date
    days: int
    """Published days before it."""
    first: date | None
    """The first of them; None for none."""
    last: date | None


def first_kept_day(settings: Settings, older_than: int) -> date:
    """Return the day before which days are older than so many, counted from the last day with events.

    Raises:
        SchemaError: there is no warehouse.
        UsageError: there are no events to count from, or the calendar has no day so early.
    """
    with open_warehouse(settings) as connection:
        found = fetch(connection, read_sql("warehouse.queries", "last_event_day"))
    if not found:
        message = "the warehouse has no day with events to count from"
        raise UsageError(message, "run 'svp warehouse refresh' first, or say --before")
    last_day: date = found[0][0]
    try:
        return last_day - timedelta(days=older_than)
    except OverflowError as error:
        message = f"no calendar has a day that is {older_than:,} days before {last_day}"
        raise UsageError(message, "give fewer days, or say --before") from error


def plan_purge(settings: Settings, before: date) -> PurgePlan:
    """Return what ``purge`` would remove now; nothing is written.

    Raises:
        SchemaError: there is no warehouse.
    """
    with open_warehouse(settings) as connection:
        execute(connection, "SET @svp_before = %s", (before,))
        days, first, last = fetch_one(connection, read_sql("warehouse.queries", "days_before"))
    return PurgePlan(before, int(days), first, last)


def purge(settings: Settings, before: date) -> None:
    """Remove every published day before a day, each in a transaction of its own; safe to repeat.

    Raises:
        SchemaError: there is no warehouse.
        LockError: a refresh is at work.
        VerifyError: the procedure failed; a repeat does the rest.
    """
    with open_warehouse(settings) as connection:
        execute(connection, "CALL purge_before(%s)", (before,))


def purged_before(connection: Connection) -> date:
    """Return the first day that no purge removed."""
    (purged,) = fetch_one(connection, "SELECT max(purged_before) FROM purge_log")
    return purged or date.min


def kept_days(connection: Connection, versions: Iterable[DayVersion]) -> list[DayVersion]:
    """Return the days that no purge removed."""
    purged = purged_before(connection)
    return [each for each in versions if each.day >= purged]
