"""Connections to MySQL and MariaDB, the same on both: UTC, strict, binary collation, READ COMMITTED."""

from __future__ import annotations

import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import mysql.connector
from mysql.connector import errorcode
from mysql.connector.abstracts import MySQLConnectionAbstract
from mysql.connector.connection import MySQLConnection
from mysql.connector.constants import ClientFlag
from mysql.connector.network import MySQLTCPSocket

from svp.errors import SchemaError, ServerError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["COLLATION", "SQL_MODE", "Connection", "address", "connect", "open_connection"]

Connection = MySQLConnectionAbstract

COLLATION = "utf8mb4_bin"
"""On both servers; it pads, so codes are trimmed before they get here."""

SQL_MODE = (
    "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,"
    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO"
)
"""Baked into procedures and events when they are created, so it is set on every connection."""

OWN_SESSION = (
    "SET SESSION sql_safe_updates = 0, sql_select_limit = 18446744073709551615, completion_type = 0"
)
"""What a server may be set to for careless people, and an export can't work with."""

CONNECT_SECONDS = 10


class _TrustingSocket(MySQLTCPSocket):
    """Encrypts and takes any certificate, so it reads no authorities: the driver reads all of them, twice."""

    def build_ssl_context(self, *_: object, **__: object) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context


class _TrustingConnection(MySQLConnection):
    """A connection over such a socket, which opens in a fifth of the time."""

    def _get_connection(self) -> _TrustingSocket:
        socket = _TrustingSocket(host=self.server_host, port=self.server_port)
        socket.set_connection_timeout(self._connection_timeout)
        return socket


def connect(
    url: str, database: str | None = None, *, local_infile_folder: Path | None = None
) -> Connection:
    """Open a connection that commits each statement unless a transaction is started.

    Args:
        url: ``mysql://user:password@host:port/?tls=off|on|verify&ca=FILE``.
        database: the default database; None for none.
        local_infile_folder: the only folder that LOAD DATA LOCAL may read; None forbids it. The
            pure-Python protocol is used then: it sends only the file that our statement names.

    Raises:
        ServerError: it can't be reached or refuses us.
        SchemaError: the database does not exist.
    """
    arguments = _arguments(url)
    if database is not None:
        arguments["database"] = database
    if local_infile_folder is not None:
        arguments["allow_local_infile_in_path"] = str(local_infile_folder)
    else:
        arguments["client_flags"] = [-ClientFlag.LOCAL_FILES]
    opened = MySQLConnection if "ssl_verify_cert" in arguments else _TrustingConnection
    try:
        connection: Connection = opened(**arguments)
    except mysql.connector.Error as error:
        raise _connect_error(error, url, database) from error
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
        cursor.execute(OWN_SESSION)
    return connection


def _arguments(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    arguments: dict[str, Any] = {
        "host": parts.hostname or "127.0.0.1",
        "port": parts.port or 3306,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "charset": "utf8mb4",
        "collation": COLLATION,
        "use_unicode": True,
        "sql_mode": SQL_MODE,
        "time_zone": "+00:00",
        "autocommit": True,
        "connection_timeout": CONNECT_SECONDS,
    }
    return arguments | _tls_arguments(options)


def _tls_arguments(options: dict[str, str]) -> dict[str, Any]:
    """Return the driver's TLS arguments; the driver verifies nothing unless it is told to."""
    wanted = options.get("tls", "on")
    if wanted == "off":
        return {"ssl_disabled": True}
    if wanted == "on":
        return {}
    if wanted == "verify":
        authority = options.get("ca") or ssl.get_default_verify_paths().cafile
        return {"ssl_ca": authority, "ssl_verify_cert": True, "ssl_verify_identity": True}
    message = f"tls={wanted} of the MySQL URL is not off, on or verify"
    raise UsageError(message, "write ?tls=verify&ca=FILE to have the server's certificate checked")


def address(url: str) -> str:
    """Return host and port of a URL, without the account."""
    parts = urlsplit(url)
    return f"{parts.hostname or '127.0.0.1'}:{parts.port or 3306}"


def _connect_error(
    error: mysql.connector.Error, url: str, database: str | None
) -> ServerError | SchemaError:
    if error.errno == errorcode.ER_BAD_DB_ERROR:
        return SchemaError(
            f"MySQL at {address(url)} has no database {database}", "run 'svp init' first"
        )
    if error.errno in {errorcode.ER_ACCESS_DENIED_ERROR, errorcode.ER_DBACCESS_DENIED_ERROR}:
        message = f"MySQL at {address(url)} refused the user {urlsplit(url).username}"
        advice = "check user and password of SVP_MYSQL_URL; 'svp init --print-grants' shows what each account may do"
        return ServerError(message, advice)
    message = f"MySQL did not answer at {address(url)}: {error.msg}"
    return ServerError(message, "start it with 'svp up', or mend SVP_MYSQL_URL")


@contextmanager
def open_connection(
    url: str, database: str | None = None, *, local_infile_folder: Path | None = None
) -> Iterator[Connection]:
    """Open a connection and close it afterwards."""
    connection = connect(url, database, local_infile_folder=local_infile_folder)
    try:
        yield connection
    finally:
        connection.close()
