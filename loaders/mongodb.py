"""The bulk writer of MongoDB: insert unordered by ``_id``, then replace exactly the documents that differ."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from pymongo import ReplaceOne
from pymongo.errors import BulkWriteError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pymongo.collection import Collection

    from svp.core.mongodb import Document
    from svp.core.progress import Task

__all__ = ["find", "insert", "replace", "write"]

Value = TypeVar("Value")

BATCH_DOCUMENTS = 2_000
WORKERS = 2
"""Batches under way at a time: one is encoded here while another is stored there."""

DUPLICATE_KEY = 11000


def write(collection: Collection[Document], documents: Iterable[Document], task: Task) -> None:
    """Make the collection hold exactly these documents under their ``_id``, each of which comes once.

    Repeating it changes nothing; after an error, any of them may have been stored.
    """
    for written in _in_parallel(partial(_write_batch, collection), documents):
        task.advance(written)


def insert(collection: Collection[Document], documents: Iterable[Document]) -> list[Document]:
    """Store the documents whose ``_id`` is new, and return the others; each ``_id`` comes once."""
    present: list[Document] = []
    for found in _in_parallel(partial(_insert_batch, collection), documents):
        present.extend(found)
    return present


def find(collection: Collection[Document], keys: Iterable[str]) -> dict[str, Document]:
    """Return the stored documents of these keys, by ``_id``."""
    found: dict[str, Document] = {}
    for batch in _batches(keys):
        stored = collection.find({"_id": {"$in": batch}})
        found.update((document["_id"], document) for document in stored)
    return found


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


def _in_parallel(
    store: Callable[[list[Document]], Value], documents: Iterable[Document]
) -> Iterator[Value]:
    """Yield what ``store`` returns for each batch, in their order; a few are under way at a time."""
    running: deque[Future[Value]] = deque()
    pool = ThreadPoolExecutor(WORKERS)
    try:
        for batch in _batches(documents):
            running.append(pool.submit(store, batch))
            if len(running) > WORKERS:
                yield running.popleft().result()
        for future in running:
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _write_batch(collection: Collection[Document], batch: Sequence[Document]) -> int:
    present = _insert_batch(collection, batch)
    stored = find(collection, [document["_id"] for document in present])
    replace(
        collection,
        [document for document in present if stored.get(document["_id"]) != document],
    )
    return len(batch)


def _insert_batch(collection: Collection[Document], batch: Sequence[Document]) -> list[Document]:
    """Store what is new of a batch, and return what is not."""
    try:
        collection.insert_many(batch, ordered=False)
    except BulkWriteError as error:
        failures = error.details["writeErrors"]
        if error.details["writeConcernErrors"] or any(
            failure["code"] != DUPLICATE_KEY for failure in failures
        ):
            raise
        return [batch[failure["index"]] for failure in failures]
    return []
