"""What Power BI sends to a mart reaches an index, in a warehouse of two years of rows."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from benchmarks.directquery import month_queries, read_views
from report.browser.literals import with_values
from report.definition import load_report
from report.queries import visual_queries
from svp.core.sqlfiles import quote_mysql
from warehouse.connections import execute, fetch, fetch_one, open_warehouse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from svp.core.mysql import Connection
    from tests.integration.warehouse.builders import Platform

FIRST_DAY, LAST_DAY = date(2024, 1, 1), date(2025, 12, 31)
MONTH = date(2025, 3, 1)
MEMBERS = 60
"""Rows of each day or month, and at least so many members of each dimension."""

TABLES = """
SELECT DISTINCT tables.table_name
FROM information_schema.tables
INNER JOIN information_schema.views
    ON views.table_schema = %s AND views.view_definition LIKE concat('%%`', tables.table_name, '`%%')
WHERE
    tables.table_schema = schema() AND tables.table_type = 'BASE TABLE'
    AND tables.table_name NOT IN ('dim_date', 'dim_month')
"""
COLUMNS = """
SELECT column_name, data_type FROM information_schema.columns
WHERE table_schema = schema() AND table_name = %s AND extra NOT LIKE '%%GENERATED%%' ORDER BY ordinal_position
"""
MEMBER = (
    "WITH RECURSIVE member AS (SELECT 1 AS number"
    f" UNION ALL SELECT number + 1 FROM member WHERE number < {MEMBERS})"
)
DAY_KEYS = frozenset({"date_key", "month_key"})
SCANS = {"ALL", "index"}
LARGE_MARTS = ("content_performance", "customer_360", "churn_signals")
"""Those with a row per customer or title."""
MEMBER_TABLES = {"dim_customer", "dim_title"}
CALENDAR_TABLES = {"dim_date", "dim_month", "clock"}
MARIADB_COLUMNS = 10
"""Of a step of a plan; MySQL has two more."""


def test_every_visual_of_every_mart_reaches_an_index(empty_platform: Platform) -> None:
    mart_database = empty_platform.settings.workspace.mart_database
    with open_warehouse(empty_platform.settings) as connection:
        fill(connection, mart_database)
        views = read_views(connection, mart_database)
        queries = [query for mart in views for query in month_queries(views, mart, MONTH)]
        marts = {query.mart for query in queries}
        assert {"daily_statistics", "customer_360", "content_performance"} <= marts
        scanned = [
            f"{query.mart} by {query.axis}, filtered by {query.filter}: {table}"
            for query in queries
            for table in scanned_tables(connection, query.text)
        ]
    assert scanned == []


def test_every_measure_of_a_mart_is_asked_for(empty_platform: Platform) -> None:
    mart_database = empty_platform.settings.workspace.mart_database
    with open_warehouse(empty_platform.settings) as connection:
        views = read_views(connection, mart_database)
    asked = {
        mart: {name for query in month_queries(views, mart, MONTH) for name in query.measures}
        for mart in views
    }
    assert {"plays", "watch_hours", "complete_plays", "rating_count"} <= asked[
        "content_performance"
    ]
    assert not {"unique_viewers", "completion_rate", "rating_avg"} & asked["content_performance"]
    assert asked["active_users"] == {"dau", "wau", "mau", "stickiness"}
    assert [name for name in asked if asked[name] not in (set(), set(views[name].measures))] == []


@pytest.mark.parametrize("mart", LARGE_MARTS)
def test_visual_by_month_of_a_large_mart_reads_nothing_but_it_and_the_calendar(
    empty_platform: Platform, mart: str
) -> None:
    with open_warehouse(empty_platform.settings) as connection:
        execute(connection, "CALL refresh_calendar(%s, %s)", (FIRST_DAY, LAST_DAY))
        views = read_views(connection, empty_platform.settings.workspace.mart_database)
        (text,) = (
            query.text
            for query in month_queries(views, mart, MONTH)
            if query.axis == "calendar.month_name"
        )
        read = {table for table, _ in plan_of(connection, text) if not table.startswith("<")}
    assert len(read) > 1
    assert {table for table in read if not table.startswith("agg_")} <= CALENDAR_TABLES


@pytest.mark.parametrize("axis", ["title.language", "category.category"])
def test_mysql_looks_nothing_up_for_a_row_of_a_mart_by_an_attribute_of_titles(
    empty_platform: Platform, axis: str
) -> None:
    with open_warehouse(empty_platform.settings) as connection:
        fill(connection, empty_platform.settings.workspace.mart_database)
        views = read_views(connection, empty_platform.settings.workspace.mart_database)
        queries = month_queries(views, "content_performance", MONTH)
        (text,) = (query.text for query in queries if query.axis == axis)
        plan = dict(plan_of(connection, text))
        (version,) = fetch_one(connection, "SELECT version()")
    dimension = f"dim_{axis.partition('.')[0]}"
    assert (plan[dimension] in SCANS) is ("MariaDB" not in version)
    assert plan["agg_content_performance"] == "ref"


def test_page_about_one_customer_or_title_reads_rows_of_that_one_alone(
    empty_platform: Platform,
) -> None:
    report = load_report()
    (page,) = (page for page in report.pages if page.drill)
    mart_database = empty_platform.settings.workspace.mart_database
    choice = dict.fromkeys(page.drill, ("v7",))
    with open_warehouse(empty_platform.settings) as connection:
        fill(connection, mart_database)
        for visual in page.visuals:
            queries = visual_queries(report, visual, database=mart_database, choice=choice)
            for text in map(with_values, queries):
                plan = plan_of(connection, text)
                members = [access for table, access in plan if table in MEMBER_TABLES]
                assert members == ["ref"], (visual.name, plan)
                assert scanned_tables(connection, text) == []


def scanned_tables(connection: Connection, query: str) -> list[str]:
    """Return the stored facts and aggregates that a query reads whole."""
    plan = plan_of(connection, query)
    stored = [(table, access) for table, access in plan if table.startswith(("agg_", "fact_"))]
    assert stored, plan
    return [table for table, access in stored if access in SCANS]


def plan_of(connection: Connection, query: str) -> list[tuple[str, str]]:
    """Return the tables of a query's plan, each with the type of access."""
    steps = fetch(connection, f"EXPLAIN FORMAT = TRADITIONAL {query}")
    # Behind number and kind of the step come the table and, on MySQL, its partitions; the type of access is the next.
    return [(str(step[2]), str(step[3 if len(step) == MARIADB_COLUMNS else 4])) for step in steps]


