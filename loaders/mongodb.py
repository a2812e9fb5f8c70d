"""The bulk writer of MongoDB: insert unordered by ``_id``, then replace exactly the documents that differ."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
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

BATCH_DOCUMENTS = 2_000
WORKERS = 2
"""Batches under way at a time: one is encoded here while another is stored there."""

DUPLICATE_KEY = 11000


def write(collection: Collection[Document], documents: Iterable[Document], task: Task) -> None:
    """Make the collection hold exactly these documents under their ``_id``, each of which comes once.

    Repeating it changes nothing; after an error, any of them may have been stored.
    """
    waiting = iter(documents)
    running: deque[Future[int]] = deque()
    pool = ThreadPoolExecutor(WORKERS)
    try:
        while batch := list(islice(waiting, BATCH_DOCUMENTS)):
            running.append(pool.submit(_write_batch, collection, batch))
            if len(running) > WORKERS:
                task.advance(running.popleft().result())
        for future in running:
            task.advance(future.result())
    finally:
        pool.shutdown(cancel_futures=True)


def _write_batch(collection: Collection[Document], batch: Sequence[Document]) -> int:
    try:
        collection.insert_many(batch, ordered=False)
    except BulkWriteError as error:
        failures = error.details["writeErrors"]
        if error.details["writeConcernErrors"] or any(
            failure["code"] != DUPLICATE_KEY for failure in failures
        ):
            raise
        _replace_changed(collection, [batch[failure["index"]] for failure in failures])
    return len(batch)


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
