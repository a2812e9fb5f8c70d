"""Take files through both stores: PostgreSQL in one transaction a file, then MongoDB, then publish.

Rows that are documents only go straight to MongoDB; their ledger and quarantine are in PostgreSQL all the same.

A run that is killed anywhere leaves a ledger that tells the next one where to go on; the same content again,
under any name, changes nothing. Rows that came before what they refer to wait in quarantine; each run loads those
that wait no longer.
"""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from loaders import ledger, postgres
from loaders.box_days import BoxDaySink, refuse_other_store
from loaders.constraints import suspended
from loaders.documents import ONLY_DOCUMENTS, Delivery
from loaders.files import day_in_name, printable
from loaders.ledger import Entry, RowCounts
from loaders.narrowing import narrow
from loaders.personal import without_personal
from loaders.places import note_bytes
from loaders.preview import Judgement, judge
from loaders.publishing import publish
from loaders.replay import replay_waiting
from loaders.reports import FileReport
from loaders.retries import persist
from loaders.sinks import DocumentSink, NoSink, RowSink, Sink, SnapshotSink
from loaders.steps import Step, reached
from loaders.terms import USUAL, Terms, shared_ids
from loaders.tolerance import ANY, too_many
from loaders.whole_days import WholeDay
from svp.core.progress import SILENT, Progress
from svp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from loaders.batches import Batch, Refusal
    from loaders.contract import Checked
    from loaders.files import Fingerprint
    from loaders.recognise import Recognised
    from loaders.stores import Stores
    from loaders.tolerance import Tolerance
    from svp.settings import Settings

__all__ = ["FileReport", "ingest"]

LARGE_BYTES = 1024 * 1024

KEEP = "keep"
"""Of the setting ``quarantine_text``: personal data, too."""

FULL = "snapshot"
"""What is said of the content of a full delivery."""

WHOLE_DAY = "all of its day"
"""What is said of the content of a file that replaces its day."""


def ingest(
    settings: Settings,
    files: Sequence[Recognised],
    *,
    terms: Terms = USUAL,
    progress: Progress = SILENT,
) -> tuple[FileReport, ...]:
    """Load files in their order; first complete what an earlier run left between the stores.

    Rows of earlier files that were refused because of an unknown parent, and whose parent is there now, are
    loaded at the end; their reports come behind those of the files.

    Args:
        settings: which servers and workspace.
        files: what was recognised, parents before children.
        terms: what was said of all of them.
        progress: shows rows and documents.

    Raises:
        InputError: a file is damaged, or too many of its rows are rejected; nothing of it is visible, files before
            it are loaded.
        LockError: another ingest is running in the workspace.
        UsageError: the files can't be taken on these terms, or their source has to be said, as files of several
            services share their ids.
    """
    terms.check(files)
    replayed: list[FileReport] = []

    def replay(stores: Stores) -> None:
        replayed.extend(replay_waiting(stores, progress))

    loads = [partial(_load, Loading(file, terms, progress)) for file in files]
    checks = [partial(_refuse_shared_ids, files)] if terms.source is None else []
    tasks: list[Callable[[Stores], FileReport | None]] = [
        *checks,
        partial(_forget, progress),
        *loads,
        replay,
    ]
    done = persist(settings, tasks, progress=progress)
    return (*filter(None, done), *replayed)


@dataclass(frozen=True, slots=True)
class Loading:
    """A file on its way in, however often it is begun."""

    file: Recognised
    terms: Terms
    progress: Progress
    begun: set[int] = field(default_factory=set)
    """Its loads by this run: after a lost answer, one of them may be complete."""
    advice: list[str] = field(default_factory=list)
    """What to do about the file, as its last reading showed."""

    @property
    def source(self) -> str:
        """First half of the natural keys of its rows."""
        return self.terms.source_of(self.file.kind)

    @property
    def content(self) -> Fingerprint:
        """What makes it another load: to be all there is, of a kind or of a day, says more than its rows."""
        if self.terms.replaces_days:
            return self.file.content.also(WHOLE_DAY)
        return self.file.content.also(FULL) if self.terms.is_full else self.file.content


def _forget(progress: Progress, stores: Stores) -> None:
    """Remove what is too old to be kept, and of refused rows what the settings don't keep any more."""
    ledger.forget(stores.postgres, stores.settings)
    quarantine_text = stores.settings.quarantine_text
    if rows := narrow(stores.postgres, quarantine_text):
        noun = "row" if rows == 1 else "rows"
        progress.say(
            f"quarantine kept more of {rows:,} {noun} than quarantine_text says, and cut that: {quarantine_text}"
        )


