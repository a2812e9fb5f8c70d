"""What the warehouse is filled from: one snapshot of PostgreSQL, and MongoDB up to that snapshot's loads."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import partial
from itertools import groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow as pa
from psycopg2.extras import RealDictCursor

from loaders.box_lines import read_lines, watch_of
from loaders.documents import COLLECTIONS
from loaders.ledger import INGEST_LOCK_KEY
from nosql.pipelines import find_pipeline
from svp.core.mongodb import open_database
from svp.core.postgres import connect
from svp.core.sqlfiles import read_sql
from warehouse.clocks import clocks_as_json
from warehouse.staging import Writer, as_load_data, write_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from pymongo.collection import Collection

    from svp.core.mongodb import Document, MongoDatabase
    from svp.core.postgres import Connection, Cursor
    from svp.settings import Settings
    from warehouse.box_watch import DayWatch

__all__ = ["MAKE_KEYS", "DayVersion", "Sources", "add_keys", "open_sources"]

COPY_BYTES = 1 << 20

PLAYBACK_COLUMNS = (
    "day",
    "device_type",
    "quality",
    "attempts",
    "plays",
    "known_completion_plays",
    "complete_plays",
    "watch_seconds",
)
"""Columns of stg_playback, by the names that the pipeline gives them."""

PLAYBACK_TARGETS = tuple(
    target for target, documents in COLLECTIONS.items() if documents.collection == "viewing_events"
)
"""Tables whose rows are documents of playback."""

AS_THEY_LIE: dict[str, Any] = {"hint": {"$natural": 1}}
"""The option that has MongoDB read every document, without an index."""

BOX_WATCH_COLUMNS: dict[str, pa.DataType] = {
    "contract_code": pa.string(),
    "application": pa.string(),
    "watch_seconds": pa.int64(),
}
"""What is exported of a day of set-top boxes, by the names that the pipeline gives."""

PORTION_ROWS = 50_000
"""Documents that wait until they are columns."""

EVENT_ACTIVITY_COLUMNS = (
    "platform",
    "country",
    "events",
    "active_users",
    "sessions",
    "session_milliseconds_median",
    "session_milliseconds_p95",
)
"""Columns of stg_event_activity behind the day, by the names that the pipeline gives them."""

AGAIN, SAME_FILE = "run 'svp ingest' again", "run 'svp ingest' with that file again"
INTERRUPTED = {
    "planned": ("load", SAME_FILE),
    "refused": ("load", SAME_FILE),
    "postgres_done": ("load", AGAIN),
    "mongo_done": ("load", AGAIN),
    "undoing": ("the undoing of load", AGAIN),
}
"""What was stopped and what completes it, by the state of the load; a file that was not read to its end is needed."""

NUMBERS_ONLY = frozenset({"hours_by_day", "watch_by_day"})
"""Extracts without text, of many rows: nothing in them is escaped.

They are joined by hashes: right after a first load there are no statistics, and plays that are taken for one row would
look for their keys and clocks one by one.
"""

SNAPSHOT_SETTINGS = "SET work_mem = '64MB'; SET max_parallel_workers_per_gather = 0"
"""A run is sorted in memory, and by one process: it is read while the warehouse is busy with the one before."""

MAKE_KEYS = """
CREATE TEMPORARY TABLE warehouse_key (dimension text, member_key bigint, member_name text, warehouse_key integer)
"""
"""Made before the snapshot is taken, which may write to no other table."""

ADD_KEYS = """
INSERT INTO pg_temp.warehouse_key
SELECT %s, unnest(string_to_array(%s, ',')::bigint[]), %s, unnest(string_to_array(%s, ',')::integer[])
"""
"""Of one dimension: our keys of members in a list, or a name, and the warehouse's keys in the same order."""


@dataclass(frozen=True, slots=True)
class DayVersion:
    """A day that loads touched."""

    day: date
    version: int
    """Raised by each completed load that touched the day; 0 before the first."""
    is_busy: bool
    """A load that is not complete touches it, so it is not exported yet."""


