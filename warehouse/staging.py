"""Bring rows into staging tables: all of them, unchanged, or an error.

Rows go through files in a private folder, so that those to come are written while the server is busy with the ones
before, in PostgreSQL's text format, which is what LOAD DATA reads by default but for two escapes. LOAD DATA LOCAL
turns errors into warnings even in strict mode, so rows and warnings are counted.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING, BinaryIO

from svp.core.mysql import Connection, address, open_connection
from svp.core.sqlfiles import quote_mysql
from svp.errors import UsageError, VerifyError, shorten
from warehouse.connections import execute, explained, fetch, fetch_one

if TYPE_CHECKING:
    from svp.core.progress import Progress
    from svp.settings import Settings

__all__ = [
    "NULL",
    "StagedFile",
    "Staging",
    "Writer",
    "as_load_data",
    "open_staging",
    "read_rows",
    "write_rows",
]

Writer = Callable[[BinaryIO], int]
"""Writes rows in PostgreSQL's text format and returns how many."""

FOLDER = "exports"
"""In ``SVP_HOME``: one folder for each warehouse that is being filled, gone when that is done."""

FOLDER_MODE = 0o700

INSERT_ROWS = 1000
"""Rows of one INSERT where LOAD DATA LOCAL is not allowed."""

FEW_ROWS = 2000
"""Rows that are deleted sooner than their table is truncated."""

IN_MEMORY = frozenset({"stg_box_watch", "stg_hour", "stg_watch"})
"""Staging tables of the MEMORY engine: those of many rows, all numbers."""

MEMORY_BYTES = 4 << 30
"""What one of them may hold, some 80 million rows; a run has 100,000 unless one day alone has more."""

NULL = r"\N"

ESCAPES = {"\\": "\\\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}
UNKNOWN_ESCAPES = {rb"\f": b"\f", rb"\v": b"\v"}
"""What COPY writes with a backslash and LOAD DATA takes for the letter."""
UNESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


@dataclass(frozen=True, slots=True)
class StagedFile:
    """Rows that wait for their table, in PostgreSQL's text format."""

    table: str
    path: Path
    rows: int


class Staging:
    """Fills staging tables, one after the other."""

    def __init__(self, connection: Connection, folder: Path, *, may_load: bool) -> None:
        self._connection = connection
        self._folder = folder
        self._fill = self._load if may_load else self._insert

    def stage(self, table: str, write: Writer) -> int:
        """Replace the rows of a staging table; return how many there are.

        Raises:
            VerifyError: not every row arrived, or the server had to change one.
        """
        return self.load(self.write(table, write))

    def write(self, table: str, write: Writer) -> StagedFile:
        """Write the rows of a staging table to a file; no server has a part in it, so it may go on beside ``load``."""
        handle, name = mkstemp(dir=self._folder, prefix=f"{table}-")
        with os.fdopen(handle, "wb") as file:
            return StagedFile(table, Path(name), write(file))

    def load(self, file: StagedFile) -> int:
        """Replace the rows of a staging table by those of a file, which is removed; return how many there are.

        Raises:
            VerifyError: not every row arrived, or the server had to change one.
        """
        table = file.table
        self._empty(table)
        if file.rows:
            arrived = self._fill(file)
            (warnings,) = fetch_one(self._connection, "SHOW COUNT(*) WARNINGS")
            if arrived != file.rows or warnings:
                raise self._fault(file, arrived, warnings)
        file.path.unlink()
        return file.rows

    def _fault(self, file: StagedFile, arrived: int, warnings: int) -> VerifyError:
        found = fetch(self._connection, "SHOW WARNINGS LIMIT 1")
        reason = shorten(found[0][-1]) if found else "no reason given"
        message = (
            f"{file.table}: {file.rows} rows sent, {arrived} arrived, {warnings} warnings: {reason}"
        )
        return VerifyError(
            message, "nothing of it was published; report this, it should not happen"
        )

    def _empty(self, table: str) -> None:
        """Remove all rows; TRUNCATE takes InnoDB a tenth of a second, and makes MEMORY heed MEMORY_BYTES."""
        few = f"DELETE FROM {quote_mysql(table)} LIMIT {FEW_ROWS}"  # noqa: S608  (quoted)
        if table in IN_MEMORY or execute(self._connection, few) == FEW_ROWS:
            execute(self._connection, f"TRUNCATE TABLE {quote_mysql(table)}")

    def _load(self, file: StagedFile) -> int:
        """Let the server read a file; return the rows that arrived."""
        table = quote_mysql(file.table)
        statement = f"LOAD DATA LOCAL INFILE %s INTO TABLE {table} CHARACTER SET utf8mb4"
        return execute(self._connection, statement, (str(file.path),))

    def _insert(self, file: StagedFile) -> int:
        """Send the same rows by INSERT; return the rows that arrived."""
        table, arrived = quote_mysql(file.table), 0
        with (
            file.path.open(encoding="utf-8", newline="\n") as lines,
            self._connection.cursor() as cursor,
        ):
            for batch in _batches(read_rows(lines)):
                places = ", ".join(["%s"] * len(batch[0]))
                cursor.executemany(f"INSERT INTO {table} VALUES ({places})", batch)  # noqa: S608  (quoted)
                arrived += cursor.rowcount
        return arrived


@contextmanager
def open_staging(settings: Settings, *, progress: Progress) -> Iterator[Staging]:
    """Open the connection that may read files of a private folder only; the caller holds the lock of exports.

    Raises:
        UsageError: the home can't be written to.
    """
    url, database = settings.url("mysql"), settings.workspace.warehouse_database
    with (
        private_folder(settings.home / FOLDER / f"{database}@{address(url)}") as folder,
        open_connection(url, database, local_infile_folder=folder) as connection,
        explained(),
    ):
        execute(connection, "SET SESSION max_heap_table_size = %s", (MEMORY_BYTES,))
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
