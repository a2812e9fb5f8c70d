"""Procedures repeat safely, undo what they began, tell what went wrong, and run by themselves."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import mysql.connector
import pytest

from svp.core.mysql import open_connection
from svp.errors import LockError, PlatformError, VerifyError
from tests.integration.warehouse.builders import Play, Rating, SubscriptionEvent, Title, User
from tests.integration.warehouse.test_sources import (
    CUSTOMERS,
    TITLE_GENRES,
    TITLES,
    publish_customers,
    publish_titles,
    stage,
)
from warehouse import plan as planning
from warehouse.connections import execute, fetch, hold_lock, open_warehouse
from warehouse.export import export

if TYPE_CHECKING:
    from tests.integration.warehouse.builders import Platform

JAN_31, FEB_1 = date(2024, 1, 31), date(2024, 2, 1)
LAST_RUN = "SELECT procedure_name, outcome, sql_state, message FROM refresh_log ORDER BY refresh_id DESC LIMIT 1"


@pytest.fixture
def played(platform: Platform) -> Platform:
    """Two days, exported and refreshed."""
    platform.load(Play(JAN_31), Play(FEB_1), Play(FEB_1, user_id="u2"))
    platform.refresh()
    return platform


AGGREGATES = (
    "daily_statistics",
    "content_performance",
    "customer_month",
    "active_users",
    "genre_engagement",
    "format_engagement",
    "rating_trend",
    "region_hour",
    "subscription_monthly",
    "churn_signals",
    "retention_cohort",
)


@pytest.fixture
def spread(platform: Platform) -> Platform:
    """Days around two months and far from them, on each of which everything happens."""
    starts = [datetime.combine(day, time(20), UTC) for day in SPREAD]
    titles = [Title(f"t{number}", genres=("Drama",)) for number in range(1, len(starts) + 1)]
    platform.load(
        *(Play(at, content_id="t1", ends=at + timedelta(minutes=20)) for at in starts),
        users=[User(registered_on=SPREAD[0])],
        titles=titles,
        ratings=[
            Rating(at, content_id=title.content_id)
            for at, title in zip(starts, titles, strict=True)
        ],
        subscriptions=[SubscriptionEvent(at, "renewal", 900) for at in starts],
    )
    platform.refresh()
    return platform


NEW_YEARS_EVE = date(2023, 12, 31)
SPREAD = (
    date(2023, 1, 31),
    date(2023, 11, 30),
    date(2023, 12, 30),
    NEW_YEARS_EVE,
    JAN_31,
    FEB_1,
    date(2024, 12, 31),
)
RUN = (
    "SELECT procedure_name, from_day, to_day, row_count, outcome FROM refresh_log"
    " ORDER BY refresh_id DESC LIMIT 1"
)
RANGE = "('2023-12-31', '2024-01-31')"


def columns(platform: Platform, aggregate: str) -> list[str]:
    """Return the columns of an aggregate, in order."""
    return [str(name) for name, *_ in platform.fetch(f"SHOW COLUMNS FROM agg_{aggregate}")]


def slice_key(platform: Platform, aggregate: str) -> str:
    """Return the column that holds an aggregate's slice: date_key, or month_key of the month's first day."""
    return columns(platform, aggregate)[0]


def mark_slices(platform: Platform, aggregate: str, *, marked: str) -> None:
    """Mark every slice of an aggregate as changed, under a name."""
    key = slice_key(platform, aggregate)
    slices = f"SELECT DISTINCT '{marked}', {key}, utc_timestamp(6) FROM agg_{aggregate}"
    platform.execute(f"INSERT INTO changed_day {slices}")


@pytest.mark.parametrize("name", AGGREGATES)
def test_refresh_builds_its_range_again_and_leaves_rows_and_marks_around_it(
    spread: Platform, name: str
) -> None:
    is_daily = slice_key(spread, name) == "date_key"
    asked = {20231231, 20240131} if is_daily else {20231201, 20240101}
    kept = [column for column in columns(spread, name) if column != "refresh_id"]
    rows = f"SELECT {', '.join(kept)} FROM agg_{name} ORDER BY 1, 2"
    before = spread.fetch(rows)
    slices = {row[0] for row in before}
    assert asked < slices
    spread.execute(f"UPDATE agg_{name} SET refreshed_at = '2000-01-01'")
    for marked in (name, "another"):
        mark_slices(spread, name, marked=marked)
    spread.execute(f"CALL refresh_{name}{RANGE}")
    after = spread.fetch(rows)
    assert [row[:-1] for row in after] == [row[:-1] for row in before]
    rebuilt = [row[0] for row in after if row[-1].year > 2000]
    assert set(rebuilt) == asked
    marks = set(spread.fetch("SELECT aggregate_name, date_key FROM changed_day"))
    assert marks == {("another", key) for key in slices} | {(name, key) for key in slices - asked}
    assert spread.fetch(RUN) == [(f"refresh_{name}", NEW_YEARS_EVE, JAN_31, len(rebuilt), "done")]


def test_refresh_of_months_leaves_the_summaries_of_others(spread: Platform) -> None:
    summaries = [
        f"SELECT * FROM agg_{name} ORDER BY 1, 2, 3"
        for name in ("segment_summary", "taste_summary", "taste_segment")
    ]
    before = [spread.fetch(rows) for rows in summaries]
    assert [len({row[0] for row in rows}) for rows in before] == [6, 6, 6]
    spread.execute(f"CALL refresh_customer_month{RANGE}")
    assert [spread.fetch(rows) for rows in summaries] == before


def test_each_failing_refresh_undoes_itself_logs_and_tells(spread: Platform) -> None:
    outcomes = "SELECT outcome FROM refresh_log ORDER BY refresh_id"
    earlier = spread.fetch(outcomes)
    for name in AGGREGATES:
        spread.execute(f"ALTER TABLE agg_{name} DROP COLUMN refreshed_at")
        mark_slices(spread, name, marked=name)
        rows = f"SELECT * FROM agg_{name}"
        before = spread.fetch(rows)
        with open_warehouse(spread.settings) as connection:
            with pytest.raises(mysql.connector.Error, match="refreshed_at"):
                execute(connection, f"CALL refresh_{name}{RANGE}")
            # The connection goes on, so what it had left open would show.
            assert spread.fetch(rows) == before
            ((procedure, outcome, sql_state, message),) = spread.fetch(LAST_RUN)
            assert (procedure, outcome, sql_state) == (f"refresh_{name}", "failed", "42S22")
            assert "refreshed_at" in message
            free = "SELECT is_free_lock(concat(schema(), '.refresh'))"
            assert spread.fetch(free) == [(1,)]
    marked = spread.fetch("SELECT DISTINCT aggregate_name FROM changed_day")
    assert {name for (name,) in marked} == set(AGGREGATES)
    spread.execute(f"CALL refresh_category_seconds{RANGE}")
    assert spread.fetch(outcomes) == [*earlier, *[("failed",)] * len(AGGREGATES), ("done",)]


LATE_FAILURES = (
    ("publish_customers(9)", "UPDATE stg_customer SET plan = 'Gold'", "published_mark"),
    ("publish_titles(9)", "UPDATE stg_title SET release_year = 1999", "published_mark"),
    (
        "publish_members()",
        "INSERT INTO stg_member (dimension, source, member_name) VALUES ('title', 'west', 't1')",
        "application_category",
    ),
    ("publish_sources()", "DELETE FROM stg_source", "published_mark"),
    ("publish_days('2024-01-31', '2024-01-31')", "DELETE FROM stg_watch", "changed_day"),
    ("refresh_category_seconds('2024-01-31', '2024-01-31')", "DO 0", "fact_category_seconds"),
    ("purge_before('2024-02-01')", "DO 0", "changed_day"),
)
"""Procedures, what has to have happened for them to write something, and a table that they come to after it."""


def test_each_procedure_that_fails_late_undoes_itself_logs_and_tells(played: Platform) -> None:
    outcomes = "SELECT outcome FROM refresh_log ORDER BY refresh_id"
    for call, happened, table in LATE_FAILURES:
        played.execute(happened)
        earlier = played.fetch(outcomes)
        played.execute(f"RENAME TABLE {table} TO mislaid")
        before = unlogged(played)
        with open_warehouse(played.settings) as connection:
            with pytest.raises(mysql.connector.Error, match=table):
                execute(connection, f"CALL {call}")
            # The connection goes on, so what it had left open would show.
            ((procedure, outcome, sql_state, message),) = played.fetch(LAST_RUN)
            assert (procedure, outcome, sql_state) == (call.partition("(")[0], "failed", "42S02")
            assert table in message
            assert played.fetch(outcomes) == [*earlier, ("failed",)]
            assert unlogged(played) == before
        played.execute(f"RENAME TABLE mislaid TO {table}")


def test_message_of_a_failure_is_cut_at_500_characters(played: Platform) -> None:
    with open_warehouse(played.settings) as connection:
        execute(connection, "CALL begin_refresh('purge_before', NULL, NULL, @svp_id)")
        execute(connection, "CALL fail_refresh(@svp_id, '45000', repeat('x', 600))")
    assert played.fetch(LAST_RUN) == [("purge_before", "failed", "45000", "x" * 500)]


def unlogged(platform: Platform) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row but those of logs; the mark of a purge comes before it, and stays."""
    return {name: rows for name, rows in platform.snapshot().items() if name != "purge_log"}


