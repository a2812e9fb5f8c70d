"""What procedures write down of time is the instant of the statement, to the microsecond, and not another."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING

import mysql.connector
import pytest

from tests.integration.warehouse.builders import (
    BoxLog,
    Play,
    Rating,
    SubscriptionEvent,
    at,
)
from warehouse.connections import execute, fetch, open_warehouse

if TYPE_CHECKING:
    from svp.core.mysql import Connection
    from tests.integration.warehouse.builders import Platform

INSTANT = datetime(2033, 5, 18, 3, 33, 20, 123457, tzinfo=UTC)
"""The clock of the connections here: cut or rounded by a digit it would be another."""
STOPPED = f"SET timestamp = {INSTANT.timestamp():.6f}"
DAYS = (date(2024, 1, 30), date(2024, 1, 31), date(2024, 2, 1))

MARKING = [
    ("publish_facts(20240130, 20240130)", "DO 0"),
    ("publish_first_days(20240130, 20240130)", "DELETE FROM fact_category_seconds LIMIT 1"),
    (
        "publish_first_days(20240130, 20240130)",
        "UPDATE customer_first_day SET first_date_key = 20240201",
    ),
    ("mark_sign_ups('2024-01-15')", "DO 0"),
    ("mark_changed_titles()", "UPDATE stg_title SET release_year = 1999"),
    ("classify_titles()", "UPDATE dim_title SET category_key = 0"),
    ("classify_applications()", "UPDATE dim_application SET category_key = 1"),
    ("mark_changed_rates()", "DO 0"),
    ("mark_moved_span(utc_date())", "DELETE FROM agg_churn_signals"),
    ("mark_moved_span(utc_date())", "UPDATE clock SET last_date_key = 20240101"),
    ("mark_subscriptions(20240131, 20240131)", "DO 0"),
]
"""Calls that run in their caller's transaction and mark something, and what has to have happened."""

TIMED = (
    "changed_day.changed_at",
    "changed_subscription.changed_at",
    "published_day.published_at",
    "published_mark.published_at",
    "purge_log.purged_at",
    "refresh_log.ended_at",
    "refresh_log.started_at",
)


@pytest.fixture
def told(platform: Platform) -> Platform:
    """Three days with something of everything that marks go by, exported and refreshed."""
    noon = at("2024-01-31 12:00")
    platform.load(
        *(Play(day) for day in DAYS),
        ratings=[Rating(noon)],
        boxes=[BoxLog(DAYS[1], application="GAME")],
        subscriptions=[SubscriptionEvent(noon, amount_minor=900)],
    )
    platform.refresh()
    return platform


def mark_everything(connection: Connection) -> None:
    """Mark every slice there may be, long ago."""
    slices = "SELECT aggregate_name, date_key, '2000-01-01' FROM aggregate_definition CROSS JOIN dim_date"
    execute(connection, f"INSERT INTO changed_day {slices}")
    subscriptions = "SELECT subscription_key, '2000-01-01' FROM dim_subscription"
    execute(connection, f"INSERT INTO changed_subscription {subscriptions}")


def test_marks_have_the_instant_whether_new_or_there_before(told: Platform) -> None:
    times = (
        "SELECT changed_at FROM changed_day WHERE changed_at > '2000-01-01'"
        " UNION SELECT changed_at FROM changed_subscription WHERE changed_at > '2000-01-01'"
    )
    with open_warehouse(told.settings) as connection:
        execute(connection, STOPPED)
        for (call, happened), is_marked in product(MARKING, (False, True)):
            execute(connection, "START TRANSACTION")
            execute(connection, happened)
            if is_marked:
                mark_everything(connection)
            execute(connection, f"CALL {call}")
            found = fetch(connection, times)
            assert (call, is_marked, found) == (call, is_marked, [(INSTANT.replace(tzinfo=None),)])
            execute(connection, "ROLLBACK")


def instants(platform: Platform) -> dict[str, set[datetime]]:
    """Return what columns with microseconds have of the second of the instant, by table and column."""
    columns = platform.fetch(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = schema() AND datetime_precision = 6"
    )
    begins = INSTANT.replace(microsecond=0, tzinfo=None)
    found = {
        f"{table}.{column}": platform.fetch(
            f"SELECT {column} FROM {table} WHERE {column} BETWEEN %s AND %s",
            (begins, begins + timedelta(seconds=1)),
        )
        for table, column in columns
    }
    return {name: {time for (time,) in times} for name, times in found.items() if times}


def test_logs_versions_and_marks_of_every_call_have_the_instant(told: Platform) -> None:
    told.execute(
        "INSERT INTO refresh_log (procedure_name, connection_id, started_at, outcome)"
        " VALUES ('purge_before', 0, '2024-02-01', 'running')"
    )
    with open_warehouse(told.settings) as connection:
        execute(connection, STOPPED)
        # The one that was interrupted, one that fails, and those that end.
        with pytest.raises(mysql.connector.Error, match="no days were given"):
            execute(connection, "CALL publish_days(NULL, NULL)")
        for call in (
            "publish_customers(8)",
            "publish_titles(9)",
            "publish_days('2024-01-31', '2024-02-01')",
            "refresh_category_seconds('2024-01-31', '2024-01-31')",
            "purge_before('2024-01-31')",
        ):
            execute(connection, f"CALL {call}")
    assert instants(told) == {name: {INSTANT.replace(tzinfo=None)} for name in TIMED}
    assert told.fetch("SELECT count(*) FROM refresh_log WHERE outcome = 'interrupted'") == [(1,)]
