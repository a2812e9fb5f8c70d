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
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from loaders import ledger, postgres
from loaders.contract import SOURCE_NAME, Checked
from loaders.documents import ONLY_DOCUMENTS, Delivery
from loaders.files import day_in_name, printable
from loaders.ledger import Entry, RowCounts
from loaders.publishing import complete_interrupted, publish
from loaders.replay import replay_waiting
from loaders.reports import FileReport
from loaders.sinks import DocumentSink, NoSink, RowSink, Sink
from loaders.steps import Step, reached
from loaders.stores import open_stores
from loaders.tolerance import ANY, Tolerance
from svp.core.progress import SILENT, Progress
from svp.errors import InputError, UsageError, shorten

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from loaders.batches import Batch
    from loaders.recognise import Recognised
    from loaders.stores import Stores
    from svp.core.postgres import Connection
    from svp.settings import Settings

__all__ = ["FileReport", "ingest"]


def ingest(
    settings: Settings,
    files: Sequence[Recognised],
    *,
    source: str | None = None,
    tolerance: Tolerance = ANY,
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
        progress: shows rows and documents.

    Raises:
        InputError: a file is damaged, or too many of its rows are rejected; nothing of it is visible, files before
            it are loaded.
        LockError: another ingest is running in the workspace.
        UsageError: ``source`` is no usable name, or has to be said: files of several services share their ids.
    """
    if source is not None:
        _check_source(source)
    with open_stores(settings) as stores:
        if source is None:
            _refuse_shared_ids(stores.postgres, files)
        ledger.forget(stores.postgres, settings)
        complete_interrupted(stores, progress)
        loaded = [
            _load(stores, file, source or file.kind.source, tolerance, progress) for file in files
        ]
        return (*loaded, *replay_waiting(stores, progress))


def _refuse_shared_ids(connection: Connection, files: Sequence[Recognised]) -> None:
    """Raise UsageError for two files of which nothing tells whether they are of one service."""
    for file in files:
        if not file.kind.is_shared:
            continue
        beside = [other.path for other in files if other.kind == file.kind]
        earlier = ledger.other_path(connection, file.kind, file.kind.source, file.content)
        other = next((path for path in beside if path != file.path), earlier)
        if other is not None:
            message = (
                f"{printable(file.path)} and {printable(other)} may number different titles alike"
            )
            advice = (
                f"say whose the new one is with --source; it is --source {file.kind.source} for another delivery "
                "of what was loaded without one"
            )
            raise UsageError(message, advice)


def _check_source(source: str) -> None:
    if not re.fullmatch(SOURCE_NAME, source):
        message = f"source {shorten(source)!r} is not a usable name"
        raise UsageError(message, "use up to 63 letters, digits, '_', '.' and '-'")


def _load(
    stores: Stores, file: Recognised, source: str, tolerance: Tolerance, progress: Progress
) -> FileReport:
    started = time.monotonic()
    known = ledger.find_load(stores.postgres, file.kind, source, file.content)
    if known and file.day:
        _refuse_other_day(file, file.day, known)
    if known and known.state == "complete":
        outcome, counts = "already loaded", RowCounts()
    else:
        outcome, counts = "loaded", _load_rows(stores, file, source, tolerance, progress)
    return FileReport(file.path, file.kind.name, outcome, counts, time.monotonic() - started)


def _refuse_other_day(file: Recognised, day: date, known: Entry) -> None:
    """Raise InputError if the content was given before as another day: one of the two names is wrong, or the export."""
    earlier = Path(known.path).name
    if day_in_name(earlier) != day:
        message = f"{printable(file.path)} has the very content of {earlier}, which is another day"
        advice = "check which day it is; if both are right, add an empty line to one of them"
        raise InputError(message, advice)


def _load_rows(
    stores: Stores, file: Recognised, source: str, tolerance: Tolerance, progress: Progress
) -> RowCounts:
    connection, kind = stores.postgres, file.kind
    load_id = ledger.begin_load(connection, kind, source, file.path, file.content)
    reached(Step.ENTERED)
    with connection:
        sink = _sink(stores, file, source, load_id, tolerance)
        counts = _judge_rows(stores, file, load_id, sink, tolerance=tolerance, progress=progress)
        file.refuse_if_changed()
        is_refused = _is_refused(counts, tolerance)
        reached(Step.JUDGED)
        if not is_refused:
            counts = _with_outcomes(counts, *sink.finish())
        ledger.record_rows(
            connection, load_id, counts, state="refused" if is_refused else sink.state
        )
        reached(Step.MERGED)
    reached(Step.COMMITTED)
    if is_refused:
        raise _too_many(file, load_id, counts, tolerance)
    publish(stores, Entry(load_id, kind.target.name, sink.state, printable(file.path)), progress)
    return counts


def _sink(
    stores: Stores, file: Recognised, source: str, load_id: int, tolerance: Tolerance
) -> Sink:
    """Return what takes the rows of a file, in the transaction that is open."""
    target = file.kind.target
    if file.kind.store == "postgres":
        return RowSink(stores.postgres, target, source=source, load_id=load_id)
    if not _is_borne(file, tolerance):
        return NoSink()
    shape = partial(ONLY_DOCUMENTS[target.name], Delivery(source, load_id, file.day))
    return DocumentSink(stores.postgres, stores.mongodb[target.name], shape, load_id=load_id)


def _is_borne(file: Recognised, tolerance: Tolerance) -> bool:
    """Judge a file beforehand: what is written to MongoDB can't be taken back."""
    counts = RowCounts()
    for batch in file.batches() if tolerance.is_limited else ():
        counts += _counts_of(batch, file.judge(batch))
        if tolerance.is_past(counts.rejected_rows):
            break
    return not _is_refused(counts, tolerance)


def _judge_rows(
    stores: Stores,
    file: Recognised,
    load_id: int,
    sink: Sink,
    *,
    tolerance: Tolerance,
    progress: Progress,
) -> RowCounts:
    """Judge the rows of a file and hand on those that are accepted; stop where too many are rejected.

    What is rejected is in quarantine; what became of the others is not counted yet.
    """
    counts = RowCounts()
    with progress.task(f"{file.path.name} → {sink.name}", total=None, unit="rows") as task:
        for batch in file.batches():
            checked = file.judge(batch)
            postgres.quarantine(stores.postgres, load_id, checked.refusals)
            counts += _counts_of(batch, checked)
            if tolerance.is_past(counts.rejected_rows):
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


def _too_many(
    file: Recognised, load_id: int, counts: RowCounts, tolerance: Tolerance
) -> InputError:
    message = (
        f"{printable(file.path)}: {counts.rejected_rows:,} of the {counts.read_rows:,} rows read were rejected,"
        f" more than the {tolerance} that are borne; nothing of it was loaded"
    )
    advice = f"see them with 'svp quarantine list --load {load_id}'; mend the file, or bear more with --max-bad"
    return InputError(
        message,
        advice,
        load_id=load_id,
        path=printable(file.path),
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
