"""Take files through both stores: PostgreSQL in one transaction a file, then MongoDB, then publish.

Rows that are documents only go straight to MongoDB; their ledger and quarantine are in PostgreSQL all the same.

A run that is killed anywhere leaves a ledger that tells the next one where to go on; the same content again,
under any name, changes nothing. Rows that came before what they refer to wait in quarantine; each run loads those
that wait no longer.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from loaders import ledger, postgres
from loaders.box_days import BoxDaySink, refuse_other_store
from loaders.constraints import suspended
from loaders.contract import SOURCE_NAME, Checked
from loaders.documents import ONLY_DOCUMENTS, Delivery
from loaders.files import day_in_name, printable
from loaders.ledger import Entry, RowCounts
from loaders.publishing import publish
from loaders.replay import replay_waiting
from loaders.reports import FileReport
from loaders.retries import persist
from loaders.sinks import DocumentSink, NoSink, RowSink, Sink
from loaders.steps import Step, reached
from loaders.tolerance import ANY, Tolerance
from svp.core.progress import SILENT, Progress
from svp.errors import InputError, UsageError, shorten
from svp.model import BOX_LOGS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from loaders.batches import Batch
    from loaders.recognise import Recognised
    from loaders.stores import Stores
    from svp.settings import Settings

__all__ = ["FileReport", "ingest"]

LARGE_BYTES = 1024 * 1024


def ingest(
    settings: Settings,
    files: Sequence[Recognised],
    *,
    source: str | None = None,
    tolerance: Tolerance = ANY,
    to_warehouse: bool = False,
    progress: Progress = SILENT,
) -> tuple[FileReport, ...]:
    """Load files in their order; first complete what an earlier run left between the stores.

    Rows of earlier files that were refused because of an unknown parent, and whose parent is there now, are
    loaded at the end; their reports come behind those of the files.

    Args:
        settings: which servers and workspace.
        files: what was recognised, parents before children.
        source: first half of the natural keys, if not the kind's own.
        tolerance: how many rejected rows of a file are borne.
        to_warehouse: keep logs of set-top boxes for the warehouse without making documents of them.
        progress: shows rows and documents.

    Raises:
        InputError: a file is damaged, or too many of its rows are rejected; nothing of it is visible, files before
            it are loaded.
        LockError: another ingest is running in the workspace.
        UsageError: ``source`` is no usable name, or has to be said, as files of several services share their ids; or
            a file can't go to the warehouse without documents.
    """
    if to_warehouse:
        _check_logs_only(files)
    if source is not None:
        _check_source(source)
    replayed: list[FileReport] = []

    def replay(stores: Stores) -> None:
        replayed.extend(replay_waiting(stores, progress))

    loadings = [
        Loading(file, source or file.kind.source, tolerance, progress, to_warehouse=to_warehouse)
        for file in files
    ]
    loads = [partial(_load, loading) for loading in loadings]
    checks = [partial(_refuse_shared_ids, files)] if source is None else []
    tasks: list[Callable[[Stores], FileReport | None]] = [*checks, _forget, *loads, replay]
    done = persist(settings, tasks, progress=progress)
    return (*filter(None, done), *replayed)


@dataclass(frozen=True, slots=True)
class Loading:
    """A file on its way in, however often it is begun."""

    file: Recognised
    source: str
    tolerance: Tolerance
    progress: Progress
    to_warehouse: bool
    """Whether logs of set-top boxes go there without documents."""
    begun: set[int] = field(default_factory=set)
    """Its loads by this run: after a lost answer, one of them may be complete."""


def _forget(stores: Stores) -> None:
    ledger.forget(stores.postgres, stores.settings)


def _refuse_shared_ids(files: Sequence[Recognised], stores: Stores) -> None:
    """Raise UsageError for two files of which nothing tells whether they are of one service."""
    for file in files:
        if not file.kind.is_shared or _is_loaded(file, stores):
            continue
        beside = (other.path for other in files if _is_other_content(other, file))
        earlier = ledger.other_path(stores.postgres, file.kind, file.kind.source, file.content)
        other = next(beside, earlier)
        if other is not None:
            message = (
                f"{printable(file.path)} and {printable(other)} may number different titles alike"
            )
            advice = (
                f"say whose the new one is with --source; it is --source {file.kind.source} for another delivery "
                "of what was loaded without one"
            )
            raise UsageError(message, advice)


def _is_loaded(file: Recognised, stores: Stores) -> bool:
    known = ledger.find_load(stores.postgres, file.kind, file.kind.source, file.content)
    return known is not None and known.state == "complete"


def _is_other_content(one: Recognised, other: Recognised) -> bool:
    return one.kind == other.kind and one.content.sha256 != other.content.sha256


def _check_logs_only(files: Sequence[Recognised]) -> None:
    for file in files:
        if file.kind.target is not BOX_LOGS:
            message = f"{printable(file.path)} is {file.kind.name}, which can't go to the warehouse without the stores"
            raise UsageError(message, "give --to warehouse with logs of set-top boxes only")


def _check_source(source: str) -> None:
    if not re.fullmatch(SOURCE_NAME, source):
        message = f"source {shorten(source)!r} is not a usable name"
        raise UsageError(message, "use up to 63 letters, digits, '_', '.' and '-'")


def _load(loading: Loading, stores: Stores) -> FileReport:
    started, file = time.monotonic(), loading.file
    known = ledger.find_load(stores.postgres, file.kind, loading.source, file.content)
    if known and file.day:
        _refuse_other_day(file, file.day, known)
    if known is None or known.state != "complete":
        outcome, counts = "loaded", _load_rows(loading, stores)
    elif known.load_id in loading.begun:
        outcome, counts = "loaded", ledger.recorded_rows(stores.postgres, known.load_id)
    else:
        outcome, counts = "already loaded", RowCounts()
    return FileReport(file.path, file.kind.name, outcome, counts, time.monotonic() - started)


def _refuse_other_day(file: Recognised, day: date, known: Entry) -> None:
    """Raise InputError if the content was given before as another day: one of the two names is wrong, or the export."""
    earlier = Path(known.path).name
    if day_in_name(earlier) != day:
        message = f"{printable(file.path)} has the very content of {earlier}, which is another day"
        advice = "check which day it is; if both are right, add an empty line to one of them"
        raise InputError(message, advice)


def _load_rows(loading: Loading, stores: Stores) -> RowCounts:
    connection, file = stores.postgres, loading.file
    load_id = ledger.begin_load(
        connection, file.kind, loading.source, file.path, file.content, said=file.said
    )
    loading.begun.add(load_id)
    reached(Step.ENTERED)
    with _eased(loading, stores), connection:
        sink = _sink(loading, stores, load_id)
        counts = _judge_rows(loading, stores, load_id, sink)
        file.refuse_if_changed()
        is_refused = _is_refused(counts, loading.tolerance)
        reached(Step.JUDGED)
        if not is_refused:
            counts = _with_outcomes(counts, *sink.finish())
        state = "refused" if is_refused else sink.state
        ledger.record_rows(connection, load_id, counts, state=state)
        reached(Step.MERGED)
    reached(Step.COMMITTED)
    if is_refused:
        raise _too_many(loading, load_id, counts)
    entry = Entry(load_id, file.kind.target.name, state, printable(file.path))
    publish(stores, entry, loading.progress)
    return counts


def _eased(loading: Loading, stores: Stores) -> AbstractContextManager[None]:
    """Make a large load into an empty table easy; to a small one, that would be more work than it saves."""
    file = loading.file
    if file.kind.store != "postgres" or file.content.file_bytes < LARGE_BYTES:
        return nullcontext()
    return suspended(stores.postgres, file.kind.target)


def _sink(loading: Loading, stores: Stores, load_id: int) -> Sink:
    """Return what takes the rows of a file, in the transaction that is open."""
    file, source, target = loading.file, loading.source, loading.file.kind.target
    if file.kind.store == "postgres":
        return RowSink(stores.postgres, target, source=source, load_id=load_id)
    if not _is_borne(file, loading.tolerance):
        return NoSink()
    if file.day is not None:
        store = "PostgreSQL" if loading.to_warehouse else "MongoDB"
        refuse_other_store(stores.postgres, file.kind.name, file.day, store=store)
    if file.day is not None and loading.to_warehouse:
        return BoxDaySink(stores.postgres, source=source, day=file.day, load_id=load_id)
    shape = partial(ONLY_DOCUMENTS[target.name], Delivery(source, load_id, file.day))
    return DocumentSink(stores.postgres, stores.mongodb[target.name], shape, load_id=load_id)


def _is_borne(file: Recognised, tolerance: Tolerance) -> bool:
    """Judge a file beforehand: what is written to MongoDB can't be taken back."""
    counts = RowCounts()
    for batch, checked in file.judged() if tolerance.is_limited else ():
        counts += _counts_of(batch, checked)
        if tolerance.is_past(counts.rejected_rows):
            break
    return not _is_refused(counts, tolerance)


