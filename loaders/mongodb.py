"""The bulk writer of MongoDB: insert unordered what is new by ``_id``, then replace exactly what differs."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, TypeVar, cast

import bson
from bson.raw_bson import RawBSONDocument
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

BATCH_DOCUMENTS = 10_000
"""Of a batch; a few are under way at a time, so that one is encoded here while another is stored there."""

DUPLICATE_KEY = 11000


@dataclass(slots=True)
class Expectation:
    """What the documents of a load will find, going by those before."""

    are_new: bool = False


def write(collection: Collection[Document], documents: Iterable[bytes], task: Task) -> None:
    """Make the collection hold exactly these documents, as BSON, under their ``_id``, each of which comes once.

    Repeating it changes nothing; after an error, any of them may have been stored.
    """
    store = partial(_write_batch, collection, Expectation())
    with closing(in_order(store, _batches(documents))) as batches:
        for written in batches:
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


def _write_batch(
    collection: Collection[Document], expected: Expectation, batch: Sequence[bytes]
) -> int:
    """Store a batch: as it is if the one before was new, else only what is new or differs."""
    if not (expected.are_new and _insert_raw(collection, batch)):
        documents = [bson.decode(document, collection.codec_options) for document in batch]
        stored = _insert_batch(collection, documents)
        replace(
            collection,
            [
                document
                for document in documents
                if stored.get(document["_id"], document) != document
            ],
        )
        expected.are_new = not stored
    reached(Step.DOCUMENTS)
    return len(batch)


def _insert_raw(collection: Collection[Document], batch: Sequence[bytes]) -> bool:
    """Insert documents as they are; return False if some were there."""
    documents = [RawBSONDocument(document) for document in batch]
    try:
        cast("Collection[RawBSONDocument]", collection).insert_many(documents, ordered=False)
    except BulkWriteError as error:
        _duplicates(error)
        return False
    return True


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
