"""Export what changed from PostgreSQL and MongoDB into the warehouse, by whole days, and refresh the marts.

Days that are due go in runs, each published in one transaction together with their versions, while the next is
being read. So a run that is killed anywhere leaves whole days, and the next export does the rest.
"""

from __future__ import annotations

from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain, groupby
from operator import itemgetter
from time import monotonic
from typing import TYPE_CHECKING, Literal, TypeVar

from svp.core.progress import SILENT, Progress
from svp.core.sqlfiles import quote_mysql, read_sql
from svp.core.workers import in_order
from svp.errors import PlatformError, VerifyError, shorten
from warehouse.box_watch import BoxKeys
from warehouse.connections import execute, fetch_one, hold_lock, open_warehouse, stream
from warehouse.money import keep_report_currency
from warehouse.plan import (
    CHANGED,
    check_schemas,
    chunk_days,
    due_dimensions,
    published_days,
    read_marks,
)
from warehouse.purge import kept_days, purged_before
from warehouse.sources import Sources, open_sources
from warehouse.staging import StagedFile, Staging, open_staging, write_rows

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from svp.core.mysql import Connection
    from svp.settings import Settings
    from warehouse.box_watch import DayWatch
    from warehouse.plan import Chunk, Dimension, Scope

__all__ = [
    "ExportResult",
    "RefreshResult",
    "StagedRun",
    "export",
    "only_export",
    "playback_spans",
    "refresh",
    "run_procedures",
    "stage_members",
]

PlaybackRows = list[tuple[object, ...]]
Item = TypeVar("Item")
Result = TypeVar("Result")

MESSAGE_CHARACTERS = 500

PATIENCE_SECONDS = 5
"""With the lock of another export: that of a killed one is held until the server has ended its last statement."""


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
class StagedRun:
    """A run of days, read and ready to be published."""

    files: tuple[StagedFile, ...]
    boxes: tuple[DayWatch, ...]
    """The time of set-top boxes, whose keys are looked up when the run is published."""
    days: tuple[date, ...]
    versions: Mapping[date, int]
    """Of the days that no load touched while they were read, which are published."""


FACTS = (
    ("stg_watch", "watch_by_day"),
    ("stg_rating", "ratings_by_day"),
    ("stg_day", "days"),
    ("stg_search", "searches_by_day"),
    ("stg_attempt", "attempts_by_day"),
    ("stg_hour", "hours_by_day"),
    ("stg_subscription_event", "subscription_events_by_day"),
)
"""Staging tables of a range of days, each with the extract of PostgreSQL that fills it."""

SOURCES = (("stg_source", "sources"), ("stg_source_day", "source_days"))
"""Staging tables of what the ledger says, each with its extract."""


def refresh(
    settings: Settings, *, scope: Scope = CHANGED, progress: Progress = SILENT
) -> RefreshResult:
    """Export what changed or is asked for, then rebuild what depends on it; a repeat changes nothing.

    What an export published before it failed is rebuilt all the same.

    Raises:
        SchemaError: a schema is older or newer than the program.
        LockError: another export or refresh is at work.
        VerifyError: rows did not arrive as they were sent, or a procedure failed.
    """
    started = monotonic()
    try:
        exported = export(settings, scope=scope, progress=progress)
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
    with (
        open_warehouse(settings) as connection,
        hold_lock(connection, lock, wait_seconds=PATIENCE_SECONDS),
    ):
        yield connection


def export(
    settings: Settings, *, scope: Scope = CHANGED, progress: Progress = SILENT
) -> ExportResult:
    """Publish the days and dimensions that changed or are asked for; aggregates follow by ``refresh`` or the event.

    Raises:
        SchemaError: a schema is older or newer than the program.
        LockError: another export is at work.
        VerifyError: rows did not arrive as they were sent, or a procedure failed.
    """
    check_schemas(settings)
    with (
        only_export(settings) as connection,
        logged(connection) as export_id,
        open_sources(settings, takes_keys=True) as sources,
        open_staging(settings, progress=progress) as staging,
    ):
        keep_report_currency(settings, connection)
        for line in sources.interruptions():
            progress.say(line)
        result = publish(connection, sources, staging, scope, progress)
        end_log(connection, export_id, "done", result=result)
    return result


def publish(
    connection: Connection, sources: Sources, staging: Staging, scope: Scope, progress: Progress
) -> ExportResult:
    """Publish the dimensions of a scope, then its days."""
    started = monotonic()
    marks = sources.marks()
    dimensions = due_dimensions(marks, read_marks(connection), scope)
    rows = sum(
        publish_dimension(connection, sources, staging, each, marks[each.mark])
        for each in dimensions
    )
    scope.check_purge(purged_before(connection))
    versions = kept_days(connection, sources.day_versions())
    chunks = list(chunk_days(versions, published_days(connection), scope, sources.day_rows()))
    days, keys = 0, BoxKeys(connection, staging)
    with (
        progress.task("days to the warehouse", total=sum(map(len, chunks)), unit="days") as task,
        closing(staged_runs(connection, sources, staging, chunks)) as runs,
    ):
        for run in runs:
            rows += load_run(staging, keys, run)
            days += publish_days(connection, staging, run)
            task.advance(len(run.days))
    publish_sources(connection, sources, staging)
    return ExportResult(
        days, rows, tuple(each.mark for each in dimensions), seconds=monotonic() - started
    )


