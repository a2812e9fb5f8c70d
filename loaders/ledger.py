"""The ledger: each file once, by its content; what became of its rows; how far it got."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psycopg2.errors import LockNotAvailable

from loaders.files import printable
from svp.core.postgres import Connection, Cursor, connect
from svp.core.sqlfiles import read_sql
from svp.errors import LockError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from loaders.contract import Kind
    from loaders.files import Fingerprint
    from svp.settings import Settings

__all__ = [
    "Entry",
    "RowCounts",
    "advance_load",
    "announce_days",
    "announced_days",
    "ask",
    "begin_load",
    "begin_replay",
    "complete_load",
    "complete_undo",
    "completed_loads",
    "confirm_loads",
    "count_replaced",
    "find_load",
    "find_one",
    "forget",
    "list_loads",
    "only_ingest",
    "other_path",
    "overtaking",
    "record_rows",
    "recorded_rows",
    "release_days",
    "touch_days",
    "unfinished",
]

INGEST_LOCK_KEY = 0x737670_02
"""Advisory lock of the one ingest of a workspace; PostgreSQL frees it when its holder dies."""

LOCK_WAIT = "3s"
"""A killed run's lock is freed when its server process notices, which it looks for every second."""

MARKS = {"users": "users", "content": "titles"}
"""Tables whose changes touch no day, and the mark that they move."""


@dataclass(frozen=True, slots=True)
class RowCounts:
    """The row law: read = loaded + unchanged + updated + rejected + skipped."""

    read_rows: int = 0
    loaded_rows: int = 0
    unchanged_rows: int = 0
    updated_rows: int = 0
    rejected_rows: int = 0
    skipped_rows: int = 0
    ended_rows: int = 0
    """Stored rows that a full delivery no longer has; no part of the law, as they were not read."""
    flags: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, outcomes: Mapping[str, int], flags: Mapping[str, int]) -> RowCounts:
        """Return the numbers of rows that were judged and stored, by outcome and by flag."""
        numbers = {f"{outcome}_rows": rows for outcome, rows in outcomes.items()}
        return cls(read_rows=sum(outcomes.values()), flags=flags, **numbers)

    def __add__(self, other: RowCounts) -> RowCounts:
        """Return the numbers of both together."""
        flags = Counter(self.flags)
        flags.update(other.flags)
        names = [name for name in self.__slots__ if name != "flags"]
        sums = {name: getattr(self, name) + getattr(other, name) for name in names}
        return RowCounts(**sums, flags=dict(flags))


@dataclass(frozen=True, slots=True)
class Entry:
    """One load, as the ledger holds it."""

    load_id: int
    target: str
    """The table, or collection of documents only, that its rows are in."""
    state: str
    path: str
    """Where the file was when it was loaded."""


@contextmanager
def only_ingest(settings: Settings) -> Iterator[Connection]:
    """Open the connection of the workspace's one ingest; its lock lives as long as the connection.

    Raises:
        LockError: another ingest holds the lock.
    """
    database = settings.workspace.postgres_database
    with closing(connect(settings.url("postgres"), database)) as connection:
        with connection, connection.cursor() as cursor:
            cursor.execute("SET client_connection_check_interval = '1s'")
            kept = {
                "svp.quarantine_text": settings.quarantine_text,
                "svp.undo_days": str(settings.undo_days),
            }
            for setting in kept.items():
                cursor.execute("SELECT set_config(%s, %s, false)", setting)
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", (LOCK_WAIT,))
            try:
                cursor.execute("SELECT pg_advisory_lock(%s)", (INGEST_LOCK_KEY,))
            except LockNotAvailable as error:
                message = f"another ingest is running in workspace {settings.workspace.name}"
                advice = "wait until it ends, then run the same command again"
                raise LockError(message, advice) from error
        yield connection


def find_load(
    connection: Connection, kind: Kind, source: str, content: Fingerprint
) -> Entry | None:
    """Return the load of a content, if one was ever begun."""
    parameters = {"content_sha256": content.sha256, "kind": kind.name, "source": source}
    found = _entries(connection, "find_load", parameters)
    return found[0] if found else None


def other_path(
    connection: Connection, kind: Kind, source: str, contents: Iterable[Fingerprint]
) -> Path | None:
    """Return where the first other content of a kind and source was when it was loaded; None if there is none."""
    own = [content.sha256 for content in contents]
    parameters = {"own_contents": own, "kind": kind.name, "source": source}
    with connection, connection.cursor() as cursor:
        cursor.execute(read_sql("loaders.statements", "other_content"), parameters)
        found = cursor.fetchone()
        return Path(found[0]) if found else None


