"""Tables, procedures, events and views: there, commented, of types that reports can read, installed once."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from procedures import INSTALL_ORDER
from svp.core.mysql import open_connection
from svp.core.progress import SILENT
from svp.errors import SchemaError
from warehouse import schema
from warehouse.connections import fetch
from warehouse.staging import IN_MEMORY
from warehouse.status import read_status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from svp.settings import Settings
    from tests.integration.warehouse.builders import Platform

EVENT = "refresh_changed_days_every_day"

READABLE_TYPES = {"int", "smallint", "decimal", "date", "datetime", "varchar"}
"""What Power BI's connector carries; INT is not TINYINT(1), and DATETIME is whole seconds."""

COLUMNS = {
    "churn_signals": (
        "customer_code, as_of_date, days_since_last_play, watch_hours_last_28, watch_hours_prev_28, trend, "
        "rfm_r, rfm_f, rfm_m, rfm_segment, risk_band, date_key, customer_key, country_key"
    ),
    "retention_cohort": (
        "cohort_month, month_number, cohort_size, active_customers, retention_rate, date_key"
    ),
    "event_activity": (
        "stat_date, platform, country, events, active_users, sessions, session_seconds_median, "
        "session_seconds_p95, date_key, country_key"
    ),
    "data_freshness": (
        "source, last_event_at, last_loaded_at, last_exported_at, last_refreshed_at, days_pending, rows_quarantined"
    ),
    "region_hour": (
        "country, local_hour, stat_date, plays, watch_hours, top_content_id, top_title, date_key, country_key"
    ),
    "rating_trend": (
        "release_year, month_start, ratings, rating_stars, rating_avg, rating_bayes, date_key"
    ),
    "playback_quality": (
        "stat_date, device_type, country, attempts, plays, abandoned_attempts, failed_attempts, failed_plays, "
        "known_startups, startup_seconds, stalled_seconds, known_stall_watch_seconds, ebvs_pct, start_failure_pct, "
        "playback_failure_pct, startup_seconds_avg, startup_seconds_p50, startup_seconds_p95, "
        "stalled_time_pct, avg_stall_count, avg_bitrate_kbps, date_key, device_key, country_key"
    ),
    "search_funnel": (
        "stat_date, searches, zero_result_rate, click_rate, search_to_play_rate, untimed_searches, date_key"
    ),
    "genre_engagement": (
        "genre, stat_date, plays, watch_hours, unique_viewers, date_key, genre_key"
    ),
    "format_engagement": (
        "content_type, stat_date, plays, watch_hours, complete_plays, known_completion_plays, completion_rate, date_key"
    ),
    "active_users": "stat_date, dau, wau, mau, stickiness, date_key",
    "daily_statistics": (
        "stat_date, active_customers, new_customers, plays, valid_plays, complete_plays, "
        "known_completion_plays, watch_hours, avg_watch_minutes_per_customer, completion_rate, "
        "peak_concurrent_streams, peak_minute_at, app_hours, set_top_box_hours, child_hours, movie_hours, "
        "relax_hours, sport_hours, tv_hours, unknown_hours, source_loads, refreshed_at, date_key"
    ),
    "content_performance": (
        "content_id, title, content_type, stat_date, plays, unique_viewers, watch_hours, "
        "avg_view_minutes, complete_plays, known_completion_plays, completion_rate, rating_count, rating_stars, "
        "rating_avg, date_key, title_key, category_key"
    ),
    "device_quality": (
        "stat_date, device_type, quality, plays, watch_hours, complete_plays, known_completion_plays, completion_rate, "
        "date_key, device_key"
    ),
    "customer_360": (
        "customer_code, month_start, child_seconds, movie_seconds, relax_seconds, sport_seconds, "
        "tv_seconds, unknown_seconds, total_seconds, most_watched, taste, active_days, days_in_period, "
        "activeness, segment, device_count, date_key, customer_key, segment_key, country_key"
    ),
    "customer_360_classic": (
        "Contract, ChildDuration, MovieDuration, SportDuration, TVDuration, RelaxDuration, MostWatch, "
        "Taste, DateCount, Activeness, month_start, date_key, customer_key, segment_key"
    ),
    "subscription_monthly": (
        "month_start, opening, new, reactivated, churned, closing, churn_rate, mrr_opening, mrr_new, "
        "mrr_expansion, mrr_contraction, mrr_churn, mrr_reactivation, mrr_closing, arpu, currency, unpriced, "
        "date_key"
    ),
    "segment_summary": (
        "month_start, segment, customers, share, total_hours, avg_hours_per_customer_month, "
        "avg_hours_per_customer_week, avg_hours_per_customer_day, date_key, segment_key"
    ),
    "taste_summary": "month_start, taste, customers, share, total_hours, date_key",
    "taste_segment": (
        "month_start, taste, segment, tv_only, customers, total_hours, date_key, segment_key"
    ),
}

SUMMARIES = {"agg_segment_summary", "agg_taste_summary", "agg_taste_segment"}
"""Kept by refresh_customer_month."""