def _judge_rows(loading: Loading, stores: Stores, load_id: int, sink: Sink) -> RowCounts:
    """Judge the rows of a file and hand on those that are accepted; stop where too many are rejected.

    What is rejected is in quarantine; what became of the others is not counted yet.
    """
    counts, file = RowCounts(), loading.file
    description = f"{file.path.name} → {sink.name}"
    with loading.progress.task(description, total=None, unit="rows") as task:
        for batch, checked in file.judged():
            postgres.quarantine(stores.postgres, load_id, checked.refusals)
            counts += _counts_of(batch, checked)
            if loading.tolerance.is_past(counts.rejected_rows):
                return counts
            sink.write(checked.accepted)
            reached(Step.STAGED)
            task.advance(batch.read_rows, share=file.share_read)
        return counts + RowCounts(rejected_rows=sink.judge())


def _counts_of(batch: Batch, checked: Checked) -> RowCounts:
    """Return the row law's numbers of a batch that are known before its rows are stored."""
    return RowCounts(
        read_rows=batch.read_rows,
        rejected_rows=len(checked.refusals),
        skipped_rows=batch.skipped_rows,
    )


def _is_refused(counts: RowCounts, tolerance: Tolerance) -> bool:
    rows = counts.read_rows - counts.skipped_rows
    return tolerance.is_exceeded(counts.rejected_rows, rows=rows)


def _too_many(loading: Loading, load_id: int, counts: RowCounts) -> InputError:
    path, tolerance = printable(loading.file.path), loading.tolerance
    message = (
        f"{loading.file.name}: {counts.rejected_rows:,} of the {counts.read_rows:,} rows read were rejected,"
        f" more than the {tolerance} that are borne; nothing of it was loaded"
    )
    advice = f"see them with 'svp quarantine list --load {load_id}'; mend the file, or bear more with --max-bad"
    return InputError(
        message,
        advice,
        load_id=load_id,
        path=path,
        read_rows=counts.read_rows,
        rejected_rows=counts.rejected_rows,
    )


def _with_outcomes(
    counts: RowCounts, outcomes: Mapping[str, int], flags: Mapping[str, int]
) -> RowCounts:
    """Return the row law's numbers with those of the rows that were stored."""
    stored = Counter(outcomes)
    return replace(
        counts,
        loaded_rows=stored["loaded"],
        unchanged_rows=stored["unchanged"],
        updated_rows=stored["updated"],
        flags=flags,
    )
