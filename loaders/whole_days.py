"""Files that are all there is of their day: documents of that day that they lack end.

Which those are is told before any document is written, which can't be taken back, and stored with the load, in one
transaction. They go from MongoDB when the load is published, by whichever run does that; until then no export takes the
day.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from itertools import islice
from typing import TYPE_CHECKING

from bson import Int64

from loaders.snapshots import Missing, refuse_many
from loaders.steps import Step, reached
from svp.core.sqlfiles import read_sql
from svp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa
    from pymongo.collection import Collection

    from loaders.documents import Shaped
    from loaders.tolerance import Tolerance
    from svp.core.mongodb import Document
    from svp.core.postgres import Connection

__all__ = ["WholeDay", "no_whole_day", "remove_ended"]

BATCH_DOCUMENTS = 10_000
"""Whose ids are held at a time."""


def no_whole_day(name: str, day: date) -> InputError:
    """Return the refusal of a file that is said to be all there is of its day, and of which nothing is accepted."""
    message = f"{name} has no line that is accepted, so it can't be all there is of {day}"
    return InputError(
        message, "check the file: 'svp ingest --dry-run' tells why its lines are rejected"
    )


class WholeDay:
    """What a file has of its day, held against what is there."""

    def __init__(
        self,
        connection: Connection,
        collection: Collection[Document],
        shape: Callable[[pa.RecordBatch], Shaped],
        *,
        name: str,
        source: str,
        day: date,
    ) -> None:
        """Begin with nothing; ``shape`` tells the documents of rows, ``name`` is that of the file."""
        self._connection, self._collection, self._shape = connection, collection, shape
        self._name, self._source, self._day = name, source, day
        self._accepted_rows = 0
        with connection.cursor() as cursor:
            cursor.execute(read_sql("loaders.statements", "documents_of_day"))

    def note(self, rows: pa.RecordBatch) -> None:
        """Note accepted rows of the file."""
        self._accepted_rows += rows.num_rows
        statement = "INSERT INTO delivered_document (document_id) SELECT unnest(%s::text[])"
        with self._connection.cursor() as cursor:
            cursor.execute(statement, (self._shape(rows).keys.to_pylist(),))

    def end_missing(self, load_id: int, may_end: Tolerance) -> int:
        """Note the documents that did not come again as ended by a load; return how many of them count.

        What a load wrote that was never completed counts only if it took the place of what does.

        Raises:
            InputError: no row was accepted, or more documents would end than may.
        """
        if not self._accepted_rows:
            raise no_whole_day(self._name, self._day)
        with self._connection.cursor() as cursor:
            self._note_present()
            cursor.execute(read_sql("loaders.statements", "end_documents"), {"load_id": load_id})
            (counts,) = cursor.fetchall()
        missing = Missing(*counts)
        refuse_many(self._name, f"{self._day}", missing, may_end)
        return missing.rows

    def _note_present(self) -> None:
        of_day = {"day": datetime.combine(self._day, time(), UTC), "source": self._source}
        found = self._collection.find(of_day, {"load_id": 1, "replaced_load_id": 1})
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
