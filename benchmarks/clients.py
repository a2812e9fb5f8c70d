"""Connections as a report has them: MariaDB's ODBC driver, which Power BI uses, or the connector's C extension."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import mysql.connector

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Client", "Cursor", "client_name", "open_client"]

Client = Any
"""A connection of the DB API, whichever driver's."""
Cursor = Any
"""A cursor of one."""


def odbc_driver() -> str | None:
    """Return the name of MariaDB's ODBC driver; None where it, or what pyodbc needs, is missing."""
    with suppress(ImportError):
        drivers = import_module("pyodbc").drivers()
        return next((name for name in drivers if name.startswith("MariaDB")), None)
    return None


def client_name() -> str:
    """Return what ``open_client`` connects with."""
    return odbc_driver() or f"mysql-connector-python {mysql.connector.__version__}, C extension"


@contextmanager
def open_client(url: str, database: str) -> Iterator[Client]:
    """Open a connection, to be used by the process that opens it, and close it afterwards."""
    driver = odbc_driver()
    client = connect_odbc(driver, url, database) if driver else connect_c(url, database)
    try:
        yield client
    finally:
        client.close()


def connect_odbc(driver: str, url: str, database: str) -> Client:
    """Connect by ODBC."""
    parts = urlsplit(url)
    server = f"SERVER={parts.hostname};PORT={parts.port}"
    account = f"UID={unquote(parts.username or '')};PWD={unquote(parts.password or '')}"
    return import_module("pyodbc").connect(
        f"DRIVER={driver};{server};{account};DATABASE={database}", autocommit=True
    )


def connect_c(url: str, database: str) -> Client:
    """Connect by the C extension."""
    parts = urlsplit(url)
    return mysql.connector.connect(
        host=parts.hostname,
        port=parts.port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=database,
        autocommit=True,
        use_pure=False,
    )
