"""Three ways to keep the lines of set-top-box logs in MongoDB, as ``benchmarks/boxes.py`` measures them.

Each unites a delivery with what is there: by day and id, the later value wins, whatever contract it names. What a line
says, and the indexes that exports, corrections and people need, are the same in all of them.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Protocol

import bson
from pymongo import UpdateOne

from loaders import mongodb
from nosql.pipelines import find_pipeline

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from svp.core.mongodb import Document, MongoDatabase

__all__ = ["LAYOUTS", "Layout", "Line", "stages"]

Line = dict[str, Any]
"""A line as a document of ``box_logs``."""

LOAD_ID = "load_id"
BULK = 2_000


class Layout(Protocol):
    """A way to keep lines."""

    name: str
    collection: str
    unwound: Sequence[Document]
    """Stages that make a document of each line again."""

    def prepare(self, database: MongoDatabase) -> None:
        """Make the collection and its indexes."""

    def deliver(self, database: MongoDatabase, lines: Sequence[Line]) -> None:
        """Unite a batch of one day, in which each id comes once."""


class Lines:
    """A document a line, as ingest writes them."""

    name = "a document a line"
    collection = "box_logs"
    unwound: Sequence[Document] = ()

    def prepare(self, database: MongoDatabase) -> None:
        """Make nothing: the migrations do."""

    def deliver(self, database: MongoDatabase, lines: Sequence[Line]) -> None:
        """Insert what is new, replace what differs."""
        documents = {line["_id"]: bson.encode(line) for line in lines}
        stored = mongodb.insert(database[self.collection], documents, mongodb.Expectation())
        changed = [
            line
            for line in lines
            if line["_id"] in stored and facts(line) != facts(stored[line["_id"]])
        ]
        mongodb.replace(database[self.collection], changed)


class Buckets:
    """A document a contract and day, or a contract and month, with its lines."""

    def __init__(self, name: str, collection: str, span: str) -> None:
        self.name = name
        self.collection = collection
        self._span = span
        self.unwound: Sequence[Document] = (
            {"$unwind": "$lines"},
            {"$replaceRoot": {"newRoot": "$lines"}},
        )

    def prepare(self, database: MongoDatabase) -> None:
        """Make the indexes: by day, by contract and day, and by id for a line that changes its contract."""
        collection = database[self.collection]
        collection.create_index([("lines.day", 1)])
        collection.create_index([("lines.contract_code", 1), ("lines.day", 1)])
        collection.create_index([("lines._id", 1)])

    def deliver(self, database: MongoDatabase, lines: Sequence[Line]) -> None:
        """Take what is there of the lines out of their buckets where it differs, and put in what is new."""
        collection = database[self.collection]
        for batch in portions(lines):
            stored = self._stored(collection, [line["_id"] for line in batch])
            new: dict[str, list[Line]] = defaultdict(list)
            gone: dict[str, list[str]] = defaultdict(list)
            for line in batch:
                bucket, before = stored.get(line["_id"], (None, None))
                if before and bucket and facts(before) == facts(line):
                    continue
                if bucket:
                    gone[bucket].append(line["_id"])
                new[self._bucket(line)].append(line)
            self._write(collection, new, gone)

    def _stored(self, collection: Any, ids: Sequence[str]) -> dict[str, tuple[str, Line]]:
        found = collection.find({"lines._id": {"$in": ids}})
        wanted = set(ids)
        return {
            line["_id"]: (bucket["_id"], line)
            for bucket in found
            for line in bucket["lines"]
            if line["_id"] in wanted
        }

    def _bucket(self, line: Line) -> str:
        day = line["day"].strftime(self._span)
        return f"{line['source']}:{day}:{line['contract_code'] or line['_id'][-2:]}"

    def _write(
        self, collection: Any, new: Mapping[str, list[Line]], gone: Mapping[str, list[str]]
    ) -> None:
        pulls = [
            UpdateOne({"_id": bucket}, {"$pull": {"lines": {"_id": {"$in": ids}}}})
            for bucket, ids in gone.items()
        ]
        pushes = [
            UpdateOne({"_id": bucket}, {"$push": {"lines": {"$each": lines}}}, upsert=True)
            for bucket, lines in new.items()
        ]
        for writes in (pulls, pushes):
            if writes:
                collection.bulk_write(writes, ordered=False)


def portions(lines: Sequence[Line]) -> Iterable[Sequence[Line]]:
    """Yield the lines in bulks."""
    return (lines[start : start + BULK] for start in range(0, len(lines), BULK))


def facts(line: Line) -> Line:
    """Return what a line says of the world."""
    return {name: value for name, value in line.items() if name != LOAD_ID}


LAYOUTS: tuple[Layout, ...] = (
    Lines(),
    Buckets("buckets by contract and day", "box_days", "%Y-%m-%d"),
    Buckets("documents by contract and month", "box_months", "%Y-%m"),
)


def stages(
    layout: Layout, pipeline: str, loads: Sequence[int], day: datetime | None
) -> list[Document]:
    """Return a pipeline of box_logs over another layout."""
    given = {"loads": loads} | ({"day": day} if day else {})
    filled = find_pipeline(pipeline).fill(given)
    first: list[Document] = [{"$match": {"lines.day": day}}] if day and layout.unwound else []
    return [*first, *map(dict, layout.unwound), *filled]
