"""The reader's account through MariaDB's ODBC driver, as Power BI's connector goes."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from warehouse.reader import rotate_reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyodbc

    from tests.integration.warehouse.builders import Platform

SQL_TYPES = {
    4: "INTEGER",
    5: "SMALLINT",
    3: "DECIMAL",
    91: "DATE",
    93: "TIMESTAMP",
    12: "VARCHAR",
    -9: "VARCHAR",
}
"""The codes of ODBC for what the connector carries; -9 is VARCHAR in Unicode. BIGINT, for one, is -5."""


@contextmanager
def reader_connection(platform: Platform, driver_name: str) -> Iterator[pyodbc.Connection]:
    """Give a connection as Power BI makes it; the account is dropped afterwards."""
    import pyodbc

    account = rotate_reader(platform.settings)
    server = urlsplit(f"//{account.server}")
    login = f"SERVER={server.hostname};PORT={server.port};UID={account.user};PWD={account.password}"
    try:
        with closing(
            # Each look at the columns is to see the views of that moment.
            pyodbc.connect(
                f"DRIVER={driver_name};{login};DATABASE={account.database}", autocommit=True
            )
        ) as connection:
            yield connection
    finally:
        platform.execute("DROP USER IF EXISTS %s@'%'", (account.user,))
