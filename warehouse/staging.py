"""Bring rows into staging tables: all of them, unchanged, or an error.

Rows go through a FIFO in a private folder, so that the server takes them while they are read, in
PostgreSQL's text format, which is what LOAD DATA reads by default but for two escapes. LOAD DATA LOCAL turns
errors into warnings even in strict mode, so rows and warnings are counted.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from svp.core.mysql import Connection, address, open_connection
from svp.core.sqlfiles import quote_mysql
from svp.errors import UsageError, VerifyError, shorten
from warehouse.connections import execute, explained, fetch, fetch_one

if TYPE_CHECKING:
    from pathlib import Path

    from svp.core.progress import Progress
    from svp.settings import Settings

__all__ = ["Staging", "Writer", "as_load_data", "open_staging", "read_rows", "write_rows"]

Writer = Callable[[BinaryIO], int]
"""Writes rows in PostgreSQL's text format and returns how many."""

FOLDER = "exports"
"""In ``SVP_HOME``: one folder for each warehouse that is being filled, gone when that is done."""

FOLDER_MODE = 0o700

READ_TIMEOUT_SECONDS = 3600
"""Patience of the server with the FIFO: PostgreSQL may take long to find its first row."""

UNBLOCK_SECONDS = 0.05

INSERT_ROWS = 1000
"""Rows of one INSERT where LOAD DATA LOCAL is not allowed."""

FEW_ROWS = 2000
"""Rows that are deleted sooner than their table is truncated."""

NULL = r"\N"

ESCAPES = {"\\": "\\\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}
UNKNOWN_ESCAPES = {rb"\f": b"\f", rb"\v": b"\v"}
"""What COPY writes with a backslash and LOAD DATA takes for the letter."""
UNESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class Staging:
    """Fills staging tables, one after the other."""

    def __init__(self, connection: Connection, folder: Path, *, may_load: bool) -> None:
        self._connection = connection
        self._file = folder / "rows"
        self._fill = self._load if may_load else self._insert
        if may_load:
            os.mkfifo(self._file)
            execute(connection, "SET SESSION net_read_timeout = %s", (READ_TIMEOUT_SECONDS,))

    def stage(self, table: str, write: Writer) -> int:
        """Replace the rows of a staging table; return how many there are.

        Raises:
            VerifyError: not every row arrived, or the server had to change one.
        """
        self._empty(table)
        sent, arrived = self._fill(table, write)
        (warnings,) = fetch_one(self._connection, "SHOW COUNT(*) WARNINGS")
        if arrived != sent or warnings:
            reason = next(
                (row[-1] for row in fetch(self._connection, "SHOW WARNINGS LIMIT 1")),
                "no reason given",
            )
            message = f"{table}: {sent} rows sent, {arrived} arrived, {warnings} warnings: {shorten(reason)}"
            raise VerifyError(
                message, "nothing of it was published; report this, it should not happen"
            )
        return sent

    def _empty(self, table: str) -> None:
        """Remove all rows; TRUNCATE takes a tenth of a second however few they are."""
        few = f"DELETE FROM {quote_mysql(table)} LIMIT {FEW_ROWS}"  # noqa: S608  (quoted)
        if execute(self._connection, few) == FEW_ROWS:
            execute(self._connection, f"TRUNCATE TABLE {quote_mysql(table)}")

    def _load(self, table: str, write: Writer) -> tuple[int, int]:
        """Let the server read what another thread writes; return rows sent and rows arrived."""
        statement = (
            f"LOAD DATA LOCAL INFILE %s INTO TABLE {quote_mysql(table)} CHARACTER SET utf8mb4"
        )
        with ThreadPoolExecutor(max_workers=1) as pool:
            sending = pool.submit(self._send, write)
            try:
                arrived = execute(self._connection, statement, (str(self._file),))
            except BaseException:
                self._unblock(sending)
                raise
            return sending.result(), arrived

    def _insert(self, table: str, write: Writer) -> tuple[int, int]:
        """Send the same rows by INSERT; return rows sent and rows arrived."""
        sent, arrived = self._send(write), 0
        with (
            self._file.open(encoding="utf-8", newline="\n") as file,
            self._connection.cursor() as cursor,
        ):
            for batch in _batches(read_rows(file)):
                places = ", ".join(["%s"] * len(batch[0]))
                cursor.executemany(f"INSERT INTO {quote_mysql(table)} VALUES ({places})", batch)  # noqa: S608  (quoted)
                arrived += cursor.rowcount
        return sent, arrived

    def _send(self, write: Writer) -> int:
        with self._file.open("wb") as file:
            return write(file)

    def _unblock(self, sending: Future[int]) -> None:
        """End a writer whose reader is gone: it waits until the FIFO is opened, then finds it closed."""
        while not sending.done():
            os.close(os.open(self._file, os.O_RDONLY | os.O_NONBLOCK))
            wait([sending], timeout=UNBLOCK_SECONDS)


@contextmanager
def open_staging(settings: Settings, *, progress: Progress) -> Iterator[Staging]:
    """Open the connection that may read our one FIFO, and nothing else; the caller holds the lock of exports.

    Raises:
        UsageError: the home can't be written to.
    """
    url, database = settings.url("mysql"), settings.workspace.warehouse_database
    with (
        private_folder(settings.home / FOLDER / f"{database}@{address(url)}") as folder,
        open_connection(url, database, local_infile_folder=folder) as connection,
        explained(),
    ):
        may_load = allows_load(connection)
        if not may_load:
            progress.say("local_infile is off on this server: rows go by INSERT, which is slower")
        yield Staging(connection, folder, may_load=may_load)


@contextmanager
def private_folder(folder: Path) -> Iterator[Path]:
    """Make a folder that only its owner can read, without what a killed run left there; remove it afterwards."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        folder.mkdir(mode=FOLDER_MODE)
    except OSError as error:
        message = f"{folder} can't be made: {error.strerror}"
        raise UsageError(message, "set SVP_HOME to a folder of yours") from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def allows_load(connection: Connection) -> bool:
    """Tell whether the server takes LOAD DATA LOCAL."""
    return fetch_one(connection, "SELECT @@local_infile") == (1,)


def as_load_data(row: bytes) -> bytes:
    """Return a line of COPY as LOAD DATA reads it: a form feed or vertical tab as it is."""
    if rb"\f" not in row and rb"\v" not in row:
        return row
    return re.sub(rb"\\.", lambda found: UNKNOWN_ESCAPES.get(found[0], found[0]), row)


def write_rows(rows: Iterable[Sequence[object]], file: BinaryIO) -> int:
    """Write rows in PostgreSQL's text format and return how many."""
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007  (the count of the last row is the result)
        file.write(("\t".join(map(_escape, row)) + "\n").encode())
    return count


def read_rows(lines: Iterable[str]) -> Iterator[tuple[str | None, ...]]:
    """Yield the rows of a file in PostgreSQL's text format."""
    for line in lines:
        yield tuple(map(_unescape, line.removesuffix("\n").split("\t")))


def _escape(value: object) -> str:
    if value is None:
        return NULL
    return re.sub(r"[\\\t\n\r]", lambda found: ESCAPES[found[0]], str(value))


def _unescape(field: str) -> str | None:
    if field == NULL:
        return None
    return re.sub(r"\\(.)", lambda found: UNESCAPES.get(found[1], found[1]), field)


def _batches(rows: Iterator[tuple[str | None, ...]]) -> Iterator[list[tuple[str | None, ...]]]:
    while batch := list(islice(rows, INSERT_ROWS)):
        yield batch