def test_refresh_reads_past_what_others_are_writing_whoever_calls_it(spread: Platform) -> None:
    tables = {table for (table,) in spread.fetch("SHOW TABLES LIKE 'fact\\_%'")}
    for name in (*AGGREGATES, "category_seconds"):
        with open_warehouse(spread.settings) as writing, open_warehouse(spread.settings) as reading:
            execute(writing, "START TRANSACTION")
            for table in tables - {f"fact_{name}"}:
                fetch(writing, f"SELECT 1 FROM {table} FOR UPDATE")
            # What a connection has that is not one of ours, such as the scheduler's.
            execute(reading, "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            execute(reading, "SET innodb_lock_wait_timeout = 1")
            execute(reading, f"CALL refresh_{name}{RANGE}")
        assert spread.fetch(RUN)[0][0] == f"refresh_{name}"
        assert spread.fetch(RUN)[0][-1] == "done"


def test_refresh_of_all_that_changed_sorts_and_sums_in_memory(played: Platform) -> None:
    sizes = "SELECT @@sort_buffer_size, @@tmp_table_size, @@max_heap_table_size"
    with open_warehouse(played.settings) as connection:
        execute(connection, "CALL refresh_changed_days()")
        assert min(fetch(connection, sizes)[0]) > 32 * 1024 * 1024


def test_no_statement_stays_prepared_when_a_procedure_ends(played: Platform) -> None:
    played.load(Play(JAN_31, user_id="u3"))
    export(played.settings)
    with open_warehouse(played.settings) as connection:
        for call, prepared in (
            ("refresh_changed_days()", "svp_call"),
            ("purge_before('2024-02-01')", "svp_purge"),
        ):
            execute(connection, f"CALL {call}")
            with pytest.raises(mysql.connector.Error, match="Unknown prepared statement"):
                execute(connection, f"EXECUTE {prepared}")


@pytest.mark.parametrize(
    "arguments", ["'2024-02-01', '2024-01-31'", "NULL, '2024-01-31'", "NULL, NULL"]
)
def test_refresh_refuses_a_range_that_is_none(played: Platform, arguments: str) -> None:
    with pytest.raises(VerifyError, match="first day is after the last, or one is missing"):
        played.execute(f"CALL refresh_daily_statistics({arguments})")


def test_procedures_refuse_to_guess(played: Platform) -> None:
    before = unlogged(played)
    for call, says in (
        ("publish_days(NULL, NULL)", "no days were given"),
        ("publish_days('2024-01-31', NULL)", "or one is missing"),
        ("publish_customers(NULL)", "no version was given"),
        ("publish_titles(NULL)", "no version was given"),
        ("purge_before(NULL)", "no day was given"),
    ):
        with pytest.raises(VerifyError, match=says):
            played.execute(f"CALL {call}")
    assert unlogged(played) == before


def test_day_that_fails_leaves_the_days_of_its_run_as_they_were(played: Platform) -> None:
    played.load(*(Play(day, user_id="u3") for day in (JAN_31, FEB_1)))
    (before,) = played.fetch("SELECT version FROM published_day WHERE date_key = 20240201")
    played.execute(
        "CREATE TRIGGER no_february BEFORE UPDATE ON changed_day FOR EACH ROW"
        " IF new.date_key = 20240201 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no February'; END IF"
    )
    played.execute("INSERT INTO changed_day VALUES ('daily_statistics', 20240201, utc_timestamp())")
    with pytest.raises(VerifyError, match="no February"):
        export(played.settings)
    assert played.fetch("SELECT date_key, count(*) FROM fact_watch GROUP BY date_key") == [
        (20240131, 1),
        (20240201, 2),
    ]
    assert played.fetch("SELECT version FROM published_day WHERE date_key = 20240201") == [before]
    assert played.fetch(LAST_RUN) == [("publish_days", "failed", "45000", "no February")]
    played.execute("DROP TRIGGER no_february")
    assert played.refresh().days == 2
    assert played.mart("daily_statistics", "stat_date", "plays") == [(JAN_31, 2), (FEB_1, 3)]


def test_connection_that_the_server_ends_amid_a_run_leaves_whole_days(
    played: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "CHUNK_DAYS", 1)
    played.load(*(Play(day, user_id="u3") for day in (JAN_31, FEB_1)))
    played.execute(
        "CREATE TRIGGER no_february BEFORE INSERT ON published_day FOR EACH ROW"
        " IF new.date_key = 20240201 THEN KILL CONNECTION connection_id(); END IF"
    )
    with pytest.raises((PlatformError, mysql.connector.Error)):
        export(played.settings)
    played.execute("DROP TRIGGER no_february")
    rows = "SELECT date_key, count(*) FROM fact_watch GROUP BY date_key"
    assert played.fetch(rows) == [(20240131, 2), (20240201, 2)]
    assert played.refresh().days == 1
    assert played.fetch(rows) == [(20240131, 2), (20240201, 3)]
    assert played.mart("daily_statistics", "stat_date", "plays") == [(JAN_31, 2), (FEB_1, 3)]
    assert played.fetch("SELECT count(*) FROM refresh_log WHERE outcome = 'interrupted'") == [(1,)]


def test_log_says_how_many_rows_of_a_dimension_were_written(played: Platform) -> None:
    """Each part takes a power of two, so that no sum is right by chance."""
    for call, count in (
        ("publish_members()", stage_members),
        ("publish_titles(2)", stage_titles),
        ("publish_customers(2)", stage_customers),
    ):
        rows = count(played)
        played.execute(f"CALL {call}")
        logged = "SELECT row_count FROM refresh_log ORDER BY refresh_id DESC LIMIT 1"
        assert (call, played.fetch(logged)) == (call, [(rows,)])


def stage_members(platform: Platform) -> int:
    """Stage new members of every dimension; return how many."""
    numbers = {"customer": 1, "title": 2, "device": 4, "country": 8, "application": 16}
    members = [
        (dimension, "east", f"{dimension} {number}")
        for dimension, count in numbers.items()
        for number in range(count)
    ]
    stage(platform, "stg_member", ("dimension", "source", "member_name"), *members)
    return len(members)


def stage_titles(platform: Platform) -> int:
    """Publish a title with four genres, then stage it without any, renamed, beside two more that have eight."""
    publish_titles(platform, [("east", f"genre {number}") for number in range(4)], east="A film")
    stage(platform, "stg_title", TITLES, *((of, "t1", "New", "movie") for of in ("east", "a", "b")))
    genres = [("a", "t1", f"genre {number}") for number in range(8)]
    stage(platform, "stg_title_genre", TITLE_GENRES, *genres)
    return 1 + 2 + 4 + 8


def stage_customers(platform: Platform) -> int:
    """Publish a customer, then stage it with another plan beside two more."""
    publish_customers(platform, ("east", "Norway", "Basic", JAN_31, JAN_31))
    people = [(source, "u1", "Norway", "Premium", JAN_31, JAN_31) for source in ("east", "a", "b")]
    stage(platform, "stg_customer", CUSTOMERS, *people)
    return 1 + 2


def test_published_days_are_one_run_in_the_log(played: Platform) -> None:
    runs = "SELECT from_day, to_day, row_count, outcome FROM refresh_log WHERE procedure_name = 'publish_days'"
    assert played.fetch(runs) == [(JAN_31, FEB_1, 2, "done")]


def test_failure_inside_refresh_changed_days_keeps_what_is_stale(played: Platform) -> None:
    played.load(Play(JAN_31, user_id="u3"))
    export(played.settings)
    stale = played.fetch("SELECT aggregate_name, date_key FROM changed_day ORDER BY 1, 2")
    of_the_day = {
        ("content_performance", 20240131),
        ("customer_month", 20240101),
        ("daily_statistics", 20240131),
    }
    assert of_the_day <= set(stale)
    played.execute("RENAME TABLE agg_content_performance TO mislaid")
    with pytest.raises(VerifyError, match="agg_content_performance"):
        played.execute("CALL refresh_changed_days()")
    left = {name for (name,) in played.fetch("SELECT aggregate_name FROM changed_day")}
    assert left == {name for name, _ in stale} - {"daily_statistics"}
    failed = "SELECT procedure_name FROM refresh_log WHERE outcome = 'failed' ORDER BY refresh_id"
    assert played.fetch(failed) == [("refresh_changed_days",), ("refresh_content_performance",)]
    played.execute("RENAME TABLE mislaid TO agg_content_performance")
    played.execute("CALL refresh_changed_days()")
    assert played.fetch("SELECT * FROM changed_day") == []
    assert played.mart("content_performance", "date_key", "plays") == [(20240131, 2), (20240201, 2)]


def test_second_refresh_at_once_is_refused(played: Platform) -> None:
    lock = f"{played.settings.workspace.warehouse_database}.refresh"
    with (
        open_warehouse(played.settings) as connection,
        hold_lock(connection, lock),
        pytest.raises(LockError, match="another run is refreshing"),
    ):
        played.execute("CALL refresh_changed_days()")


def test_run_that_fails_before_it_is_logged_gives_the_lock_back(played: Platform) -> None:
    # As a check by the server, like a right on the log that is not there, would.
    now = f"{datetime.now(UTC):%F %T.%f}"
    played.execute(f"ALTER TABLE refresh_log ADD CONSTRAINT nobody CHECK (started_at <= '{now}')")
    try:
        with open_warehouse(played.settings) as connection:
            with pytest.raises(mysql.connector.Error, match="nobody"):
                execute(connection, "CALL refresh_changed_days()")
            holder = "SELECT is_used_lock(concat(schema(), '.refresh'))"
            assert fetch(connection, holder) == [(None,)]
    finally:
        played.execute("ALTER TABLE refresh_log DROP CONSTRAINT nobody")


def test_run_whose_connection_was_killed_is_told_as_interrupted(played: Platform) -> None:
    played.execute(
        "INSERT INTO refresh_log (procedure_name, connection_id, started_at, outcome)"
        " VALUES ('refresh_changed_days', 0, utc_timestamp(6), 'running')"
    )
    played.execute("CALL refresh_changed_days()")
    outcomes = "SELECT outcome FROM refresh_log ORDER BY refresh_id DESC LIMIT 2"
    assert played.fetch(outcomes) == [("done",), ("interrupted",)]


def test_event_alone_refreshes_what_was_exported(platform: Platform) -> None:
    platform.load(Play(JAN_31))
    export(platform.settings)
    assert platform.mart("daily_statistics", "stat_date") == []
    platform.execute(
        "ALTER EVENT refresh_changed_days_every_day ON SCHEDULE EVERY 1 SECOND STARTS utc_timestamp()"
    )
    deadline = monotonic() + 20
    while platform.fetch("SELECT 1 FROM changed_day") and monotonic() < deadline:
        sleep(0.2)
    assert platform.mart("daily_statistics", "stat_date", "plays") == [(JAN_31, 1)]


def test_reader_never_sees_a_day_missing_or_half_refreshed(played: Platform) -> None:
    seen = set()
    settings = played.settings
    plays = "SELECT count(*), sum(plays) FROM daily_statistics"
    with (
        open_connection(settings.url("mysql"), settings.workspace.mart_database) as reading,
        open_warehouse(settings) as writing,
    ):
        for _ in range(5):
            execute(writing, "START TRANSACTION")
            execute(writing, "DELETE FROM agg_daily_statistics WHERE date_key = 20240131")
            seen.update(fetch(reading, plays))
            execute(writing, "ROLLBACK")
            execute(writing, "CALL refresh_daily_statistics('2024-01-31', '2024-02-01')")
            seen.update(fetch(reading, plays))
    assert seen == {(2, 3)}


def test_statement_in_a_procedure_is_strict(played: Platform) -> None:
    # The mode is baked in when the procedure is created: too long a text is an error, not a cut.
    with pytest.raises((VerifyError, mysql.connector.Error)):
        played.execute("CALL end_refresh('not a number', 1)")
