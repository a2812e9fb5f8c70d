"""The marts through MariaDB's ODBC driver, which Power BI's connector uses: the types it reports, and its queries."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

import pytest

from benchmarks.directquery import month_queries, read_views
from tests.integration.warehouse.builders import Play
from tests.integration.warehouse.odbc import SQL_TYPES, reader_connection
from warehouse.connections import open_warehouse

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyodbc

    from tests.integration.warehouse.builders import Platform

MAX_PRECISION, MAX_SCALE = 18, 4


@pytest.fixture
def reader(platform: Platform, driver_name: str) -> Iterator[pyodbc.Connection]:
    """The reader's account through the driver; one play in the marts."""
    platform.load(Play(date(2024, 1, 31)))
    platform.refresh()
    with reader_connection(platform, driver_name) as connection:
        yield connection


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
