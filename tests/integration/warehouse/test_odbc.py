"""The marts through MariaDB's ODBC driver, which Power BI's connector uses: the types it reports, and its queries."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from benchmarks.directquery import month_queries, read_views
from tests.integration.warehouse.builders import Play
from warehouse.connections import open_warehouse
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

MAX_PRECISION, MAX_SCALE = 18, 4


@pytest.fixture(scope="session")
def driver_name() -> str:
    """The driver's name on this machine; in CI it must be there."""
    try:
        import pyodbc

        (name,) = (str(name) for name in pyodbc.drivers() if name.startswith("MariaDB"))
    except (ImportError, ValueError):
        if os.environ.get("CI"):
            raise
        pytest.skip("no ODBC driver of MariaDB here: apt-get install odbc-mariadb libodbc2")
    return name


@pytest.fixture
def reader(platform: Platform, driver_name: str) -> Iterator[pyodbc.Connection]:
    """A connection as Power BI makes it: the reader's account, one play in the marts."""
    import pyodbc

    platform.load(Play(date(2024, 1, 31)))
    platform.refresh()
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


def misfits(reader: pyodbc.Connection, database: str) -> list[str]:
    """Return the columns that Power BI's connector does not carry as they are."""
    with closing(reader.cursor()) as cursor:
        columns = cursor.columns(catalog=database).fetchall()
    assert len(columns) > 100
    return [
        f"{column.table_name}.{column.column_name}: {column.type_name}"
        for column in columns
        if column.data_type not in SQL_TYPES or is_too_wide(column)
    ]


def is_too_wide(column: pyodbc.Row) -> bool:
    is_decimal = SQL_TYPES[column.data_type] == "DECIMAL"
    precision, scale = int(column.column_size), int(column.decimal_digits or 0)
    return is_decimal and (precision > MAX_PRECISION or scale > MAX_SCALE)


def test_driver_reports_types_that_the_connector_carries(
    platform: Platform, reader: pyodbc.Connection
) -> None:
    mart_database = platform.settings.workspace.mart_database
    assert misfits(reader, mart_database) == []
    platform.execute(
        f"CREATE VIEW {mart_database}.misfit AS"
        " SELECT count(*) AS big, sum(1) AS wide, utc_time() AS hour, 1e0 AS inexact"
    )
    found = {line.partition(":")[0] for line in misfits(reader, mart_database)}
    assert found == {f"misfit.{column}" for column in ("big", "wide", "hour", "inexact")}


def test_every_visual_of_every_mart_is_answered_through_the_driver(
    platform: Platform, reader: pyodbc.Connection
) -> None:
    with open_warehouse(platform.settings) as connection:
        views = read_views(connection, platform.settings.workspace.mart_database)
    answers = {}
    with closing(reader.cursor()) as cursor:
        for mart in views:
            for query in month_queries(views, mart, date(2024, 1, 1)):
                cursor.execute(query.text)
                answers[query.mart, query.axis, query.filter] = len(cursor.fetchall())
    assert answers["daily_statistics", "stat_date", "stat_date"] == 1
    assert answers["daily_statistics", "calendar.month_name", "calendar"] == 1
    assert answers["content_performance", "title.content_type", "calendar"] == 1
    assert answers["customer_360", "customer.country", "calendar"] == 1
    assert answers["search_funnel", "stat_date", "calendar"] == 0
