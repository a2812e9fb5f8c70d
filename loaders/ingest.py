"""Take files through both stores: PostgreSQL in one transaction a file, then MongoDB, then publish.

A run that is killed anywhere leaves a ledger that tells the next one where to go on; the same content again,
under any name, changes nothing.
"""

from __future__ import annotations

import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from loaders import ledger, mongodb, postgres
from loaders.contract import check
from loaders.documents import COLLECTIONS, documents_of
from loaders.ledger import RowCounts
from svp.core.mongodb import MongoDatabase, open_database
from svp.core.postgres import Connection, connect
from svp.core.progress import SILENT, Progress
from svp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from loaders.recognise import Recognised
    from svp.settings import Settings

__all__ = ["FileReport", "ingest"]


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file."""

    path: Path
    kind: str
    outcome: str
    """``loaded``, or ``already loaded`` when the same content was loaded before."""
    counts: RowCounts
    seconds: float


@dataclass(frozen=True, slots=True)
class Stores:
    """Where an ingest writes."""

    postgres: Connection
    mongodb: MongoDatabase


def ingest(
    settings: Settings,
    files: Sequence[Recognised],
    *,
    source: str | None = None,
    progress: Progress = SILENT,
) -> tuple[FileReport, ...]:
    """Load files in their order; first complete what an earlier run left between the stores.

    Args:
        settings: which servers and workspace.
        files: what was recognised, parents before children.
        source: first half of the natural keys, if not the kind's own.
        progress: shows rows and documents.

    Raises:
        InputError: a file is damaged; nothing of it is visible, files before it are loaded.
        LockError: another ingest is running in the workspace.
    """
    database = settings.workspace.mongo_database
    with (
        ledger.only_ingest(settings),
        closing(
            connect(settings.url("postgres"), settings.workspace.postgres_database)
        ) as connection,
        open_database(settings.url("mongo"), database) as documents,
    ):
        stores = Stores(connection, documents)
        for entry in ledger.unfinished(connection):
            progress.say(f"completing load {entry.load_id}, which was interrupted")
            _publish(stores, entry.load_id, entry.target, progress)
        return tuple(_load(stores, file, source or file.kind.source, progress) for file in files)


def _load(stores: Stores, file: Recognised, source: str, progress: Progress) -> FileReport:
    started = time.monotonic()
    content = ledger.fingerprint(file.path)
    with stores.postgres:
        known = ledger.find_load(stores.postgres, file.kind, source, content)
    if known and known.state == "complete":
        return FileReport(
            file.path, file.kind.name, "already loaded", RowCounts(), time.monotonic() - started
        )
    load_id = ledger.begin_load(stores.postgres, file.kind, source, file.path, content)
    with stores.postgres:
        counts = _store_rows(stores.postgres, file, source, load_id, progress)
        _refuse_if_changed(file.path, content)
        ledger.record_rows(stores.postgres, load_id, counts, state="postgres_done")
    _publish(stores, load_id, file.kind.target.name, progress)
    return FileReport(file.path, file.kind.name, "loaded", counts, time.monotonic() - started)


def _store_rows(
    connection: Connection, file: Recognised, source: str, load_id: int, progress: Progress
) -> RowCounts:
    """Stage, judge and merge the rows of a file, in the transaction that is open."""
    target = file.kind.target
    read_rows = skipped_rows = refused_rows = 0
    postgres.begin(connection, target, source=source, load_id=load_id)
    with progress.task(f"{file.path.name} → PostgreSQL", total=None, unit="rows") as task:
        for batch in file.batches():
            checked = check(batch, file.kind)
            refused_rows += postgres.quarantine(connection, load_id, checked.refusals)
            postgres.write(connection, checked.accepted)
            read_rows += batch.read_rows
            skipped_rows += batch.skipped_rows
            task.advance(batch.read_rows)
        outcomes, flags = postgres.merge(connection, target)
    counted = Counter(outcomes)
    return RowCounts(
        read_rows=read_rows,
        loaded_rows=counted["loaded"],
        unchanged_rows=counted["unchanged"],
        updated_rows=counted["updated"],
        rejected_rows=counted["rejected"] + refused_rows,
        skipped_rows=skipped_rows,
        flags=flags,
    )


def _refuse_if_changed(path: Path, content: ledger.Fingerprint) -> None:
    """Raise InputError if somebody wrote to the file while it was read."""
    status = path.stat()
    if (status.st_size, status.st_mtime_ns) != (content.file_bytes, content.modified_ns):
        message = f"{path} changed while it was read; nothing of it was loaded"
        raise InputError(message, "run the same command again when it is complete")


def _publish(stores: Stores, load_id: int, target: str, progress: Progress) -> None:
    """Write a load's documents, then make it visible to exports."""
    if target in COLLECTIONS:
        collection, _ = COLLECTIONS[target]
        with (
            stores.postgres,
            progress.task(f"{target} → MongoDB {collection}", total=None, unit="documents") as task,
        ):
            documents = documents_of(stores.postgres, target, load_id)
            mongodb.write(stores.mongodb[collection], documents, task)
    ledger.complete_load(stores.postgres, load_id, target)
