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
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from loaders import ledger, mongodb, postgres
from loaders.box_days import BoxDaySink, refuse_other_store
from loaders.contract import check
from loaders.documents import COLLECTIONS, ONLY_DOCUMENTS, documents_of
from loaders.files import day_in_name, printable, refuse_if_changed
from loaders.kinds import KINDS
from loaders.ledger import Entry, RowCounts
from loaders.sinks import DocumentSink, RowSink, Sink
from svp.core.mongodb import MongoDatabase, open_database
from svp.core.progress import SILENT, Progress
from svp.errors import InputError, UsageError, shorten
from svp.model import BOX_LOGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from loaders.ledger import Waiting
    from loaders.recognise import Recognised
    from svp.core.postgres import Connection
    from svp.settings import Settings

__all__ = ["FileReport", "ingest"]

SOURCE_NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}"
"""A colon parts source and id in MongoDB's keys."""

TARGETS = {kind.name: kind.target for kind in KINDS}


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file, or of the rows of an earlier one that waited."""

    path: Path
    kind: str
    outcome: str
    """``loaded``; ``already loaded`` when the same content was loaded before; ``replayed`` for rows that waited."""
    counts: RowCounts
    seconds: float


@dataclass(frozen=True, slots=True)
class Stores:
    """Where an ingest writes."""

    postgres: Connection
    mongodb: MongoDatabase
    has_documents: bool = True
    """Whether rows that are documents only become some; else they go to the warehouse without."""


def ingest(
    settings: Settings,
    files: Sequence[Recognised],
    *,
    source: str | None = None,
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
        to_warehouse: keep logs of set-top boxes for the warehouse without making documents of them.
        progress: shows rows and documents.

    Raises:
        InputError: a file is damaged; nothing of it is visible, files before it are loaded.
        LockError: another ingest is running in the workspace.
        UsageError: ``source`` is no usable name, or a file can't go to the warehouse without documents.
    """
    if to_warehouse:
        _check_logs_only(files)
    if source is not None:
        _check_source(source)
    with (
        ledger.only_ingest(settings) as connection,
        open_database(settings.url("mongo"), settings.workspace.mongo_database) as documents,
    ):
        stores = Stores(connection, documents, has_documents=not to_warehouse)
        for entry in ledger.unfinished(connection):
            progress.say(f"completing load {entry.load_id}, which was interrupted")
            _publish(stores, entry, progress)
        loaded = [_load(stores, file, source or file.kind.source, progress) for file in files]
        return (*loaded, *_replay_waiting(stores, progress))


def _check_logs_only(files: Sequence[Recognised]) -> None:
    for file in files:
        if file.kind.target is not BOX_LOGS:
            message = f"{printable(file.path)} is {file.kind.name}, which can't go to the warehouse without the stores"
            raise UsageError(message, "give --to warehouse with logs of set-top boxes only")


def _check_source(source: str) -> None:
    if not re.fullmatch(SOURCE_NAME, source):
        message = f"source {shorten(source)!r} is not a usable name"
        raise UsageError(message, "use up to 63 letters, digits, '_', '.' and '-'")


def _load(stores: Stores, file: Recognised, source: str, progress: Progress) -> FileReport:
    started = time.monotonic()
    known = ledger.find_load(stores.postgres, file.kind, source, file.content)
    if known and file.day:
        _refuse_other_day(file, file.day, known)
    if known and known.state == "complete":
        outcome, counts = "already loaded", RowCounts()
    else:
        outcome, counts = "loaded", _load_rows(stores, file, source, progress)
    return FileReport(file.path, file.kind.name, outcome, counts, time.monotonic() - started)


def _refuse_other_day(file: Recognised, day: date, known: Entry) -> None:
    """Raise InputError if the content was given before as another day: one of the two names is wrong, or the export."""
    earlier = Path(known.path).name
    if day_in_name(earlier) != day:
        message = f"{printable(file.path)} has the very content of {earlier}, which is another day"
        advice = "check which day it is; if both are right, add an empty line to one of them"
        raise InputError(message, advice)


def _load_rows(stores: Stores, file: Recognised, source: str, progress: Progress) -> RowCounts:
    connection, kind = stores.postgres, file.kind
    load_id = ledger.begin_load(connection, kind, source, file.path, file.content)
    with connection:
        sink = _sink(stores, file, source, load_id)
        counts = _store_rows(connection, file, load_id, sink, progress)
        refuse_if_changed(file.path, file.content)
        ledger.record_rows(connection, load_id, counts, state=sink.state)
    _publish(stores, Entry(load_id, kind.name, sink.state, printable(file.path)), progress)
    return counts