class LoadDataFile:
    """Takes what COPY sends, a row at a time, and writes it as LOAD DATA reads it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, row: bytes) -> int:
        """Write one row."""
        return self._file.write(as_load_data(row))


class Sources:
    """Both stores, as of one moment: rows of loads that were complete then.

    MongoDB is read as it is now, without what later loads wrote. What they replaced is missing then,
    so a day is right only if it is not in ``changed_days`` after it was read.
    """

    def __init__(self, snapshot: Connection, present: Connection, documents: MongoDatabase) -> None:
        self._snapshot = snapshot
        self._present = present
        self._documents = documents
        ((self._last_load,),) = self.fetch("last_load")

    def fetch(self, extract: str) -> list[tuple[Any, ...]]:
        """Return the rows of a small extract."""
        return _fetch(self._snapshot, extract)

    def totals(self, table: str) -> Iterator[Mapping[str, Any]]:
        """Yield what a table of PostgreSQL holds, a row a day, for ``svp verify``."""
        with self._snapshot.cursor(cursor_factory=RealDictCursor) as cursor:
            cursor.execute(read_sql("oltp.extracts", f"totals_of_{table}"))
            yield from cursor

    def document_totals(self, collection: str, loads: Sequence[int]) -> Iterator[Mapping[str, Any]]:
        """Yield what a collection of MongoDB holds of some loads, a row a day, for ``svp verify``."""
        pipeline = find_pipeline(f"totals_of_{collection}")
        stages = pipeline.fill({"loads": loads})
        for document in self._documents[collection].aggregate(stages, allowDiskUse=True):
            yield {**document, "day": document["day"].date()}

    def complete_loads(self) -> list[int]:
        """Return the loads that were complete in the snapshot."""
        return [load_id for (load_id,) in self.fetch("complete_loads")]

    def day_versions(self) -> list[DayVersion]:
        """Return every day that loads touched, in order."""
        return _day_versions(self._snapshot)

    def day_rows(self) -> dict[date, int]:
        """Return about how many rows each day has."""
        return dict(_fetch(self._snapshot, "day_rows", {"targets": None}))

    def playback_day_rows(self) -> dict[date, int]:
        """Return about how many plays and attempts each day has, which is what ``playback_rows`` reads."""
        return dict(_fetch(self._snapshot, "day_rows", {"targets": list(PLAYBACK_TARGETS)}))

    def changed_days(self) -> frozenset[date]:
        """Return the days that a load has touched or completed since the snapshot."""
        changed = set(_day_versions(self._present)).difference(self.day_versions())
        return frozenset(each.day for each in changed)

    def interruptions(self) -> list[str]:
        """Return a line for each load that was stopped between the stores, and keeps its days waiting."""
        found = _fetch(self._present, "interrupted_loads", {"ingest_lock": INGEST_LOCK_KEY})
        return [_interruption(*row) for row in found]

    def marks(self) -> dict[str, int]:
        """Return the version of each kind of thing that is exported whole."""
        return dict(self.fetch("marks"))

    def set_days(self, days: Sequence[date]) -> None:
        """Choose the days of the extracts and of the set-top boxes, and what clocks showed on them."""
        chosen = {
            "svp.from_day": days[0].isoformat(),
            "svp.to_day": days[-1].isoformat(),
            "svp.clocks": clocks_as_json(days),
        }
        with self._snapshot.cursor() as cursor:
            for setting in chosen.items():
                cursor.execute("SELECT set_config(%s, %s, true)", setting)

    def members(self, days: Iterable[date]) -> Writer:
        """Return what writes the members that the plays of some days name, as rows of stg_member."""
        with self._snapshot.cursor() as cursor:
            cursor.execute("SELECT set_config('svp.days', %s::date[]::text, true)", (list(days),))
        return self.extract("members")

    def set_keys(self, keys: Iterable[Sequence[object]]) -> None:
        """Choose the warehouse's keys for the extracts, in rows as ``ADD_KEYS`` takes them."""
        with self._snapshot.cursor() as cursor:
            add_keys(cursor, keys)

    def extract(self, name: str) -> Writer:
        """Return what writes an extract of PostgreSQL."""
        return partial(self._copy, name)

    def _copy(self, name: str, file: BinaryIO) -> int:
        statement = f"COPY ({read_sql('oltp.extracts', name)}) TO STDOUT"
        target = file if name in NUMBERS_ONLY else LoadDataFile(file)
        with self._snapshot.cursor() as cursor:
            cursor.execute("SET LOCAL enable_nestloop = %s", (name not in NUMBERS_ONLY,))
            cursor.copy_expert(statement, target, size=COPY_BYTES)
            return cursor.rowcount

    def playback_rows(
        self, first: date, last: date, *, is_most: bool = False
    ) -> list[tuple[object, ...]]:
        """Return playback by day, device and quality, in that order: a few rows a day.

        Args:
            first: the first day.
            last: the last day.
            is_most: most documents are of these days, so all are read as they lie, where an index would find each.
        """
        pipeline = find_pipeline("export_playback_by_day")
        stages = pipeline.fill({"from": first, "to": last, "last_load": self._last_load})
        order = AS_THEY_LIE if is_most else {}
        documents = self._documents[pipeline.collection].aggregate(
            stages, allowDiskUse=True, **order
        )
        return [playback_row(document) for document in documents]

    def box_watch(self) -> list[DayWatch]:
        """Return the time of set-top boxes on the chosen days, in their order, wherever a day is."""
        packed = [
            (day, watch_of(read_lines(self._snapshot, source, day)))
            for source, day in self.fetch("box_days")
        ]
        return sorted([*self._documented_watch(), *packed], key=itemgetter(0))

    def _documented_watch(self) -> Iterator[DayWatch]:
        """Yield the time of set-top boxes that has documents, in portions."""
        schema = pa.schema(BOX_WATCH_COLUMNS)
        rows = self.daily_rows("export_box_watch_by_day", schema.names)
        for day, of_day in groupby(rows, key=itemgetter(0)):
            while portion := list(islice(of_day, PORTION_ROWS)):
                _, *columns = zip(*portion, strict=True)
                yield day, pa.table(dict(zip(schema.names, columns, strict=True)), schema)

    def event_activity(self) -> Writer:
        """Return what writes the events of apps by day, platform and country, from MongoDB."""
        rows = self.daily_rows("export_event_activity_by_day", EVENT_ACTIVITY_COLUMNS)
        return partial(write_rows, rows)

    def daily_rows(self, name: str, columns: Sequence[str]) -> Iterator[tuple[object, ...]]:
        """Yield rows of the chosen days, of completed loads; a pipeline of MongoDB groups a day at a time."""
        pipeline = find_pipeline(name)
        collection = self._documents[pipeline.collection]
        loads_by_day = dict(self.fetch("loads_by_day"))
        for day in days_with_documents(collection, list(loads_by_day)):
            stages = pipeline.fill({"day": day, "loads": loads_by_day[day]})
            for document in collection.aggregate(stages, allowDiskUse=True):
                yield (day, *(document[column] for column in columns))