def publish_dimension(
    connection: Connection, sources: Sources, staging: Staging, dimension: Dimension, version: int
) -> int:
    """Export one dimension whole; return the rows staged."""
    rows = sum(
        staging.stage(table, sources.extract(extract)) for table, extract in dimension.staged
    )
    execute(connection, f"CALL {quote_mysql(dimension.procedure)}(%s)", (version,))
    return rows


def stage_members(
    connection: Connection, sources: Sources, staging: Staging, chunks: Iterable[Chunk]
) -> None:
    """Give a key to all that the plays of some days name, and the keys to the extracts."""
    days = [each.day for chunk in chunks for each in chunk]
    staging.stage("stg_member", sources.members(days))
    execute(connection, "CALL publish_members()")
    sources.set_keys(stream(connection, read_sql("warehouse.queries", "member_keys")))


def staged_runs(
    connection: Connection, sources: Sources, staging: Staging, chunks: Sequence[Chunk]
) -> Generator[StagedRun]:
    """Yield the files of each run of days; those of the next are being written meanwhile."""
    if not chunks:
        return
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        playback = playback_of_runs(pool, sources, chunks)
        stage_members(connection, sources, staging, chunks)
        stage = partial(stage_days, sources, staging, playback)
        # Another thread copies from PostgreSQL, whose connection is closed behind this.
        with closing(in_order(stage, chunks, workers=1, is_joined=True)) as runs:
            yield from runs
    finally:
        pool.shutdown(cancel_futures=True)


def playback_of_runs(
    pool: Executor, sources: Sources, chunks: Sequence[Chunk]
) -> Iterator[PlaybackRows]:
    """Yield the playback of each run; all of it, a few rows a day, is being read from now on."""

    def read(span: Sequence[Chunk]) -> PlaybackRows:
        return sources.playback_rows(span[0][0].day, span[-1][-1].day, is_most=len(span) > 1)

    spans = playback_spans(chunks, sources.playback_day_rows())
    return chain.from_iterable(map(playback_by_run, spans, pool.map(read, spans)))


def playback_spans(chunks: Sequence[Chunk], rows: Mapping[date, int]) -> list[Sequence[Chunk]]:
    """Part runs by whose playback is read at once: each alone, but the last two thirds if they are most of all of it.

    Args:
        chunks: the runs.
        rows: about how many plays and attempts each day has.
    """
    alone = len(chunks) // 3 + 1
    first, others = chunks[:alone], chunks[alone:]
    if 2 * sum(rows.get(each.day, 0) for chunk in others for each in chunk) > sum(rows.values()):
        return [*([chunk] for chunk in first), others]
    return [[chunk] for chunk in chunks]


def playback_by_run(span: Iterable[Chunk], rows: PlaybackRows) -> Iterator[PlaybackRows]:
    """Yield the rows of each run."""
    by_day = {day: list(found) for day, found in groupby(rows, key=itemgetter(0))}
    for chunk in span:
        yield [row for each in chunk for row in by_day.get(each.day, ())]


def stage_days(
    sources: Sources, staging: Staging, playback: Iterator[PlaybackRows], chunk: Chunk
) -> StagedRun:
    """Write everything of a run of days to files, and which of them no load has touched meanwhile.

    Args:
        sources: where the rows come from.
        staging: where they go.
        playback: gives that of the run next.
        chunk: the days of the run.
    """
    sources.set_days([each.day for each in chunk])
    files = [staging.write(table, sources.extract(extract)) for table, extract in FACTS]
    files.append(staging.write("stg_event_activity", sources.event_activity()))
    files.append(staging.write("stg_playback", partial(write_rows, next(playback))))
    boxes = tuple(sources.box_watch())
    changed = sources.changed_days()
    return StagedRun(
        tuple(files),
        boxes,
        tuple(each.day for each in chunk),
        {each.day: each.version for each in chunk if each.day not in changed},
    )


def load_run(staging: Staging, keys: BoxKeys, run: StagedRun) -> int:
    """Stage the rows of a run; return how many there are."""
    return sum(map(staging.load, (*run.files, keys.write(run.boxes))))


def publish_days(connection: Connection, staging: Staging, run: StagedRun) -> int:
    """Publish the staged days of a run but those that a load has touched meanwhile; return how many."""
    staging.stage("stg_day_version", partial(write_rows, run.versions.items()))
    for is_unchanged, days in groupby(run.days, key=run.versions.__contains__):
        if is_unchanged:
            first, *others = days
            last = others[-1] if others else first
            execute(connection, "CALL publish_days(%s, %s)", (first, last))
    return len(run.versions)


def publish_sources(connection: Connection, sources: Sources, staging: Staging) -> None:
    """Note how far each source has come; nothing is written when nothing differs."""
    for table, extract in SOURCES:
        staging.stage(table, sources.extract(extract))
    execute(connection, "CALL publish_sources()")


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
