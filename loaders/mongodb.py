"""The bulk writer of MongoDB: insert unordered what is new by ``_id``, then replace exactly what differs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo import ReplaceOne
from pymongo.errors import BulkWriteError

from loaders.steps import Step, reached
from svp.core.workers import in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pymongo.collection import Collection

    from svp.core.mongodb import Document
    from svp.core.progress import Task

    Shape = TypeVar("Shape", bound=Mapping[str, object])

__all__ = ["insert", "replace", "write"]

Value = TypeVar("Value")

BATCH_DOCUMENTS = 10_000
"""Of a batch; a few are under way at a time, so that one is encoded here while another is stored there."""

DUPLICATE_KEY = 11000

AS_BYTES = CodecOptions(document_class=RawBSONDocument)
"""Documents that stay bytes: two are equal if all their bytes are, and none has to be decoded."""

KEY_AT = 4 + len(b"\x02_id\x00") + 4
"""Where the text of a key begins in a document as bytes: behind two lengths, a type and a name."""


@dataclass(slots=True)
class Expectation:
    """What the documents of a load will find, going by those before."""

    are_new: bool = False


def write(collection: Collection[Document], documents: Iterable[bytes], task: Task) -> None:
    """Make the collection hold exactly these documents, as BSON, under their ``_id``, each of which comes once.

    Repeating it changes nothing; after an error, any of them may have been stored.
    """
    raw = collection.with_options(codec_options=AS_BYTES)
    store = partial(_write_batch, raw, Expectation())
    for written in in_order(store, _batches(documents)):
        task.advance(written)


def insert(collection: Collection[Shape], documents: Iterable[Shape]) -> dict[str, Shape]:
    """Store the documents whose ``_id`` is new; return what is stored under that of the others, by ``_id``.

    Each ``_id`` comes once.
    """
    stored: dict[str, Shape] = {}
    for found in in_order(partial(_insert_batch, collection), _batches(documents)):
        stored.update(found)
    return stored


def replace(collection: Collection[Shape], documents: Iterable[Shape]) -> None:
    """Put each document in the place of the one under its ``_id``."""
    for batch in _batches(documents):
        replacements = [
            ReplaceOne({"_id": _key(document)}, document, upsert=True) for document in batch
        ]
        collection.bulk_write(replacements, ordered=False)


def _batches(values: Iterable[Value]) -> Iterator[list[Value]]:
    waiting = iter(values)
    while batch := list(islice(waiting, BATCH_DOCUMENTS)):
        yield batch


def _write_batch(
    collection: Collection[RawBSONDocument], expected: Expectation, batch: Sequence[bytes]
) -> int:
    """Store a batch: as it is if the one before was new, else only what is new or differs."""
    documents = [RawBSONDocument(document) for document in batch]
    if not (expected.are_new and _insert_new(collection, documents)):
        stored = _insert_batch(collection, documents)
        replace(
            collection,
            [
                document
                for document in documents
                if stored.get(_key(document), document) != document
            ],
        )
        expected.are_new = not stored
    reached(Step.DOCUMENTS)
    return len(batch)


def _insert_new(
    collection: Collection[RawBSONDocument], documents: Sequence[RawBSONDocument]
) -> bool:
    """Insert documents; return False if some were there."""
    try:
        collection.insert_many(documents, ordered=False)
    except BulkWriteError as error:
        _duplicates(error)
        return False
    return True


def _insert_batch(collection: Collection[Shape], batch: Sequence[Shape]) -> dict[str, Shape]:
    """Store what is new of a batch; return what is stored under the keys of the rest.

    It is looked for first, because refused inserts are dear. What is found only by the insert was stored since: by
    the server, for a run that was killed.
    """
    stored = _find(collection, [_key(document) for document in batch])
    new = [document for document in batch if _key(document) not in stored]
    if new:
        try:
            collection.insert_many(new, ordered=False)
        except BulkWriteError as error:
            stored |= _find(collection, [_key(new[index]) for index in _duplicates(error)])
    return stored


def _find(collection: Collection[Shape], keys: Sequence[str]) -> dict[str, Shape]:
    return {_key(found): found for found in collection.find({"_id": {"$in": keys}})}


def _key(document: Mapping[str, object]) -> str:
    """Return the ``_id`` of a document, which is a text and comes first; of bytes without decoding the rest."""
    if isinstance(document, RawBSONDocument):
        raw = bytes(document.raw)
        return raw[KEY_AT : raw.index(b"\x00", KEY_AT)].decode()
    return str(document["_id"])


def _duplicates(error: BulkWriteError) -> list[int]:
    """Return the positions of documents that were refused because their key is there; raise for any other reason."""
    failures = error.details["writeErrors"]
    if error.details["writeConcernErrors"] or any(
        failure["code"] != DUPLICATE_KEY for failure in failures
    ):
        raise error
    return [failure["index"] for failure in failures]