def add_keys(cursor: Cursor, keys: Iterable[Sequence[object]]) -> None:
    """Give a session of PostgreSQL the warehouse's keys."""
    for row in keys:
        cursor.execute(ADD_KEYS, row)
    cursor.execute("ANALYZE pg_temp.warehouse_key")


def days_with_documents(documents: Collection[Document], days: Sequence[date]) -> list[date]:
    """Return which of some days, in order, documents are of; an index alone tells."""
    if not days:
        return []
    first, last = (datetime.combine(day, time(), UTC) for day in (days[0], days[-1]))
    found = {
        each.date() for each in documents.distinct("day", {"day": {"$gte": first, "$lte": last}})
    }
    return [day for day in days if day in found]


def _fetch(
    connection: Connection, extract: str, values: Mapping[str, object] | None = None
) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(read_sql("oltp.extracts", extract), values)
        return cursor.fetchall()


def _interruption(load_id: int, path: str, state: str) -> str:
    what, remedy = INTERRUPTED[state]
    return f"{what} {load_id} ({path}) was interrupted: {remedy} to complete it"


def _day_versions(connection: Connection) -> list[DayVersion]:
    return [DayVersion(*row) for row in _fetch(connection, "day_versions")]


def playback_row(document: Document) -> tuple[object, ...]:
    """Return a document of the pipeline as a row of stg_playback."""
    return tuple(
        document[name].date() if name == "day" else document[name] for name in PLAYBACK_COLUMNS
    )


@contextmanager
def open_sources(settings: Settings, *, takes_keys: bool = False) -> Iterator[Sources]:
    """Open one read-only transaction of PostgreSQL, a connection that sees later ones, and a client of MongoDB.

    Args:
        settings: where the stores are.
        takes_keys: whether ``set_keys`` will be called, for which the account needs to make temporary tables.
    """
    workspace = settings.workspace
    url, database = settings.url("postgres"), workspace.postgres_database
    with (
        closing(connect(url, database)) as snapshot,
        closing(connect(url, database, autocommit=True)) as present,
        open_database(settings.url("mongo"), workspace.mongo_database) as documents,
    ):
        if takes_keys:
            with snapshot, snapshot.cursor() as cursor:
                cursor.execute(SNAPSHOT_SETTINGS)
                cursor.execute(MAKE_KEYS)
        snapshot.set_session(isolation_level="REPEATABLE READ", readonly=True)
        yield Sources(snapshot, present, documents)