def overtaking(
    connection: Connection, kind: Kind, source: str, load_id: int, *, day: date | None
) -> int | None:
    """Return the newest completed load of a kind and source that came after one; None if there is none.

    With a day, only loads that changed it count.
    """
    parameters = {"kind": kind.name, "source": source, "load_id": load_id, "day": day}
    with connection, connection.cursor() as cursor:
        cursor.execute(read_sql("loaders.statements", "newest_load"), parameters)
        found = cursor.fetchone()
        return int(found[0]) if found else None


def begin_load(
    connection: Connection,
    kind: Kind,
    source: str,
    path: Path,
    content: Fingerprint,
    *,
    said: Mapping[str, str],
    is_full: bool = False,
    is_packed: bool = False,
) -> int:
    """Enter a file, or one more attempt at it; return its load_id, which is newer than any other.

    ``said`` is what was said of how it is to be read, where that changes what it means; ``is_full``, whether it
    was said to be all there is; ``is_packed``, whether its lines go to the warehouse without documents.
    """
    parameters = {
        "content_sha256": content.sha256,
        "kind": kind.name,
        "target": kind.target.name,
        "source": source,
        "path": printable(path),
        "file_bytes": content.file_bytes,
        "said": json.dumps(dict(said)) if said else "",
        "is_full": is_full,
        "is_packed": is_packed,
    }
    with connection, connection.cursor() as cursor:
        cursor.execute(read_sql("loaders.statements", "begin_load"), parameters)
        return int(_one(cursor)[0])


def redirect(connection: Connection, load_id: int, *, is_packed: bool) -> None:
    """Have the lines of a load of which nothing is stored, all of them in quarantine, go as was said last."""
    statement = "UPDATE ops.load SET is_packed = %s WHERE load_id = %s AND is_packed <> %s"
    with connection, connection.cursor() as cursor:
        cursor.execute(statement, (is_packed, load_id, is_packed))


def begin_replay(connection: Connection, load_id: int, *, is_correction: bool = False) -> int:
    """Enter the resolved rows of a load, which are accepted now, as a load of their own; return its load_id.

    To be called in the transaction that stores them: the ledger never shows them half-way.
    """
    parameters = {"load_id": load_id, "is_correction": is_correction}
    with connection.cursor() as cursor:
        cursor.execute(read_sql("loaders.statements", "begin_replay"), parameters)
        return int(_one(cursor)[0])


def completed_loads(connection: Connection, load_ids: Iterable[int]) -> frozenset[int]:
    """Return which of the loads were completed; an attempt that was not, and was made again, is none of them."""
    statement = "SELECT load_id FROM ops.load WHERE load_id = ANY(%s) AND state = 'complete'"
    with connection.cursor() as cursor:
        cursor.execute(statement, (list(load_ids),))
        return frozenset(load_id for (load_id,) in cursor.fetchall())


def touch_days(connection: Connection, load_id: int, days: Iterable[date]) -> None:
    """Note the days that a load changed, in the transaction that records its rows."""
    statement = (
        "INSERT INTO ops.load_day (load_id, day) SELECT %s, unnest(%s::date[])"
        " ON CONFLICT (load_id, day) DO NOTHING"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, (load_id, sorted(days)))


def announce_days(settings: Settings, load_id: int, days: Iterable[date]) -> None:
    """Make days of a load that was begun busy at once, in a transaction beside that of its rows."""
    with (
        closing(
            connect(settings.url("postgres"), settings.workspace.postgres_database)
        ) as connection,
        connection,
    ):
        touch_days(connection, load_id, days)


def announced_days(connection: Connection) -> list[tuple[int, str, list[date]]]:
    """Return loads that were stopped after they made days busy, with their targets and those days."""
    with connection.cursor() as cursor:
        cursor.execute(read_sql("loaders.statements", "announced_days"))
        return cursor.fetchall()