def _refuse_shared_ids(files: Sequence[Recognised], stores: Stores) -> None:
    """Raise UsageError for two files of which nothing tells whether they are of one service."""
    for file in files:
        if not file.kind.is_shared or _is_loaded(file, stores):
            continue
        beside = (other.path for other in files if _is_other_content(other, file))
        earlier = ledger.other_path(stores.postgres, file.kind, file.kind.source, _contents(file))
        other = next(beside, earlier)
        if other is not None:
            raise shared_ids(file, other)


def _is_loaded(file: Recognised, stores: Stores) -> bool:
    known = [
        ledger.find_load(stores.postgres, file.kind, file.kind.source, content)
        for content in _contents(file)
    ]
    return any(entry is not None and entry.state == "complete" for entry in known)


def _contents(file: Recognised) -> tuple[Fingerprint, ...]:
    """Return what a file is in the ledger: by itself, and as a full delivery."""
    return file.content, file.content.also(FULL)


def _is_other_content(one: Recognised, other: Recognised) -> bool:
    return one.kind == other.kind and one.content.sha256 != other.content.sha256


def _load(loading: Loading, stores: Stores) -> FileReport:
    started, file = time.monotonic(), loading.file
    known = ledger.find_load(stores.postgres, file.kind, loading.source, loading.content)
    if file.day:
        _check_day(loading, stores, file.day)
    if known is None or known.state != "complete":
        outcome, counts = "loaded", _load_rows(loading, stores)
    elif known.load_id in loading.begun:
        outcome, counts = "loaded", ledger.recorded_rows(stores.postgres, known.load_id)
    else:
        if loading.terms.is_full or loading.terms.replaces_days:
            _refuse_overtaken(loading, stores, known)
        if file.day:
            ledger.redirect(stores.postgres, known.load_id, is_packed=loading.terms.to_warehouse)
        outcome, counts = "already loaded", RowCounts()
    advice, seconds = next(iter(loading.advice), None), time.monotonic() - started
    return FileReport(file.place, file.kind.name, outcome, counts, seconds, advice)


def _check_day(loading: Loading, stores: Stores, day: date) -> None:
    """Raise InputError if a daily file is not of the day that it was before, or goes another way than its day went."""
    file = loading.file
    for content in (file.content, file.content.also(WHOLE_DAY)):
        known = ledger.find_load(stores.postgres, file.kind, loading.source, content)
        if known is not None:
            _refuse_other_day(file, day, known)
    with stores.postgres:
        is_packed = loading.terms.to_warehouse
        refuse_other_store(stores.postgres, file.name, file.kind.name, day, is_packed=is_packed)


def _refuse_other_day(file: Recognised, day: date, known: Entry) -> None:
    """Raise InputError if the content was given before as another day: one of the two names is wrong, or the export."""
    earlier = Path(known.path).name
    if day_in_name(earlier) != day:
        message = f"{printable(file.path)} has the very content of {earlier}, which is another day"
        advice = "check which day it is; if both are right, add an empty line to one of them"
        raise InputError(message, advice)


def _refuse_overtaken(loading: Loading, stores: Stores, known: Entry) -> None:
    """Raise InputError if later loads of its kind, or its day, made the stores another state than a full delivery."""
    file = loading.file
    later = ledger.overtaking(
        stores.postgres, file.kind, loading.source, known.load_id, day=file.day
    )
    if later is not None:
        of = file.day or file.kind.name
        message = (
            f"{file.name} was loaded as load {known.load_id}, and load {later} of {of} came since"
        )
        advice = "if it is the state of now, add an empty line to it, so that it is another file"
        raise InputError(message, advice)