def fill(connection: Connection, mart_database: str) -> None:
    """Give what the marts read from rows for two years, and each dimension the members of their keys."""
    execute(connection, "CALL refresh_calendar(%s, %s)", (FIRST_DAY, LAST_DAY))
    for (table,) in fetch(connection, TABLES, (mart_database,)):
        columns: dict[str, str] = dict(fetch(connection, COLUMNS, (table,)))
        values = ", ".join(value_of(name, kind) for name, kind in columns.items())
        names = ", ".join(map(quote_mysql, columns))
        rows = f"SELECT {values} FROM member {days_of(columns)}"
        execute(connection, f"INSERT IGNORE INTO {quote_mysql(table)} ({names}) {MEMBER} {rows}")
        fetch(connection, f"ANALYZE TABLE {quote_mysql(table)}")
    fetch(connection, "ANALYZE TABLE dim_date, dim_month")


def value_of(name: str, kind: str) -> str:
    """Return what a column of a row of one member, and of one day, holds; keys are the member's number."""
    if name in DAY_KEYS:
        return f"dim_date.{name}"
    if kind in {"date", "datetime"}:
        return f"DATE '{FIRST_DAY}'"
    return "concat('v', number)" if kind in {"varchar", "char"} else "number"


def days_of(columns: Mapping[str, str]) -> str:
    """Return the days, or first days of months, that a table has rows of; none for a dimension."""
    keys = DAY_KEYS.intersection(columns)
    if not keys:
        return ""
    only_months = "" if "date_key" in keys else " AND date_key = month_key"
    years = f"date_value BETWEEN '{FIRST_DAY}' AND '{LAST_DAY}'"
    return f"INNER JOIN dim_date ON {years}{only_months}"


def test_months_of_subscriptions_read_a_few_rows_a_customer_though_the_server_knows_no_statistics_yet(
    empty_platform: Platform,
) -> None:
    with open_warehouse(empty_platform.settings) as connection:
        for statement in SUBSCRIBERS:
            execute(connection, statement)
        before = read_rows(connection)
        execute(connection, "CALL refresh_subscription_monthly('2024-01-01', '2024-01-31')")
        assert read_rows(connection) - before < NEW_CUSTOMERS**2
        months = fetch(connection, "SELECT new_subscribers FROM agg_subscription_monthly")
    assert months == [(NEW_CUSTOMERS,)]


def read_rows(connection: Connection) -> int:
    """Return how many rows, or places of an index, the connection has read."""
    counts = fetch(connection, "SHOW SESSION STATUS LIKE 'Handler\\_read\\_%'")
    return sum(int(count) for _, count in counts)


NEW_CUSTOMERS = 400
SUBSCRIBERS = (
    "TRUNCATE TABLE plan_history",
    "CALL refresh_calendar('2024-01-01', '2024-01-31')",
    f"""
    INSERT INTO dim_customer (source, customer_code, country_key, plan_key)
    WITH RECURSIVE number (n) AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM number WHERE n < {NEW_CUSTOMERS})
    SELECT 'new', n, 0, 0 FROM number
    """,
    """
    INSERT INTO dim_subscription (source, user_id)
    SELECT source, customer_code FROM dim_customer WHERE source = 'new'
    """,
    """
    INSERT INTO fact_subscription_event (
        date_key, subscription_key, event_number, customer_key, event_type_key, plan_key, amount_minor, currency_key
    )
    SELECT 20240110, subscription_key, 1, customer_key, event_type_key, 0, NULL, 0
    FROM dim_customer
    INNER JOIN dim_subscription ON customer_code = user_id
    INNER JOIN dim_subscription_event_type ON event_type = 'start'
    """,
    "INSERT INTO changed_subscription SELECT subscription_key, utc_timestamp(6) FROM dim_subscription",
)
"""Customers who all began on one day, of whom no statistics were collected since."""