def release_days(connection: Connection, load_id: int) -> None:
    """Forget the days that a load which was stopped made busy."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ops.load_day WHERE load_id = %s", (load_id,))


def confirm_loads(connection: Connection, load_id: int, confirmed: Iterable[int]) -> None:
    """Note the loads whose rows came again unchanged, in the transaction that records those of this one."""
    statement = "UPDATE ops.load SET confirmed_loads = %s::bigint[] WHERE load_id = %s"
    with connection.cursor() as cursor:
        cursor.execute(statement, (sorted(confirmed), load_id))


def count_replaced(connection: Connection, load_id: int, rows: int) -> None:
    """Note how many rows of other loads one put its own in the place of, in the transaction that records its rows."""
    statement = "UPDATE ops.load SET replaced_rows = %s WHERE load_id = %s"
    with connection.cursor() as cursor:
        cursor.execute(statement, (rows, load_id))


def record_rows(connection: Connection, load_id: int, counts: RowCounts, *, state: str) -> None:
    """Write the row law's numbers, in the transaction that stored the rows."""
    parameters = asdict(counts) | {
        "load_id": load_id,
        "state": state,
        "flags": json.dumps(dict(counts.flags)),
    }
    with connection.cursor() as cursor:
        cursor.execute(read_sql("loaders.statements", "record_rows"), parameters)


def recorded_rows(connection: Connection, load_id: int) -> RowCounts:
    """Return the row law's numbers of a load."""
    with connection, connection.cursor() as cursor:
        cursor.execute(read_sql("loaders.statements", "recorded_rows"), {"load_id": load_id})
        return RowCounts(*_one(cursor))


def advance_load(connection: Connection, load_id: int, *, state: str) -> None:
    """Note how far a load got, in a transaction of its own."""
    with connection, connection.cursor() as cursor:
        cursor.execute("UPDATE ops.load SET state = %s WHERE load_id = %s", (state, load_id))


def complete_load(connection: Connection, load_id: int, target: str) -> None:
    """Publish a load: its days and marks get a new version, in one transaction."""
    _tell(connection, load_id, target, noted_by="complete_load")


def complete_undo(connection: Connection, load_id: int, target: str) -> None:
    """Publish that a load is gone: its days and marks get a new version, in one transaction."""
    _tell(connection, load_id, target, noted_by="complete_undo")


def _tell(connection: Connection, load_id: int, target: str, *, noted_by: str) -> None:
    parameters = {"load_id": load_id, "mark": MARKS.get(target)}
    with connection, connection.cursor() as cursor:
        for statement in ("raise_versions", noted_by):
            cursor.execute(read_sql("loaders.statements", statement), parameters)
        # The server looks at no table of so few rows by itself, and plans joins with it as if hardly any row fitted.
        cursor.execute("ANALYZE ops.load")


def unfinished(connection: Connection) -> tuple[Entry, ...]:
    """Return the loads whose rows are in PostgreSQL but which were not published, the oldest first."""
    return _entries(connection, "unfinished_loads", {})


def forget(connection: Connection, settings: Settings) -> None:
    """Remove refused and replaced rows that are older than the settings keep them."""
    parameters = {
        "quarantine_days": settings.quarantine_days,
        "undo_days": settings.undo_days,
    }
    with connection, connection.cursor() as cursor:
        cursor.execute(read_sql("loaders.statements", "forget"), parameters)


def _entries(
    connection: Connection, name: str, parameters: Mapping[str, object]
) -> tuple[Entry, ...]:
    with connection, connection.cursor() as cursor:
        cursor.execute(read_sql("loaders.statements", name), parameters)
        return tuple(Entry(*row) for row in cursor.fetchall())


def list_loads(settings: Settings, *, limit: int) -> list[dict[str, Any]]:
    """Return the newest loads, for people and machines."""
    return ask(settings, "list_loads", {"limit": limit})


def find_one(settings: Settings, load_id: int) -> dict[str, Any]:
    """Return everything that the ledger knows of a load, for people and machines.

    Raises:
        UsageError: there is none of that number.
    """
    found = ask(settings, "show_load", {"load_id": load_id})
    if not found:
        message = f"there is no load {load_id}"
        raise UsageError(message, "'svp loads list' shows those there are")
    return found[0]


def ask(settings: Settings, name: str, parameters: Mapping[str, object]) -> list[dict[str, Any]]:
    """Return what a statement of ours tells, a dictionary a row, for people and machines."""
    with (
        closing(
            connect(settings.url("postgres"), settings.workspace.postgres_database)
        ) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(read_sql("loaders.statements", name), parameters)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _one(cursor: Cursor) -> tuple[Any, ...]:
    (row,) = cursor.fetchall()
    return row
