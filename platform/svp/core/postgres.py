"""Connections to PostgreSQL: UTC, named, and with errors that say what to do next."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psycopg2
from psycopg2 import errorcodes, errors, extensions, sql

from svp.errors import SchemaError, ServerError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Connection", "Cursor", "connect", "create_database", "drop_database", "transaction"]

Connection = extensions.connection
Cursor = extensions.cursor

CONNECT_SECONDS = 10
OWNER = """
SELECT pg_get_userbyid(datdba), pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = %s
"""
END_CLIENTS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'
"""


def connect(url: str, database: str, *, autocommit: bool = False) -> Connection:
    """Open a connection to one database of the server at ``url``.

    Raises:
        ServerError: it can't be reached or refuses us.
        SchemaError: the database does not exist.
    """
    try:
        connection = psycopg2.connect(
            url,
            dbname=database,
            connect_timeout=CONNECT_SECONDS,
            application_name="svp",
            client_encoding="UTF8",
            options="-c timezone=UTC -c client_min_messages=warning",
        )
    except psycopg2.OperationalError as error:
        raise _connect_error(error, url, database) from error
    connection.autocommit = autocommit
    return connection


def _connect_error(
    error: psycopg2.OperationalError, url: str, database: str
) -> ServerError | SchemaError:
    parts = urlsplit(url)
    address = f"{parts.hostname}:{parts.port or 5432}"
    reason = str(error).strip().splitlines()[-1] if str(error).strip() else "no reason given"
    if "does not exist" in reason and "database" in reason:
        return SchemaError(
            f"PostgreSQL at {address} has no database {database}", "run 'svp init' first"
        )
    if "password authentication failed" in reason:
        message = f"PostgreSQL at {address} refused the user {parts.username}"
        return ServerError(message, "check the user and password of SVP_POSTGRES_URL")
    if "permission denied for database" in str(error):
        message = f"PostgreSQL at {address} does not let the user {parts.username} into {database}"
        return ServerError(message, "'svp init --print-grants' shows what each account is allowed")
    message = f"PostgreSQL did not answer at {address}: {reason}"
    return ServerError(message, "start it with 'svp up', or mend SVP_POSTGRES_URL")


@contextmanager
def transaction(url: str, database: str) -> Iterator[Connection]:
    """Open a connection for one transaction: committed at the end, rolled back on an error."""
    with closing(connect(url, database)) as connection, connection:
        yield connection


def create_database(url: str, database: str) -> bool:
    """Create a database whose text compares by bytes; return False if it was there."""
    statement = sql.SQL(
        "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"
        " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
    ).format(sql.Identifier(database))
    with (
        closing(connect(url, "postgres", autocommit=True)) as connection,
        connection.cursor() as cursor,
    ):
        # Asked first: without the right to make databases, the server does not say that it is there.
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,))
        if cursor.fetchall():
            return False
        try:
            cursor.execute(statement)
        except psycopg2.Error as error:
            if error.pgcode in {errorcodes.DUPLICATE_DATABASE, errorcodes.UNIQUE_VIOLATION}:
                return False
            if error.pgcode == errorcodes.INSUFFICIENT_PRIVILEGE:
                message = f"PostgreSQL does not let us create the database {database}"
                raise ServerError(
                    message, "grant CREATEDB to the user, or create it by hand"
                ) from error
            raise
    return True


def drop_database(url: str, database: str) -> None:
    """Drop a database, if it is there, closing whatever uses it.

    Raises:
        ServerError: it is somebody else's, of which nothing is closed; or sessions use it that we may not end.
    """
    with (
        closing(connect(url, "postgres", autocommit=True)) as connection,
        connection.cursor() as cursor,
    ):
        user = connection.info.user
        cursor.execute(OWNER, (database,))
        for owner, is_ours in cursor.fetchall():
            if not is_ours:
                message = (
                    f"PostgreSQL lets {owner} drop the database {database}, and not the user {user}"
                )
                raise ServerError(message, f"run it as {owner}, or as a superuser")
        try:
            _drop(cursor, database)
        except (errors.InsufficientPrivilege, errors.ObjectInUse) as error:
            message = f"PostgreSQL does not let {user} end all that uses the database {database}"
            advice = f"end those sessions, or let the user do so: GRANT pg_signal_backend TO {user}"
            raise ServerError(message, advice) from error


def _drop(cursor: Cursor, database: str) -> None:
    plain = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(database))
    try:
        cursor.execute(plain + sql.SQL(" WITH (FORCE)"))
    except errors.InsufficientPrivilege:
        # An autovacuum worker is in there. FORCE ends it for superusers only; without it the server does so itself.
        cursor.execute(END_CLIENTS, (database,))
        cursor.execute(plain)
