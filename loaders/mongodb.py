"""The bulk writer of MongoDB: insert unordered what is new by ``_id``, then replace exactly what differs."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from pymongo import ReplaceOne
from pymongo.errors import BulkWriteError

from loaders.steps import Step, reached
from svp.core.workers import in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pymongo.collection import Collection

    from svp.core.mongodb import Document
    from svp.core.progress import Task

__all__ = ["insert", "replace", "write"]

Value = TypeVar("Value")

BATCH_DOCUMENTS = 2_000
"""Of a batch; a few are under way at a time, so that one is encoded here while another is stored there."""

DUPLICATE_KEY = 11000


def write(collection: Collection[Document], documents: Iterable[Document], task: Task) -> None:
    """Make the collection hold exactly these documents under their ``_id``, each of which comes once.

    Repeating it changes nothing; after an error, any of them may have been stored.
    """
    for written in in_order(partial(_write_batch, collection), _batches(documents)):
        task.advance(written)


def insert(collection: Collection[Document], documents: Iterable[Document]) -> dict[str, Document]:
    """Store the documents whose ``_id`` is new; return what is stored under that of the others, by ``_id``.

    Each ``_id`` comes once.
    """
    stored: dict[str, Document] = {}
    for found in in_order(partial(_insert_batch, collection), _batches(documents)):
        stored.update(found)
    return stored


def replace(collection: Collection[Document], documents: Iterable[Document]) -> None:
    """Put each document in the place of the one under its ``_id``."""
    for batch in _batches(documents):
        replacements = [
            ReplaceOne({"_id": document["_id"]}, document, upsert=True) for document in batch
        ]
        collection.bulk_write(replacements, ordered=False)


def _batches(values: Iterable[Value]) -> Iterator[list[Value]]:
    waiting = iter(values)
    while batch := list(islice(waiting, BATCH_DOCUMENTS)):
        yield batch


def _write_batch(collection: Collection[Document], batch: Sequence[Document]) -> int:
    stored = _insert_batch(collection, batch)
    replace(
        collection,
        [document for document in batch if stored.get(document["_id"], document) != document],
    )
    reached(Step.DOCUMENTS)
    return len(batch)


def _insert_batch(
    collection: Collection[Document], batch: Sequence[Document]
) -> dict[str, Document]:
    """Store what is new of a batch; return what is stored under the keys of the rest.

    It is looked for first, because refused inserts are dear. What is found only by the insert was stored since: by
    the server, for a run that was killed.
    """
    stored = _find(collection, [document["_id"] for document in batch])
    new = [document for document in batch if document["_id"] not in stored]
    if new:
        try:
            collection.insert_many(new, ordered=False)
        except BulkWriteError as error:
            stored |= _find(collection, [new[index]["_id"] for index in _duplicates(error)])
    return stored


def _find(collection: Collection[Document], keys: Sequence[str]) -> dict[str, Document]:
    return {found["_id"]: found for found in collection.find({"_id": {"$in": keys}})}


def _duplicates(error: BulkWriteError) -> list[int]:
    """Return the positions of documents that were refused because their key is there; raise for any other reason."""
    failures = error.details["writeErrors"]
    if error.details["writeConcernErrors"] or any(
        failure["code"] != DUPLICATE_KEY for failure in failures
    ):
        raise error
    return [failure["index"] for failure in failures]
