"""How fresh the warehouse is, what keeps it fresh, and what is wrong with that."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import nosql.schema
import oltp.schema
from svp.core.sqlfiles import read_sql
from warehouse.connections import Row, fetch, fetch_one, open_warehouse
from warehouse.money import rateless_currencies
from warehouse.objects import stale_objects
from warehouse.plan import CHANGED, due_dimensions, pending_days, published_days, read_marks
from warehouse.purge import kept_days
from warehouse.schedule import DAILY, EventStatus, read_events
from warehouse.sources import open_sources
from warehouse.store import check_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from svp.core.mysql import Connection
    from svp.settings import Settings
    from warehouse.objects import StaleObject

__all__ = ["ExportRun", "ProcedureRun", "WarehouseStatus", "read_status"]

EXPORT_PATIENCE = timedelta(hours=25)
"""An export is overdue when changes wait and the last one is older: it is meant to run every day."""

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
class WarehouseStatus:
    """Everything that ``svp warehouse status`` says."""

    runs: tuple[ProcedureRun, ...]
    last_export: ExportRun | None
    events: tuple[EventStatus, ...]
    scheduler: str
    """The server's event_scheduler: ON, OFF or DISABLED."""
    pending: tuple[date, ...]
    """Days that wait for an export."""
    stale_slices: int
    """Days and months of aggregates that wait for refresh_changed_days."""
    future: tuple[date, ...]
    """Published days with events that had not come when the marts were refreshed last: no "now" goes by them."""
    without_rate: tuple[str, ...]
    """A line for each currency of prices that no rate converts into the one that marts report."""
    problems: tuple[str, ...]


def read_status(settings: Settings, *, now: datetime | None = None) -> WarehouseStatus:
    """Return the state of the warehouse; what is wrong is in ``problems``.

    Raises:
        SchemaError: the tables of a store are older or newer than the program.
        ServerError: the account may not see the procedures, events or views.
    """
    for check in (oltp.schema.check_current, nosql.schema.check_current, check_tables):
        check(settings)
    now = now or datetime.now(tz=UTC).replace(tzinfo=None)
    with open_warehouse(settings) as connection, open_sources(settings) as sources:
        runs = tuple(ProcedureRun(*row) for row in ask(connection, "last_runs"))
        exports = [ExportRun(*row) for row in ask(connection, "last_export")]
        events = tuple(read_events(connection, now))
        (scheduler,) = fetch_one(connection, "SELECT @@event_scheduler")
        (stale_slices,) = fetch_one(connection, "SELECT count(*) FROM changed_day")
        pending = pending_days(
            kept_days(connection, sources.day_versions()), published_days(connection)
        )
        future = tuple(day for (day,) in ask(connection, "future_days"))
        changed = due_dimensions(sources.marks(), read_marks(connection), CHANGED)
        ((first_load_at,),) = sources.fetch("first_completed_load")
        interrupted = sources.interruptions()
        without_rate = tuple(str(each) for each in rateless_currencies(connection))
        stale = stale_objects(connection, settings.workspace)
    last_export = exports[0] if exports else None
    waiting = bool(changed) or any(not each.is_busy for each in pending)
    return WarehouseStatus(
        runs=runs,
        last_export=last_export,
        events=events,
        scheduler=scheduler,
        pending=tuple(each.day for each in pending),
        stale_slices=stale_slices,
        future=future,
        without_rate=without_rate,
        problems=(
            *interrupted,
            *faults(stale),
            *event_problems(runs, events, scheduler),
            *failures(runs, last_export),
            *(overdue_export(last_export, first_load_at, now) if waiting else ()),
        ),
    )


def ask(connection: Connection, query: str) -> list[Row]:
    """Return the rows of one query file."""
    return fetch(connection, read_sql("warehouse.queries", query))


def faults(stale: Sequence[StaleObject]) -> Iterator[str]:
    """Yield what an installation mends: a line for each object, but one for all that a gone account left."""
    orphans = Counter(each.definer for each in stale if each.reason == "orphaned")
    for definer, count in orphans.items():
        yield f"{definer}, the definer of {count} views, events or procedures, is gone: run 'svp init'"
    for each in stale:
        if each.reason != "orphaned":
            yield f"{each.fault}: run 'svp init'"


def event_problems(
    runs: Sequence[ProcedureRun], events: Sequence[EventStatus], scheduler: str
) -> Iterator[str]:
    """Yield why the marts may not be refreshed by themselves, one line each."""
    if scheduler != "ON":
        yield f"event_scheduler is {scheduler}: SET PERSIST (MariaDB: SET GLOBAL) event_scheduler = ON"
    last_run_at = next(
        (run.started_at for run in runs if run.procedure == "refresh_changed_days"), None
    )
    for event in events:
        if event.name == DAILY and not event.is_enabled:
            yield f"the event {DAILY} is disabled: run 'svp warehouse schedule on'"
        if event.is_overdue(last_run_at):
            missing = f"the event {event.name} was due at {event.last_due_at} and nothing ran since"
            yield f"{missing}: is its definer {event.definer} still there?"


def failures(runs: Sequence[ProcedureRun], last_export: ExportRun | None) -> Iterator[str]:
    """Yield what failed last, one line each."""
    for run in runs:
        if run.outcome in FAILURES:
            yield f"{run.procedure} {run.outcome}: {run.message or 'its connection ended'}"
    if last_export and last_export.outcome in FAILURES:
        yield f"the last export {last_export.outcome}: {last_export.message or 'the program ended'}"


def overdue_export(
    last_export: ExportRun | None, first_load_at: datetime | None, now: datetime
) -> Iterator[str]:
    """Yield a line when nobody exported for more than a day; the first export is due from the first load on."""
    since = last_export.started_at if last_export else first_load_at
    if since and now - since > EXPORT_PATIENCE:
        last = f"the last was at {since:%Y-%m-%d %H:%M}" if last_export else "there never was one"
        yield f"the export is overdue, {last}: 'svp warehouse schedule show' has text for cron"
