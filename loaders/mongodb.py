"""The bulk writer of MongoDB: insert unordered what is new by ``_id``, then replace exactly what differs."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, TypeVar, cast

from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo import ReplaceOne
from pymongo.errors import BulkWriteError

from loaders.steps import Step, reached
from svp.core.workers import in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pymongo.collection import Collection

    from svp.core.mongodb import Document
    from svp.core.progress import Task

    Shape = TypeVar("Shape", bound=Mapping[str, object])

__all__ = ["Expectation", "insert", "replace", "write"]

Value = TypeVar("Value")

BATCH_DOCUMENTS = 10_000
"""Of a batch; a few are under way at a time, so that one is encoded here while another is stored there."""

BATCH_BYTES = 16 * 1024 * 1024
"""Of a batch, however few documents that is; a single one may have as many."""

DUPLICATE_KEY = 11000

MANY_STORED = 0.01
"""Share of a batch from which on those of the next are looked for before they are inserted."""

AS_BYTES = CodecOptions(document_class=RawBSONDocument)
"""Documents that stay bytes: two are equal if all their bytes are, and none has to be decoded."""

KEY_AT = 4 + len(b"\x02_id\x00") + 4
"""Where the text of a key begins in a document as bytes: behind two lengths, a type and a name."""


@dataclass(slots=True)
class Expectation:
    """What the documents of a load will find, going by those before."""

    are_new: bool = False
    """Whether hardly any is stored."""


def write(collection: Collection[Document], documents: Iterable[bytes], task: Task) -> None:
    """Make the collection hold exactly these documents, as BSON, under their ``_id``, each of which comes once.

    Repeating it changes nothing; after an error, any of them may have been stored.
    """
    raw = collection.with_options(codec_options=AS_BYTES)
    store = partial(_write_batch, raw, Expectation())
    with closing(in_order(store, _batches(documents, len), is_joined=True)) as batches:
        for written in batches:
            task.advance(written)


def insert(
    collection: Collection[Document], documents: Mapping[str, bytes], expected: Expectation
) -> dict[str, Document]:
    """Store the documents whose ``_id`` is new; return what is stored under that of the others, by ``_id``.

    They go in the order of their keys, which costs the server a fifth less than any other: neighbours share a page.

    Args:
        collection: where they go.
        documents: as BSON, by ``_id``.
        expected: of the load that they belong to.
    """
    stored: dict[str, Document] = {}
    store = partial(_insert_batch, collection, expected)
    waiting = _batches(sorted(documents.items()), _bytes_of)
    with closing(in_order(store, waiting, is_joined=True)) as batches:
        for found in batches:
            stored.update(found)
    return stored


def replace(collection: Collection[Shape], documents: Iterable[Shape]) -> None:
    """Put each document in the place of the one under its ``_id``."""
    waiting = iter(documents)
    while batch := list(islice(waiting, BATCH_DOCUMENTS)):
        replacements = [
            ReplaceOne({"_id": _key(document)}, document, upsert=True) for document in batch
        ]
        collection.bulk_write(replacements, ordered=False)


def _batches(values: Iterable[Value], bytes_of: Callable[[Value], int]) -> Iterator[list[Value]]:
    """Yield values in lists that fit a batch, by number and by size."""
    batch: list[Value] = []
    held_bytes = 0
    for value in values:
        batch.append(value)
        held_bytes += bytes_of(value)
        if len(batch) == BATCH_DOCUMENTS or held_bytes >= BATCH_BYTES:
            yield batch
            batch, held_bytes = [], 0
    if batch:
        yield batch


def _bytes_of(entry: tuple[str, bytes]) -> int:
    return len(entry[1])


def _write_batch(
    collection: Collection[RawBSONDocument], expected: Expectation, batch: Sequence[bytes]
) -> int:
    """Store a batch: as it is if the one before was new, else only what is new or differs."""
    if not expected.are_new or _insert_raw(collection, batch):
        documents = {_key_of(document): document for document in batch}
        expected.are_new = False
        stored = _insert_batch(collection, expected, list(documents.items()))
        replace(
            collection,
            [
                RawBSONDocument(documents[key])
                for key, before in stored.items()
                if before.raw != documents[key]
            ],
        )
    reached(Step.DOCUMENTS)
    return len(batch)


def _insert_raw(collection: Collection[Shape], batch: Sequence[bytes]) -> list[int]:
    """Insert documents as they are; return the positions of those that were there."""
    documents = [RawBSONDocument(document) for document in batch]
    try:
        cast("Collection[RawBSONDocument]", collection).insert_many(documents, ordered=False)
    except BulkWriteError as error:
        return _duplicates(error)
    return []


def _insert_batch(
    collection: Collection[Shape], expected: Expectation, batch: Sequence[tuple[str, bytes]]
) -> dict[str, Shape]:
    """Store what is new of a batch; return what is stored under the keys of the rest.

    That is looked for first unless hardly any is expected, because refused inserts are dear. What is found only by the
    insert may also have been stored since: by the server, for a run that was killed.
    """
    stored = {} if expected.are_new else _find(collection, [key for key, _ in batch])
    new = [(key, document) for key, document in batch if key not in stored]
    if new:
        refused = _insert_raw(collection, [document for _, document in new])
        stored |= _find(collection, [new[index][0] for index in refused])
    expected.are_new = len(stored) <= MANY_STORED * len(batch)
    return stored


def _find(collection: Collection[Shape], keys: Sequence[str]) -> dict[str, Shape]:
    return {_key(found): found for found in collection.find({"_id": {"$in": keys}})}


def _key(document: Mapping[str, object]) -> str:
    """Return the ``_id`` of a document, which is a text; of bytes without decoding the rest."""
    if isinstance(document, RawBSONDocument):
        return _key_of(document.raw)
    return str(document["_id"])


def _key_of(document: bytes | memoryview) -> str:
    """Return the ``_id`` of a document as BSON, in which it comes first."""
    key_bytes = int.from_bytes(document[KEY_AT - 4 : KEY_AT], "little") - len(b"\x00")
    return str(document[KEY_AT : KEY_AT + key_bytes], "utf-8")


def _duplicates(error: BulkWriteError) -> list[int]:
    """Return the positions of documents that were refused because their key is there; raise for any other reason."""
    failures = error.details["writeErrors"]
    if error.details["writeConcernErrors"] or any(
        failure["code"] != DUPLICATE_KEY for failure in failures
    ):
        raise error
    return [failure["index"] for failure in failures]
