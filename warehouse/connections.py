"""Connections to a workspace's warehouse database, its locks, and what its procedures raise."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import mysql.connector
from mysql.connector import errorcode

from svp.core.mysql import Connection, open_connection
from svp.errors import LockError, PlatformError, ServerError, UsageError, VerifyError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from svp.settings import Settings

__all__ = [
    "DENIED_ERRORS",
    "GONE_DEFINER_ERRORS",
    "Row",
    "execute",
    "explained",
    "fetch",
    "fetch_one",
    "hold_lock",
    "open_warehouse",
    "refresh_transaction",
    "stream",
]

Row = tuple[Any, ...]
"""A row as the driver gives it."""

LOCK_WAIT_SECONDS = 10
"""Patience of a change by hand with a refresh that is at work."""

LOCKED_STATE = "45001"
"""SQLSTATE of procedures that find the lock taken."""

OUTSIDE_STATE = "45002"
"""SQLSTATE of procedures that have nothing to show as of the day that they were asked for."""

DENIED_ERRORS = frozenset({1044, 1142, 1143, 1148, 1227, 1370, 1410, 3948, 4166})
"""Numbers of errors that say that the account may not do this; the last two, and 1148, of LOAD DATA LOCAL."""

GONE_DEFINER_ERRORS = frozenset({1045, 1449})
"""What a statement meets on a view or procedure whose definer is gone: an account that may not set definers is told
only that access is denied."""

WITHOUT_KEY = (
    "SET PERSIST sql_require_primary_key = OFF, or let svp's account say so for itself:"
    " GRANT SESSION_VARIABLES_ADMIN"
)
"""What to do about a server that asks for a primary key of every table."""

LIST_BYTES = 1 << 20
"""Of the longest list that the server makes of a group; its own limit cuts one of a thousand."""

STREAM_ROWS = 10_000
"""Rows taken at once from a query that may have many."""


@contextmanager
def open_warehouse(settings: Settings) -> Iterator[Connection]:
    """Open a connection to the warehouse database and close it afterwards.

    Raises:
        SchemaError: there is no such database.
        ServerError: it can't be reached, or refuses what we ask for.
        LockError: a procedure found another run at work.
        VerifyError: a procedure failed; what it had begun was rolled back.
    """
    database = settings.workspace.warehouse_database
    with open_connection(settings.url("mysql"), database) as connection, explained():
        execute(connection, "SET SESSION group_concat_max_len = %s", (LIST_BYTES,))
        yield connection


@contextmanager
def explained() -> Iterator[None]:
    """Turn what the server says against a statement into an error of ours; lost connections pass."""
    try:
        yield
    except (mysql.connector.OperationalError, mysql.connector.InterfaceError):
        raise
    except mysql.connector.Error as error:
        raise _explain(error) from error


def _explain(error: mysql.connector.Error) -> PlatformError:
    if error.sqlstate == LOCKED_STATE:
        message = "another run is refreshing the warehouse"
        return LockError(message, "wait for it to end, then run the same command again")
    if error.sqlstate == OUTSIDE_STATE:
        return UsageError(str(error.msg), "choose another day")
    if error.errno in DENIED_ERRORS:
        message = f"MySQL refused us: {error.msg}"
        return ServerError(message, "'svp init --print-grants' shows what each account is allowed")
    if error.errno == errorcode.ER_TABLE_WITHOUT_PK:
        message = "MySQL takes no table without a primary key, as those of staging are"
        return ServerError(message, WITHOUT_KEY)
    if error.errno in GONE_DEFINER_ERRORS:
        message = f"MySQL refused us: {error.msg}"
        advice = "'svp warehouse status' tells if a definer is gone; 'svp init' makes its own account the definer"
        return ServerError(message, advice)
    message = f"the warehouse refused a statement: {error.msg}"
    return VerifyError(
        message, "'svp warehouse status' shows what failed; nothing half done is visible"
    )


def execute(connection: Connection, statement: str, values: Sequence[Any] = ()) -> int:
    """Run one statement and return the number of rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, tuple(values))
        return int(cursor.rowcount)


def fetch(connection: Connection, statement: str, values: Sequence[Any] = ()) -> list[Row]:
    """Run one query and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, tuple(values))
        return [tuple(row) for row in cursor.fetchall()]


def stream(connection: Connection, statement: str, values: Sequence[Any] = ()) -> Iterator[Row]:
    """Run one query or call and yield its rows as they come; the connection does nothing else until the last.

    If they are not all taken, it ends: to pass over them takes as long as to take them.
    """
    cursor = connection.cursor()
    try:
        cursor.execute(statement, tuple(values))
        while rows := cursor.fetchmany(STREAM_ROWS):
            yield from map(tuple, rows)
        # After the rows of a call comes what became of the call.
        cursor.nextset()
    finally:
        if connection.unread_result:
            connection.shutdown()
        else:
            cursor.close()


def fetch_one(connection: Connection, statement: str, values: Sequence[Any] = ()) -> Row:
    """Run a query that gives exactly one row and return it."""
    (row,) = fetch(connection, statement, values)
    return row


@contextmanager
def hold_lock(connection: Connection, name: str, *, wait_seconds: int = 0) -> Iterator[None]:
    """Hold a lock of the server; it ends with the connection, however that ends.

    Args:
        connection: holds the lock.
        name: at most 64 characters, and with the database in it: names are the whole server's.
        wait_seconds: patience with another holder.

    Raises:
        LockError: another connection holds it.
    """
    if fetch_one(connection, "SELECT GET_LOCK(%s, %s)", (name, wait_seconds)) != (1,):
        message = f"another run holds the lock {name}"
        raise LockError(message, "wait for it to end, then run the same command again")
    try:
        yield
    finally:
        with suppress(mysql.connector.Error):
            execute(connection, "DO RELEASE_LOCK(%s)", (name,))


@contextmanager
def refresh_transaction(settings: Settings, connection: Connection) -> Iterator[None]:
    """Hold the lock of refreshes, with a transaction that is rolled back unless the caller commits it.

    Raises:
        LockError: a refresh is at work.
    """
    lock = f"{settings.workspace.warehouse_database}.refresh"
    with hold_lock(connection, lock, wait_seconds=LOCK_WAIT_SECONDS):
        connection.start_transaction(isolation_level="READ COMMITTED")
        try:
            yield
        except BaseException:
            connection.rollback()
            raise
