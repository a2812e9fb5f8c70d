"""Where the rows of a file go: into PostgreSQL, judged there set-wise; or as documents straight into MongoDB.

A sink takes the rows that the contract accepted, a batch at a time, within a transaction of PostgreSQL that holds
the ledger and the quarantine of the load, and tells at the end what became of them.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Protocol

import bson
import pyarrow as pa

from loaders import ledger, mongodb, postgres, snapshots
from loaders.arrow import compute
from loaders.constraints import make_again
from loaders.contract import count_flags
from loaders.overtaking import Overtaking
from loaders.steps import Step, reached

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from pymongo.collection import Collection

    from loaders.documents import Shaped
    from loaders.recognise import Recognised
    from loaders.tolerance import Tolerance
    from svp.core.mongodb import Document
    from svp.core.postgres import Connection
    from svp.model import Table

__all__ = ["DocumentSink", "NoSink", "RowSink", "Sink", "SnapshotSink"]

REPLACED = ("replaced_load_id", "replaced_day")
"""What a document says of the one whose place it took; the day only if it was another."""

WRITTEN_BY = ("load_id", *REPLACED)
"""What a document says of loads; the rest is what it says of the world."""

DAYS = ("day", "replaced_day")


class Sink(Protocol):
    """What takes the accepted rows of one load."""

    name: str
    """Where they go, for people."""
    takes_any_order: bool
    """Whether rows tell by their ``line`` alone which of them comes later."""

    @property
    def state(self) -> str:
        """How far the load is when ``finish`` is committed."""

    def write(self, rows: pa.RecordBatch) -> None:
        """Take a batch."""

    def judge(self) -> int:
        """Return how many of the rows are rejected after all; they are in quarantine now."""

    def finish(self) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """Store what was judged; return rows by outcome (loaded, unchanged, updated, rejected, ended) and by flag."""


class RowSink:
    """Rows of PostgreSQL: staged, then judged and merged; all of it, or nothing, when the transaction ends."""

    name = "PostgreSQL"
    state = "postgres_done"
    takes_any_order = False

    def __init__(self, connection: Connection, target: Table, *, source: str, load_id: int) -> None:
        self._connection = connection
        self._target = target
        postgres.begin(connection, target, source=source, load_id=load_id)

    def write(self, rows: pa.RecordBatch) -> None:
        """Stage a batch."""
        postgres.write(self._connection, rows)

    def judge(self) -> int:
        """Judge what was staged."""
        postgres.judge(self._connection, self._target)
        return postgres.refuse(self._connection)

    def finish(self) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """Merge what was judged."""
        stored = postgres.store(self._connection, self._target)
        make_again(self._connection)
        return stored


class SnapshotSink(RowSink):
    """Rows of a full delivery: those of its source and kind that it lacks end in the same transaction."""

    def __init__(
        self,
        connection: Connection,
        file: Recognised,
        *,
        source: str,
        load_id: int,
        may_end: Tolerance,
    ) -> None:
        super().__init__(connection, file.kind.target, source=source, load_id=load_id)
        self._file, self._may_end = file, may_end
        self._missing = snapshots.Missing(0, 0)

    def judge(self) -> int:
        """Judge what was staged, as if what is missing were gone."""
        self._missing = snapshots.find_missing(self._connection, self._target, self._file.kind.name)
        return super().judge()

    def finish(self) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """End what is missing, and merge what was judged.

        Raises:
            InputError: that is more than may end.
        """
        snapshots.refuse_many(self._file.name, self._file.kind.name, self._missing, self._may_end)
        snapshots.resolve_missing(self._connection)
        return super().finish()


class NoSink:
    """Nowhere: for a file that is refused."""

    name = "nowhere"
    state = "refused"
    takes_any_order = True

    def write(self, rows: pa.RecordBatch) -> None:
        """Let a batch go."""

    def judge(self) -> int:
        """Reject nothing more."""
        return 0

    def finish(self) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """Store nothing."""
        return {}, {}


class DocumentSink:
    """Documents of MongoDB, each written at once and under its ``_id``; the later value of a key wins.

    Nothing that is written is taken back. So what a load wrote that was never completed counts for nothing: whoever
    meets it later takes it over, and counts it as if it had not been there. A document that took another's place
    names the load of that one (``replaced_load_id``), and its day if it moved to another, so that a second attempt
    counts as the first would have, and touches the same days.
    """

    name = "MongoDB"
    takes_any_order = False

    def __init__(
        self,
        connection: Connection,
        collection: Collection[Document],
        shape: Callable[[pa.RecordBatch], Shaped],
        *,
        load_id: int,
        day: date | None,
        announce: Callable[[frozenset[date]], None] | None = None,
        ended_rows: int | None = None,
    ) -> None:
        """Begin.

        Args:
            connection: in the transaction of the load.
            collection: what takes the documents.
            shape: makes documents of rows.
            load_id: the load.
            day: the one that the file is of, if it is of one.
            announce: commits days before documents of theirs are replaced, so that no export takes them until the
                load is complete; None where the load is not in the ledger before it is stored.
            ended_rows: documents that end, of a file that is all there is of its day; None for any other.
        """
        self._connection = connection
        self._collection = collection
        self._shape = shape
        self._load_id = load_id
        self._outcomes: Counter[str] = Counter()
        self._flags: Counter[str] = Counter()
        self._announce = announce
        self._announced: frozenset[date] = frozenset()
        self._days: set[date] = set()
        self._expected = mongodb.Expectation()
        self._confirmed_loads: set[int] = set()
        self._overtaking = Overtaking(connection, load_id, day)
        self._day, self._ended_rows = day, ended_rows

    @property
    def state(self) -> str:
        """How far the load is when ``finish`` is committed: documents that end are to go yet."""
        return "mongo_done" if self._ended_rows is None else "postgres_done"

    def write(self, rows: pa.RecordBatch) -> None:
        """Store what is new or differs of a batch."""
        shaped = self._shape(rows)
        documents = shaped.by_key()
        latest = dict(documents)
        self._count_superseded(documents, latest)
        is_last = [latest[key] is document for key, document in documents]
        flags = rows.column("quality_flags").filter(pa.array(is_last, pa.bool_()))
        self._flags.update(count_flags(flags))
        self._overtaking.note(shaped.keys, rows.column("line"))
        stored = mongodb.insert(self._collection, latest, self._expected)
        reached(Step.INSERTED)
        self._outcomes["loaded"] += len(latest) - len(stored)
        is_new = [
            last and key not in stored for last, (key, _) in zip(is_last, documents, strict=True)
        ]
        days = compute.unique(shaped.days.filter(pa.array(is_new, pa.bool_())))
        self._days.update(filter(None, days.to_pylist()))
        if stored:
            options = self._collection.codec_options
            self._merge([bson.decode(latest[key], options) for key in stored], stored)

    def judge(self) -> int:
        """Reject nothing more: only the contract does."""
        return 0

    def finish(self) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """Note the days of the documents that were written, of those whose place they took, and of those that end."""
        if self._ended_rows is not None:
            self._overtaking.note_day()
            self._outcomes["ended"] = self._ended_rows
        if self._ended_rows and self._day:
            self._days.add(self._day)
        ledger.touch_days(self._connection, self._load_id, self._days)
        ledger.confirm_loads(self._connection, self._load_id, self._confirmed_loads)
        return self._outcomes, dict(sorted((+self._flags).items()))

    def _announce_days(self, days: set[date]) -> None:
        """Note the days of documents that are to be replaced; those whose place they take are gone from then on."""
        unknown = days - self._announced
        if unknown and self._announce:
            self._announce(frozenset(unknown))
            self._announced |= unknown
        self._days |= days

    def _count_superseded(
        self, documents: Iterable[tuple[str, bytes]], latest: Mapping[str, bytes]
    ) -> None:
        """Count documents behind which comes another of their key, which says the same or counts in their place."""
        for key, document in documents:
            if latest[key] is not document:
                self._outcomes["unchanged" if document == latest[key] else "updated"] += 1

    def _merge(self, documents: Sequence[Document], stored: Mapping[str, Document]) -> None:
        """Put each document in the place of the one that is stored, unless that says the same."""
        loads = {before["load_id"] for before in stored.values()}
        completed = ledger.completed_loads(self._connection, loads)
        changed = []
        days: set[date] = set()
        for document in documents:
            before = stored[document["_id"]]
            outcome, replaced = self._outcome(document, before, completed)
            if before["load_id"] == self._load_id:
                self._flags.subtract(before["quality_flags"])
            self._outcomes[outcome] += 1
            if outcome == "unchanged":
                self._confirmed_loads.add(before["load_id"])
            else:
                changed.append(document | replaced)
                days |= _days_of(before, document | replaced)
        self._announce_days(days)
        mongodb.replace(self._collection, changed)
        reached(Step.REPLACED)

    def _outcome(
        self, document: Document, before: Document, completed: frozenset[int]
    ) -> tuple[str, Document]:
        """Return the outcome of a document whose key is there, and what it says of the one it replaces, if any."""
        replaced = {name: before[name] for name in REPLACED if name in before}
        if before["load_id"] in completed:
            replaced = {"replaced_load_id": before["load_id"]}
            if before["day"] != document["day"]:
                replaced["replaced_day"] = before["day"]
        elif before["load_id"] != self._load_id:
            return ("updated" if replaced else "loaded"), replaced
        return ("unchanged" if _says_the_same(document, before) else "updated"), replaced


def _days_of(*documents: Document) -> set[date]:
    """Return the days that change by documents that come, or go."""
    return {document[name].date() for document in documents for name in DAYS if name in document}


def _says_the_same(document: Document, other: Document) -> bool:
    def facts(of: Document) -> Document:
        return {name: value for name, value in of.items() if name not in WRITTEN_BY}

    return facts(document) == facts(other)
