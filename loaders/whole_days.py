"""Files that are all there is of their day: documents of that day that they lack end.

Which those are is known when the whole file is read, and is stored with its load, in one transaction. They go from
MongoDB when the load is published, by whichever run does that; until then no export takes the day.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from itertools import islice
from typing import TYPE_CHECKING

from bson import Int64

from loaders.sinks import DocumentSink
from loaders.snapshots import Missing, refuse_many
from loaders.steps import Step, reached
from svp.core.sqlfiles import read_sql
from svp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import pyarrow as pa
    from pymongo.collection import Collection

    from loaders.documents import Shaped
    from loaders.tolerance import Tolerance
    from svp.core.mongodb import Document
    from svp.core.postgres import Connection

__all__ = ["WholeDaySink", "no_whole_day", "remove_ended"]

BATCH_DOCUMENTS = 10_000
"""Whose ids are held at a time."""


def no_whole_day(name: str, day: date) -> InputError:
    """Return the refusal of a file that is said to be all there is of its day, and of which nothing is accepted."""
    message = f"{name} has no line that is accepted, so it can't be all there is of {day}"
    return InputError(message, "check the file; 'svp loads undo' takes a day's loads back")


class WholeDaySink(DocumentSink):
    """Documents in the place of all that their day has."""

    state = "postgres_done"

    def __init__(
        self,
        connection: Connection,
        collection: Collection[Document],
        shape: Callable[[pa.RecordBatch], Shaped],
        *,
        load_id: int,
        day: date,
        announce: Callable[[frozenset[date]], None],
        name: str,
        source: str,
        may_end: Tolerance,
    ) -> None:
        """Begin.

        Args:
            connection: in the transaction of the load.
            collection: what takes the documents.
            shape: makes documents of rows.
            load_id: the load.
            day: that of the file.
            announce: commits days before documents of theirs are replaced.
            name: of the file.
            source: whose day it is.
            may_end: how many documents of the day may end.
        """
        super().__init__(connection, collection, shape, load_id=load_id, day=day, announce=announce)
        self._day, self._name, self._source, self._may_end = day, name, source, may_end
        self._accepted_rows = 0
        with connection.cursor() as cursor:
            cursor.execute(read_sql("loaders.statements", "documents_of_day"))

    def write(self, rows: pa.RecordBatch) -> None:
        """Store what is new or differs of a batch."""
        self._accepted_rows += rows.num_rows
        super().write(rows)

    def finish(self) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """Note which documents end, and the days of all that change.

        Raises:
            InputError: no row is accepted, or more documents would end than may.
        """
        if not self._accepted_rows:
            raise no_whole_day(self._name, self._day)
        missing = self._end_missing()
        refuse_many(self._name, f"{self._day}", missing, self._may_end)
        if missing.rows:
            self._days.add(self._day)
        self._overtaking.note_day()
        outcomes, flags = super().finish()
        return {**outcomes, "ended": missing.rows}, flags

    def _note_unchanged(self, keys: Iterable[str]) -> None:
        statement = "INSERT INTO unchanged_document (document_id) SELECT unnest(%s::text[])"
        with self._connection.cursor() as cursor:
            cursor.execute(statement, (list(keys),))

    def _end_missing(self) -> Missing:
        """Note the documents that others wrote and that did not come again; return how many count, and of how many.

        What a load wrote that was never completed counts only if it took the place of what does.
        """
        others = {
            "day": datetime.combine(self._day, time(), UTC),
            "source": self._source,
            "load_id": {"$ne": Int64(self._load_id)},
        }
        found = self._collection.find(others, {"load_id": 1, "replaced_load_id": 1})
        statement = (
            "INSERT INTO document_of_day (document_id, load_id)"
            " SELECT * FROM unnest(%s::text[], %s::bigint[])"
        )
        with self._connection.cursor() as cursor:
            while batch := list(islice(found, BATCH_DOCUMENTS)):
                keys = [document["_id"] for document in batch]
                loads = [
                    document.get("replaced_load_id", document["load_id"]) for document in batch
                ]
                cursor.execute(statement, (keys, loads))
            cursor.execute(
                read_sql("loaders.statements", "end_documents"), {"load_id": self._load_id}
            )
            ((ended_rows, present_rows),) = cursor.fetchall()
        own = {"load_id": Int64(self._load_id), "replaced_load_id": {"$exists": True}}
        return Missing(ended_rows, present_rows + self._collection.count_documents(own))


def remove_ended(connection: Connection, collection: Collection[Document], load_id: int) -> None:
    """Remove the documents that a load ends; a repeat removes the rest."""
    statement = (
        "SELECT document_id FROM ops.ended_document WHERE load_id = %s AND document_id > %s"
        " ORDER BY document_id LIMIT %s"
    )
    last = ""
    while True:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement, (load_id, last, BATCH_DOCUMENTS))
            keys = [key for (key,) in cursor.fetchall()]
        if not keys:
            return
        collection.delete_many({"_id": {"$in": keys}, "load_id": {"$ne": Int64(load_id)}})
        reached(Step.DOCUMENTS)
        last = keys[-1]