def _sink(stores: Stores, file: Recognised, source: str, load_id: int) -> Sink:
    """Return what takes the rows of a file, in the transaction that is open."""
    target = file.kind.target
    if file.kind.store == "postgres":
        return RowSink(stores.postgres, target, source=source, load_id=load_id)
    assert file.day is not None  # noqa: S101  (kinds that are documents only are daily)
    store = "MongoDB" if stores.has_documents else "PostgreSQL"
    refuse_other_store(stores.postgres, file.kind.name, file.day, store=store)
    if not stores.has_documents:
        return BoxDaySink(stores.postgres, source=source, day=file.day, load_id=load_id)
    shape = partial(ONLY_DOCUMENTS[target.name], source=source, day=file.day, load_id=load_id)
    collection = stores.mongodb[target.name]
    return DocumentSink(stores.postgres, collection, shape, load_id=load_id, day=file.day)


def _store_rows(
    connection: Connection, file: Recognised, load_id: int, sink: Sink, progress: Progress
) -> RowCounts:
    """Judge the rows of a file by the contract, and hand on those that it accepts."""
    read_rows = skipped_rows = refused_rows = 0
    with progress.task(f"{file.path.name} → {sink.name}", total=None, unit="rows") as task:
        for batch in file.batches():
            checked = check(batch, file.kind)
            refused_rows += postgres.quarantine(connection, load_id, checked.refusals)
            sink.write(checked.accepted)
            read_rows += batch.read_rows
            skipped_rows += batch.skipped_rows
            task.advance(batch.read_rows)
        outcomes, flags = sink.finish()
    counts = _counts(outcomes, flags)
    return replace(
        counts,
        read_rows=read_rows,
        rejected_rows=counts.rejected_rows + refused_rows,
        skipped_rows=skipped_rows,
    )


def _counts(outcomes: Mapping[str, int], flags: Mapping[str, int]) -> RowCounts:
    """Return the row law's numbers of judged rows."""
    counted = Counter(outcomes)
    return RowCounts(
        read_rows=counted.total(),
        loaded_rows=counted["loaded"],
        unchanged_rows=counted["unchanged"],
        updated_rows=counted["updated"],
        rejected_rows=counted["rejected"],
        flags=flags,
    )


def _replay_waiting(stores: Stores, progress: Progress) -> Iterator[FileReport]:
    """Load the waiting rows whose parents are there now, parents before children, older files first."""
    order = {name: number for number, name in enumerate(TARGETS)}
    for waiting in sorted(ledger.waiting(stores.postgres), key=lambda load: order[load.kind]):
        started = time.monotonic()
        counts = _replay(stores, waiting, progress)
        if counts.read_rows:
            seconds = time.monotonic() - started
            yield FileReport(Path(waiting.path), waiting.kind, "replayed", counts, seconds)


def _replay(stores: Stores, waiting: Waiting, progress: Progress) -> RowCounts:
    """Load the rows of one earlier file that wait no longer, as a load of their own; none leaves no trace."""
    connection, target = stores.postgres, TARGETS[waiting.kind]
    with connection:
        postgres.begin(connection, target, source=waiting.source, load_id=waiting.load_id)
        if not postgres.restage(connection, target, waiting.load_id):
            return RowCounts()
        load_id = ledger.begin_replay(connection, waiting.load_id)
        counts = _counts(*postgres.store(connection, target))
        ledger.record_rows(connection, load_id, counts, state="postgres_done")
    _publish(stores, Entry(load_id, waiting.kind, "postgres_done", waiting.path), progress)
    return counts


def _publish(stores: Stores, entry: Entry, progress: Progress) -> None:
    """Write a load's documents, then make it visible to exports."""
    target = TARGETS[entry.kind].name
    if entry.state == "postgres_done":
        if target in COLLECTIONS:
            _store_documents(stores, target, entry.load_id, progress)
        ledger.advance_load(stores.postgres, entry.load_id, state="mongo_done")
    ledger.complete_load(stores.postgres, entry.load_id, target)


def _store_documents(stores: Stores, target: str, load_id: int, progress: Progress) -> None:
    collection = COLLECTIONS[target].collection
    description = f"{target} → MongoDB {collection}"
    with stores.postgres, progress.task(description, total=None, unit="documents") as task:
        documents = documents_of(stores.postgres, target, load_id)
        mongodb.write(stores.mongodb[collection], documents, task)