DIMENSIONS = {
    "category": ("category_key", "category"),
    "country": ("country_key", "country"),
    "customer": ("customer_key", "customer_code"),
    "device": ("device_key", "device_type"),
    "genre": ("genre_key", "genre"),
    "plan": ("plan_key", "plan"),
    "segment": ("segment_key", "segment"),
    "title": ("title_key", "title"),
}


class Aloud:
    """Keeps what is said."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.task = SILENT.task

    def say(self, line: str) -> None:
        self.lines.append(line)


def test_second_installation_does_nothing(empty_platform: Platform) -> None:
    aloud = Aloud()
    assert schema.install(empty_platform.settings, progress=aloud) == ()
    assert aloud.lines == []


def test_every_table_and_column_has_a_comment(empty_platform: Platform) -> None:
    silent = empty_platform.fetch(
        "SELECT tables.table_name, columns.column_name FROM information_schema.tables"
        " INNER JOIN information_schema.columns USING (table_schema, table_name)"
        " WHERE table_schema = schema() AND table_type = 'BASE TABLE'"
        " AND (tables.table_comment = '' OR columns.column_comment = '')"
    )
    assert silent == []


def test_every_table_is_innodb_but_large_staging_and_compares_by_bytes(
    empty_platform: Platform,
) -> None:
    kinds = empty_platform.fetch(
        "SELECT table_name, engine, table_collation FROM information_schema.tables"
        " WHERE table_schema = schema() AND table_type = 'BASE TABLE'"
    )
    assert {(engine, collation) for name, engine, collation in kinds if name not in IN_MEMORY} == {
        ("InnoDB", "utf8mb4_bin")
    }
    assert {name for name, engine, _ in kinds if engine == "MEMORY"} == IN_MEMORY


def test_mart_columns_have_types_that_power_bi_carries(empty_platform: Platform) -> None:
    columns = empty_platform.fetch(
        "SELECT table_name, column_name, data_type, column_type, numeric_precision, numeric_scale,"
        " datetime_precision, collation_name FROM information_schema.columns WHERE table_schema = %s",
        (empty_platform.settings.workspace.mart_database,),
    )
    assert len(columns) > 100
    for view, column, kind, whole, precision, scale, fraction, collation in columns:
        where = f"{view}.{column} {whole}"
        assert kind in READABLE_TYPES, where
        assert "unsigned" not in whole, where
        assert kind != "decimal" or (precision <= 18 and scale <= 4), where
        assert not fraction, where
        assert collation in {None, "utf8mb4_bin"}, where


def test_marts_have_the_agreed_columns_in_their_order(empty_platform: Platform) -> None:
    columns = empty_platform.fetch(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = %s ORDER BY table_name, ordinal_position",
        (empty_platform.settings.workspace.mart_database,),
    )
    found = {
        view: ", ".join(column for owner, column in columns if owner == view) for view in COLUMNS
    }
    assert found == COLUMNS


def test_dimensions_have_an_unknown_member_of_key_0(empty_platform: Platform) -> None:
    unknown = {
        view: [name for key, name in empty_platform.mart(view, *columns) if key == 0]
        for view, columns in DIMENSIONS.items()
    }
    assert unknown == {view: ["Unknown"] for view in DIMENSIONS}


def test_every_aggregate_has_its_table_and_procedure(empty_platform: Platform) -> None:
    aggregates = {
        name for (name,) in empty_platform.fetch("SELECT aggregate_name FROM aggregate_definition")
    }
    tables = empty_platform.fetch(
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = schema() AND table_name LIKE 'agg\\_%'"
    )
    # One fact is kept by a procedure, from other facts; summaries go with what they come from, in its transaction.
    kept = {f"agg_{name}" for name in aggregates - {"category_seconds"}}
    assert kept | SUMMARIES == {name for (name,) in tables}
    assert {f"refresh_{name}" for name in aggregates} <= set(INSTALL_ORDER)


def test_procedures_run_with_the_rights_of_the_caller_but_for_one_and_views_with_ours(
    empty_platform: Platform,
) -> None:
    # Another one would let the refresher, who may call every procedure, do what is not its work.
    routines = empty_platform.fetch(
        "SELECT routine_name FROM information_schema.routines"
        " WHERE routine_schema = schema() AND security_type <> 'INVOKER'"
    )
    views = empty_platform.fetch(
        "SELECT DISTINCT security_type FROM information_schema.views WHERE table_schema = %s",
        (empty_platform.settings.workspace.mart_database,),
    )
    assert (routines, views) == ([("refresh_changed_days",)], [("DEFINER",)])


def test_procedures_of_the_marts_show_marts_with_our_rights_and_are_installed_again_when_they_are_gone(
    empty_platform: Platform,
) -> None:
    mart = empty_platform.settings.workspace.mart_database
    shown = (
        "SELECT routine_name, security_type FROM information_schema.routines WHERE routine_schema = %s",
        (mart,),
    )
    # Another one would let the reader do what is not its work. This one keeps nothing, as the test of its rows sees.
    assert empty_platform.fetch(*shown) == [("show_churn_signals", "DEFINER")]
    empty_platform.execute(f"DROP PROCEDURE {mart}.show_churn_signals")
    problem = "the mart procedure show_churn_signals is missing: run 'svp init'"
    assert problem in read_status(empty_platform.settings).problems
    schema.install(empty_platform.settings)
    assert empty_platform.fetch(*shown) == [("show_churn_signals", "DEFINER")]


def test_what_another_workspace_has_is_not_taken_for_ours(empty_platform: Platform) -> None:
    ours = empty_platform.settings.workspace.warehouse_database
    event, procedure = "refresh_changed_days_often", "refresh_changed_days"
    with another_database(empty_platform, f"{ours}_b") as other:
        body = "ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1"
        empty_platform.execute(f"CREATE EVENT {other}.{event} {body}")
        empty_platform.execute(f"CREATE PROCEDURE {other}.{procedure} () SELECT 1")
        empty_platform.execute(f"DROP EVENT {event}")
        empty_platform.execute(f"DROP PROCEDURE {procedure}")
        problems = read_status(empty_platform.settings).problems
    for gone in (f"event {event}", f"procedure {procedure}"):
        assert f"the {gone} is missing: run 'svp init'" in problems


@contextmanager
def another_database(platform: Platform, name: str) -> Iterator[str]:
    platform.execute(f"CREATE DATABASE {name}")
    try:
        yield name
    finally:
        platform.execute(f"DROP DATABASE {name}")


def test_only_what_changed_is_installed_again(empty_platform: Platform) -> None:
    empty_platform.execute("UPDATE schema_object SET installed_at = '2000-01-01'")
    empty_platform.execute("UPDATE schema_object SET checksum = 'old' WHERE name = 'publish_facts'")
    empty_platform.execute("DROP PROCEDURE refresh_calendar")
    aloud = Aloud()
    schema.install(empty_platform.settings, progress=aloud)
    fresh = empty_platform.fetch(
        "SELECT name FROM schema_object WHERE installed_at > '2000-01-01' ORDER BY name"
    )
    assert fresh == [("publish_facts",), ("refresh_calendar",)]
    assert len(aloud.lines) == 1


def test_reinstalled_event_keeps_the_schedule_that_somebody_chose(empty_platform: Platform) -> None:
    empty_platform.execute(f"ALTER EVENT {EVENT} ON SCHEDULE EVERY 6 HOUR DISABLE DO SET @x = 1")
    empty_platform.execute("UPDATE schema_object SET checksum = 'old' WHERE kind = 'event'")
    schema.install(empty_platform.settings)
    event = empty_platform.fetch(
        "SELECT interval_value, interval_field, status, event_definition, on_completion"
        " FROM information_schema.events WHERE event_schema = schema() AND event_name = %s",
        (EVENT,),
    )
    assert event == [("6", "HOUR", "DISABLED", "CALL refresh_changed_days()", "PRESERVE")]


def test_missing_object_is_noticed(empty_platform: Platform) -> None:
    empty_platform.execute("DROP PROCEDURE publish_facts")
    with pytest.raises(SchemaError, match="the procedure publish_facts is missing"):
        schema.check_current(empty_platform.settings)


def test_object_of_another_text_is_noticed(empty_platform: Platform) -> None:
    empty_platform.execute("UPDATE schema_object SET checksum = 'old' WHERE name = 'publish_facts'")
    with pytest.raises(SchemaError, match="the procedure publish_facts is not this program's"):
        schema.check_current(empty_platform.settings)


def test_newer_schema_is_refused(empty_platform: Platform) -> None:
    empty_platform.execute(
        "INSERT INTO schema_migration VALUES (9999, '9999_later', 'x', utc_timestamp())"
    )
    with pytest.raises(SchemaError, match="newer than this program"):
        schema.install(empty_platform.settings)


def test_interrupted_installation_is_completed(empty_platform: Platform) -> None:
    # The statement ran, its record was not written; and seeds that nobody uses yet are gone.
    empty_platform.execute("DELETE FROM schema_migration WHERE migration_number >= 30")
    empty_platform.execute("DELETE FROM category_rule")
    applied = schema.install(empty_platform.settings)
    assert applied[0].number == 30
    assert empty_platform.fetch("SELECT count(*) > 0 FROM category_rule") == [(1,)]
    schema.check_current(empty_platform.settings)


def test_reset_drops_both_databases_and_may_be_repeated(empty_platform: Platform) -> None:
    settings = empty_platform.settings
    schema.reset(settings)
    schema.reset(settings)
    assert databases(settings) == []


def databases(settings: Settings) -> list[tuple[object, ...]]:
    with open_connection(settings.url("mysql")) as connection:
        return fetch(connection, "SHOW DATABASES LIKE %s", (f"{settings.workspace.base}\\_%",))