def _load_rows(loading: Loading, stores: Stores) -> RowCounts:
    connection, file = stores.postgres, loading.file
    load_id = ledger.begin_load(
        connection,
        file.kind,
        loading.source,
        file.place,
        loading.content,
        said=file.said,
        is_full=loading.terms.is_full,
        is_packed=loading.terms.to_warehouse,
    )
    loading.begun.add(load_id)
    reached(Step.ENTERED)
    with _eased(loading, stores), connection:
        sink = _sink(loading, stores, load_id)
        counts = _judge_rows(loading, stores, load_id, sink)
        file.refuse_if_changed()
        is_refused = loading.terms.tolerance.refuses(counts)
        reached(Step.JUDGED)
        if not is_refused:
            counts = _with_outcomes(counts, *sink.finish())
        state = "refused" if is_refused else sink.state
        ledger.record_rows(connection, load_id, counts, state=state)
        reached(Step.MERGED)
    reached(Step.COMMITTED)
    if is_refused:
        raise too_many(file.name, counts, loading.terms.tolerance, load_id=load_id)
    entry = Entry(load_id, file.kind.target.name, state, printable(file.place))
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
    file, source = loading.file, loading.source
    may_end = loading.terms.may_end or ANY
    if loading.terms.is_full:
        return SnapshotSink(stores.postgres, file, source=source, load_id=load_id, may_end=may_end)
    if file.kind.store == "postgres":
        return RowSink(stores.postgres, file.kind.target, source=source, load_id=load_id)
    if file.day is not None and loading.terms.to_warehouse:
        return BoxDaySink(
            stores.postgres,
            file.name,
            source=source,
            day=file.day,
            load_id=load_id,
            is_whole=loading.terms.replaces_days,
            may_end=may_end,
        )
    return _document_sink(loading, stores, load_id, may_end)


def _document_sink(loading: Loading, stores: Stores, load_id: int, may_end: Tolerance) -> Sink:
    """Return what takes documents.

    What is written can't be taken back, so a file that may be refused is judged before.
    """
    file, source, terms = loading.file, loading.source, loading.terms
    collection = stores.mongodb[file.kind.target.name]
    shape = partial(ONLY_DOCUMENTS[collection.name], Delivery(source, load_id, file.day))
    whole_day = None
    if file.day is not None and terms.replaces_days:
        of_file = {"name": file.name, "source": source}
        whole_day = WholeDay(stores.postgres, collection, shape, day=file.day, **of_file)
    if whole_day or terms.tolerance.is_limited:
        see = whole_day.note if whole_day else None
        if terms.tolerance.refuses(judge(file, terms.tolerance, loading.progress, see=see)):
            return NoSink()
    return DocumentSink(
        stores.postgres,
        collection,
        shape,
        load_id=load_id,
        day=file.day,
        announce=partial(ledger.announce_days, stores.settings, load_id),
        ended_rows=whole_day.end_missing(load_id, may_end) if whole_day else None,
    )


def _judge_rows(loading: Loading, stores: Stores, load_id: int, sink: Sink) -> RowCounts:
    """Judge the rows of a file and hand on those that are accepted; stop where too many are rejected.

    What is rejected is in quarantine; what became of the others is not counted yet.
    """
    file, judged, refused_rows = loading.file, Judgement(loading.file), 0
    description = f"{file.path.name} → {sink.name}"
    with loading.progress.task(description, total=None, unit="rows") as task:
        for batch, checked in file.judged():
            refusals = _kept(stores, file, batch, checked)
            postgres.quarantine(stores.postgres, load_id, refusals, day=file.day)
            judged.add(batch, checked)
            if loading.terms.tolerance.is_past(judged.rejected_rows):
                break
            sink.write(checked.rows if sink.takes_any_order else checked.accepted)
            reached(Step.STAGED)
            task.advance(batch.read_rows, share=file.share_read)
        else:
            refused_rows = sink.judge()
            if refused_rows and judged.is_placed:
                note_bytes(stores.postgres, file, load_id)
    loading.advice[:] = filter(None, [judged.advice])
    for remark in file.remarks(judged.rejected, judged.late_names):
        loading.progress.say(remark)
    return RowCounts(
        read_rows=judged.read_rows,
        rejected_rows=judged.rejected_rows + refused_rows,
        skipped_rows=judged.skipped_rows,
    )


def _kept(stores: Stores, file: Recognised, batch: Batch, checked: Checked) -> Iterable[Refusal]:
    """Return the refused rows of a batch as far as the settings let quarantine know them."""
    if stores.settings.quarantine_text == KEEP:
        return checked.refusals
    return without_personal(checked.refusals, file.kind, has_others=file.has_others(batch))


def _with_outcomes(
    counts: RowCounts, outcomes: Mapping[str, int], flags: Mapping[str, int]
) -> RowCounts:
    """Return the row law's numbers with those of the rows that were stored."""
    return replace(
        RowCounts.of(outcomes, flags),
        read_rows=counts.read_rows,
        rejected_rows=counts.rejected_rows,
        skipped_rows=counts.skipped_rows,
    )
