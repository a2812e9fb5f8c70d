"""How fresh the warehouse is, what keeps it fresh, and what is wrong with that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import nosql.schema
import oltp.schema
from svp.core.sqlfiles import read_sql
from warehouse.connections import Row, fetch, fetch_one, open_warehouse
from warehouse.export import pending_days, published_days
from warehouse.objects import stale_objects
from warehouse.sources import open_sources
from warehouse.store import check_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from svp.core.mysql import Connection
    from svp.settings import Settings

__all__ = ["EventStatus", "ExportRun", "ProcedureRun", "WarehouseStatus", "read_status"]

EVENT = "refresh_changed_days_every_day"

UNIT_SECONDS = {"SECOND": 1, "MINUTE": 60, "HOUR": 3600, "DAY": 86_400, "WEEK": 604_800}
"""Units of an event's interval that have a fixed length."""

FAILURES = frozenset({"failed", "interrupted"})


@dataclass(frozen=True, slots=True)
class ProcedureRun:
    """The last run of one procedure."""

    procedure: str
    started_at: datetime
    ended_at: datetime | None
    rows: int | None
    outcome: str
    message: str | None


@dataclass(frozen=True, slots=True)
class ExportRun:
    """The last export."""

    started_at: datetime
    ended_at: datetime | None
    days: int | None
    rows: int | None
    outcome: str
    message: str | None


@dataclass(frozen=True, slots=True)
class EventStatus:
    """The event that refreshes by itself."""

    name: str
    is_enabled: bool
    every: str
    """Its interval, as "1 DAY"."""
    last_run_at: datetime | None
    next_run_at: datetime | None
    """None when it is off, or its interval has no fixed length."""


@dataclass(frozen=True, slots=True)
class WarehouseStatus:
    """Everything that ``svp warehouse status`` says."""

    runs: tuple[ProcedureRun, ...]
    last_export: ExportRun | None
    event: EventStatus | None
    scheduler: str
    """The server's event_scheduler: ON, OFF or DISABLED."""
    pending: tuple[date, ...]
    """Days that wait for an export."""
    stale_slices: int
    """Days and months of aggregates that wait for refresh_changed_days."""
    problems: tuple[str, ...]


def read_status(settings: Settings, *, now: datetime | None = None) -> WarehouseStatus:
    """Return the state of the warehouse; what is wrong is in ``problems``.

    Raises:
        SchemaError: the tables of a store are older or newer than the program.
    """
    for check in (oltp.schema.check_current, nosql.schema.check_current, check_tables):
        check(settings)
    with open_warehouse(settings) as connection, open_sources(settings) as sources:
        runs = tuple(ProcedureRun(*row) for row in ask(connection, "last_runs"))
        exports = [ExportRun(*row) for row in ask(connection, "last_export")]
        event = read_event(connection, now or datetime.now(tz=UTC).replace(tzinfo=None))
        (scheduler,) = fetch_one(connection, "SELECT @@event_scheduler")
        (stale_slices,) = fetch_one(connection, "SELECT count(*) FROM changed_day")
        pending = pending_days(sources.day_versions(), published_days(connection))
        interrupted = sources.interruptions()
        stale = stale_objects(connection, settings.workspace)
    faults = [f"{each.fault}: run 'svp init'" for each in stale]
    last_export = exports[0] if exports else None
    return WarehouseStatus(
        runs=runs,
        last_export=last_export,
        event=event,
        scheduler=scheduler,
        pending=tuple(each.day for each in pending),
        stale_slices=stale_slices,
        problems=(*interrupted, *faults, *find_problems(runs, last_export, event, scheduler)),
    )


def ask(connection: Connection, query: str) -> list[Row]:
    """Return the rows of one query file."""
    return fetch(connection, read_sql("warehouse.queries", query))


def read_event(connection: Connection, now: datetime) -> EventStatus | None:
    """Return the daily event, or None when somebody dropped it."""
    for name, status, value, unit, starts_at, last_run_at in ask(connection, "events"):
        if name == EVENT:
            is_enabled = status == "ENABLED"
            due = next_run(now, starts_at, int(value), unit) if is_enabled else None
            return EventStatus(name, is_enabled, f"{value} {unit}", last_run_at, due)
    return None


def next_run(now: datetime, starts_at: datetime | None, value: int, unit: str) -> datetime | None:
    """Return the first time of a schedule that is after ``now``; None when that can't be told."""
    seconds = value * UNIT_SECONDS.get(unit, 0)
    if not seconds or starts_at is None:
        return None
    passed = max(-1, (now - starts_at) // timedelta(seconds=seconds))
    return starts_at + timedelta(seconds=seconds * (passed + 1))


def find_problems(
    runs: Sequence[ProcedureRun],
    last_export: ExportRun | None,
    event: EventStatus | None,
    scheduler: str,
) -> Iterator[str]:
    """Yield what failed and what is switched off, one line each."""
    if scheduler != "ON":
        yield f"event_scheduler is {scheduler}: SET PERSIST (MariaDB: SET GLOBAL) event_scheduler = ON"
    if event and not event.is_enabled:
        yield f"the event {EVENT} is disabled: ALTER EVENT {EVENT} ENABLE"
    for run in runs:
        if run.outcome in FAILURES:
            yield f"{run.procedure} {run.outcome}: {run.message or 'its connection ended'}"
    if last_export and last_export.outcome in FAILURES:
        yield f"the last export {last_export.outcome}: {last_export.message or 'the program ended'}"
