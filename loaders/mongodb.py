"""The bulk writer of MongoDB: insert unordered by ``_id``, then replace exactly the documents that differ."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from pymongo import ReplaceOne
from pymongo.errors import BulkWriteError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pymongo.collection import Collection

    from svp.core.mongodb import Document
    from svp.core.progress import Task

__all__ = ["write"]

BATCH_DOCUMENTS = 5_000
DUPLICATE_KEY = 11000


def write(collection: Collection[Document], documents: Iterable[Document], task: Task) -> int:
    """Make the collection hold exactly these documents under their ``_id``; return how many there were.

    Repeating it changes nothing.
    """
    waiting = iter(documents)
    written = 0
    while batch := list(islice(waiting, BATCH_DOCUMENTS)):
        _write_batch(collection, batch)
        written += len(batch)
        task.advance(len(batch))
    return written


def _write_batch(collection: Collection[Document], batch: Sequence[Document]) -> None:
    try:
        collection.insert_many(batch, ordered=False)
    except BulkWriteError as error:
        failures = (error.details or {}).get("writeErrors", [])
        if (error.details or {}).get("writeConcernErrors") or any(
            failure["code"] != DUPLICATE_KEY for failure in failures
        ):
            raise
        _replace_changed(collection, [batch[failure["index"]] for failure in failures])


def _replace_changed(collection: Collection[Document], documents: Sequence[Document]) -> None:
    wanted = {document["_id"]: document for document in documents}
    stored = {found["_id"]: found for found in collection.find({"_id": {"$in": list(wanted)}})}
    changed = [
        ReplaceOne({"_id": key}, document, upsert=True)
        for key, document in wanted.items()
        if stored.get(key) != document
    ]
    if changed:
        collection.bulk_write(changed, ordered=False)
