"""Export what changed from PostgreSQL and MongoDB into the warehouse, a day at a time, and refresh the marts.

A day is exported when completed loads raised its version above the published one, and no other load is at
work on it. Each day is published in one transaction together with its version, so a run that is killed
anywhere leaves whole days, and the next run does the rest.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Literal

import nosql.schema
import oltp.schema
import warehouse.schema
from svp.core.progress import SILENT, Progress
from svp.core.sqlfiles import quote_mysql, read_sql
from svp.errors import PlatformError, VerifyError, shorten
from warehouse.connections import execute, fetch, fetch_one, hold_lock, open_warehouse
from warehouse.sources import DayVersion, Sources, open_sources
from warehouse.staging import Staging, open_staging

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from svp.core.mysql import Connection
    from svp.settings import Settings

__all__ = [
    "ExportResult",
    "RefreshResult",
    "chunk_days",
    "export",
    "only_export",
    "pending_days",
    "refresh",
]

CHUNK_DAYS = 31
"""Days staged at once; they are published one by one."""

MESSAGE_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What an export did."""

    days: int
    """Days published."""
    rows: int
    """Rows staged, of facts and dimensions."""
    dimensions: tuple[str, ...]
    """Marks whose dimension was exported whole: users, titles."""
    seconds: float


@dataclass(frozen=True, slots=True)
class RefreshResult:
    """What a refresh did: an export, then the procedures."""

    days: int
    """Days published."""
    rows: int
    """Rows staged, of facts and dimensions."""
    dimensions: tuple[str, ...]
    """Marks whose dimension was exported whole: users, titles."""
    procedures: int
    """Calls of procedures that rebuilt a range of an aggregate; 0 when nothing changed."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Dimension:
    """Something that is exported whole when its mark rises."""

    mark: str
    staged: tuple[tuple[str, str], ...]
    """Staging tables, each with the extract that fills it."""
    procedure: str


DIMENSIONS = (
    Dimension(
        "users",
        (("stg_customer", "customers"), ("stg_customer_user", "customer_users")),
        "publish_customers",
    ),
    Dimension(
        "titles", (("stg_title", "titles"), ("stg_title_genre", "title_genres")), "publish_titles"
    ),
)

FACTS = (("stg_watch", "watch_by_day"), ("stg_rating", "ratings_by_day"), ("stg_day", "days"))
"""Staging tables of a range of days, each with the extract of PostgreSQL that fills it."""


def refresh(settings: Settings, *, progress: Progress = SILENT) -> RefreshResult:
    """Export what changed, then rebuild what depends on it; a repeat changes nothing.

    What an export published before it failed is rebuilt all the same.

    Raises:
        SchemaError: a schema is older or newer than the program.
        LockError: another export or refresh is at work.
        VerifyError: rows did not arrive as they were sent, or a procedure failed.
    """
    started = monotonic()
    try:
        exported = export(settings, progress=progress)
    except VerifyError:
        with suppress(PlatformError):
            run_procedures(settings)
        raise
    procedures = run_procedures(settings)
    return RefreshResult(
        exported.days, exported.rows, exported.dimensions, procedures, seconds=monotonic() - started
    )


def run_procedures(settings: Settings) -> int:
    """Rebuild every slice that changed; return how many ranges were rebuilt."""
    with open_warehouse(settings) as connection:
        execute(connection, "CALL refresh_changed_days()")
        (ranges,) = fetch_one(connection, read_sql("warehouse.queries", "rebuilt_ranges"))
    return int(ranges)


@contextmanager
def only_export(settings: Settings) -> Iterator[Connection]:
    """Open the connection of the workspace's one export; its lock lives as long as the connection.

    Raises:
        SchemaError: there is no warehouse.
        LockError: another export is at work.
    """
    lock = f"{settings.workspace.warehouse_database}.export"
    with open_warehouse(settings) as connection, hold_lock(connection, lock):
        yield connection


def export(settings: Settings, *, progress: Progress = SILENT) -> ExportResult:
    """Publish every pending day and changed dimension; aggregates follow by ``refresh`` or the event.

    Raises:
        SchemaError: a schema is older or newer than the program.
        LockError: another export is at work.
        VerifyError: rows did not arrive as they were sent, or a procedure failed.
    """
    for room in (oltp.schema, nosql.schema, warehouse.schema):
        room.check_current(settings)
    with (
        only_export(settings) as connection,
        logged(connection) as export_id,
        open_sources(settings) as sources,
        open_staging(settings, progress=progress) as staging,
    ):
        for line in sources.interruptions():
            progress.say(line)
        result = publish_changes(connection, sources, staging, progress)
        end_log(connection, export_id, "done", result=result)
    return result


def publish_changes(
    connection: Connection, sources: Sources, staging: Staging, progress: Progress
) -> ExportResult:
    """Publish the dimensions whose mark rose, then the pending days."""
    started = monotonic()
    marks = sources.marks()
    changed = [each for each in DIMENSIONS if each.mark in stale_marks(connection, marks)]
    rows = sum(
        publish_dimension(connection, sources, staging, each, marks[each.mark]) for each in changed
    )
    chunks = list(chunk_days(sources.day_versions(), published_days(connection)))
    days = 0
    with progress.task("days to the warehouse", total=sum(map(len, chunks)), unit="days") as task:
        for chunk in chunks:
            rows += stage_days(sources, staging, chunk)
            changed_days = sources.changed_days()
            for each in chunk:
                if each.day not in changed_days:
                    execute(connection, "CALL publish_day(%s, %s)", (each.day, each.version))
                    days += 1
                task.advance(1)
    return ExportResult(
        days, rows, tuple(each.mark for each in changed), seconds=monotonic() - started
    )


def stale_marks(connection: Connection, marks: Mapping[str, int]) -> frozenset[str]:
    """Return the marks above their published version."""
    published: dict[str, int] = dict(fetch(connection, "SELECT mark, version FROM published_mark"))
    return frozenset(mark for mark, version in marks.items() if version > published.get(mark, 0))


def publish_dimension(
    connection: Connection, sources: Sources, staging: Staging, dimension: Dimension, version: int
) -> int:
    """Export one dimension whole; return the rows staged."""
    rows = sum(
        staging.stage(table, sources.extract(extract)) for table, extract in dimension.staged
    )
    execute(connection, f"CALL {quote_mysql(dimension.procedure)}(%s)", (version,))
    return rows


def stage_days(sources: Sources, staging: Staging, chunk: list[DayVersion]) -> int:
    """Stage everything of a range of days; return the rows staged."""
    first, last = chunk[0].day, chunk[-1].day
    sources.set_days(first, last)
    rows = sum(staging.stage(table, sources.extract(extract)) for table, extract in FACTS)
    rows += staging.stage("stg_box_watch", sources.box_watch())
    return rows + staging.stage("stg_playback", sources.playback(first, last))


def published_days(connection: Connection) -> dict[date, int]:
    """Return the version of each published day."""
    return dict(fetch(connection, read_sql("warehouse.queries", "published_days")))


def pending_days(versions: Iterable[DayVersion], published: Mapping[date, int]) -> list[DayVersion]:
    """Return the days above their published version, whether they may be exported yet or not."""
    return [each for each in versions if each.is_busy or each.version > published.get(each.day, 0)]


def chunk_days(
    versions: Iterable[DayVersion], published: Mapping[date, int]
) -> Iterator[list[DayVersion]]:
    """Yield the days to export in runs that no other day interrupts, so that a range holds only them."""
    chunk: list[DayVersion] = []
    for each in versions:
        is_due = not each.is_busy and each.version > published.get(each.day, 0)
        if chunk and (not is_due or len(chunk) == CHUNK_DAYS):
            yield chunk
            chunk = []
        if is_due:
            chunk.append(each)
    if chunk:
        yield chunk


@contextmanager
def logged(connection: Connection) -> Iterator[int]:
    """Open a row of the export log, and close it if the export fails."""
    open_row = "INSERT INTO export_log (started_at, outcome) VALUES (utc_timestamp(6), 'running')"
    execute(connection, read_sql("warehouse.queries", "interrupt_exports"))
    execute(connection, open_row)
    (export_id,) = fetch_one(connection, "SELECT last_insert_id()")
    try:
        yield export_id
    except Exception as error:
        if connection.is_connected():
            reason = error.message if isinstance(error, PlatformError) else error
            message = shorten(reason, characters=MESSAGE_CHARACTERS)
            end_log(connection, export_id, "failed", message=message)
        raise


def end_log(
    connection: Connection,
    export_id: int,
    outcome: Literal["done", "failed"],
    *,
    result: ExportResult | None = None,
    message: str | None = None,
) -> None:
    """Close a row of the export log."""
    close_row = (
        "UPDATE export_log SET outcome = %s, day_count = %s, row_count = %s, message = %s,"
        " ended_at = utc_timestamp(6) WHERE export_id = %s"
    )
    days, rows = (result.days, result.rows) if result else (None, None)
    execute(connection, close_row, (outcome, days, rows, message, export_id))
