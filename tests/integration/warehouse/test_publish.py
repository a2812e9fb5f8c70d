"""Days are published as they were asked for: whole, and no others, whatever lies in staging."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.warehouse.builders import (
    AppEvent,
    Attempt,
    BoxLog,
    Play,
    Rating,
    Search,
    SubscriptionEvent,
    at,
)
from warehouse.connections import execute, fetch, open_warehouse

if TYPE_CHECKING:
    from tests.integration.warehouse.builders import Platform

DAYS = ("2024-01-30", "2024-01-31", "2024-02-01")
KEYS = [(20240130,), (20240131,), (20240201,)]


@pytest.fixture
def eventful(platform: Platform) -> Platform:
    """Three days, on each of which another user does everything, the first a play on the last, too; all refreshed."""
    evenings = {f"u{number}": at(f"{day} 20:00") for number, day in enumerate(DAYS, start=1)}
    plays = [
        Play(evening, user_id=user, ends=evening + timedelta(minutes=10))
        for user, evening in evenings.items()
    ]
    platform.load(
        *plays,
        Play(evenings["u3"].date()),
        ratings=[Rating(evening, user_id=user) for user, evening in evenings.items()],
        searches=[Search(evening, user_id=user) for user, evening in evenings.items()],
        attempts=[Attempt(evening, user_id=user) for user, evening in evenings.items()],
        boxes=[BoxLog(evening.date(), f"HNH{user[1:]}") for user, evening in evenings.items()],
        app_events=[AppEvent(evening, user_id=user) for user, evening in evenings.items()],
        subscriptions=[
            SubscriptionEvent(evening, amount_minor=900, user_id=user)
            for user, evening in evenings.items()
        ],
    )
    platform.refresh()
    return platform


def facts(platform: Platform) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of every table of facts."""
    tables = [table for (table,) in platform.fetch("SHOW TABLES LIKE 'fact\\_%'")]
    return {table: platform.fetch(f"SELECT * FROM {table} ORDER BY 1, 2, 3") for table in tables}


def test_day_that_is_published_again_is_whole_and_leaves_those_around_it(
    eventful: Platform,
) -> None:
    before = facts(eventful)
    for table in before:
        days = f"SELECT DISTINCT date_key FROM {table} ORDER BY 1"
        assert (table, eventful.fetch(days)) == (table, KEYS)
    eventful.execute("UPDATE published_day SET version = 0")
    eventful.execute("CALL publish_days('2024-01-31', '2024-01-31')")
    assert facts(eventful) == before
    published = "SELECT date_key FROM published_day WHERE version > 0"
    assert eventful.fetch(published) == [(20240131,)]
    logged = "SELECT row_count FROM refresh_log ORDER BY refresh_id DESC LIMIT 1"
    assert eventful.fetch(logged) == [(1,)]


def test_day_that_is_published_again_marks_what_it_makes_stale_and_no_more(
    eventful: Platform,
) -> None:
    eventful.execute("CALL publish_days('2024-01-31', '2024-01-31')")
    slices = (
        "SELECT DISTINCT aggregate_name, slice_key FROM aggregate_slice"
        " WHERE date_key = 20240131 AND (aggregate_name, slice_key) <> ('category_seconds', 20240131)"
    )
    marks = "SELECT aggregate_name, date_key FROM changed_day"
    assert set(eventful.fetch(marks)) == set(eventful.fetch(slices))
    subscribers = "SELECT user_id FROM changed_subscription INNER JOIN dim_subscription USING (subscription_key)"
    assert eventful.fetch(subscribers) == [("u2",)]


def test_day_without_loads_in_staging_is_published_with_none(eventful: Platform) -> None:
    eventful.execute("DELETE FROM stg_day")
    eventful.execute("CALL publish_days('2024-01-31', '2024-01-31')")
    loads = "SELECT date_key, source_loads FROM published_day ORDER BY 1"
    assert eventful.fetch(loads) == [(20240130, 1), (20240131, 0), (20240201, 1)]


def test_category_seconds_that_are_refreshed_mark_published_days_alone(
    eventful: Platform,
) -> None:
    eventful.execute("CALL refresh_category_seconds('2024-01-15', '2024-02-15')")
    marks = "SELECT date_key FROM changed_day WHERE aggregate_name = 'daily_statistics' ORDER BY 1"
    assert eventful.fetch(marks) == KEYS
    eventful.execute("DELETE FROM changed_day")
    eventful.execute("CALL refresh_category_seconds('2024-01-31', '2024-01-31')")
    assert eventful.fetch(marks) == KEYS[1:2]
    logged = "SELECT row_count FROM refresh_log ORDER BY refresh_id DESC LIMIT 1"
    rows = "SELECT count(*) FROM fact_category_seconds WHERE date_key = 20240131"
    assert eventful.fetch(logged) == eventful.fetch(rows)


def test_days_before_the_last_purge_stay_away(eventful: Platform) -> None:
    for purged_before in ("2024-01-31", "2024-01-01"):
        eventful.execute(f"INSERT INTO purge_log VALUES ('{purged_before}', '2024-06-01')")
    before = facts(eventful)
    eventful.execute("UPDATE published_day SET version = 0")
    eventful.execute("DELETE FROM stg_watch WHERE date_key = 20240130")
    eventful.execute("CALL publish_days('2024-01-30', '2024-02-01')")
    assert facts(eventful) == before
    published = "SELECT date_key FROM published_day WHERE version > 0 ORDER BY 1"
    assert eventful.fetch(published) == KEYS[1:]


def test_days_on_either_side_of_a_year_that_is_new_are_published(platform: Platform) -> None:
    first, last = date(2023, 12, 31), date(2024, 1, 1)
    platform.load(Play(last))
    platform.refresh()
    platform.load(Play(first), Play(last, user_id="u2"))
    platform.refresh()
    assert platform.mart("daily_statistics", "stat_date", "plays") == [(first, 1), (last, 2)]


STAGED = {
    "publish_days('2024-01-31', '2024-02-01')": ("dim_title", "DO 0"),
    "publish_titles(9)": ("fact_watch", "UPDATE stg_title SET release_year = 1999"),
    "publish_customers(9)": (
        "fact_playback",
        "UPDATE stg_customer SET registered_on = '2023-12-01'",
    ),
    "publish_members()": (
        "dim_title",
        "INSERT INTO stg_member (dimension, source, member_name) VALUES ('title', 'demo', 't1')",
    ),
    "publish_sources()": ("published_day", "DO 0"),
}


@pytest.mark.parametrize("call", STAGED)
def test_publishing_reads_past_what_others_are_writing_whoever_calls_it(
    eventful: Platform, call: str
) -> None:
    read, staged = STAGED[call]
    eventful.execute(staged)
    with (
        open_warehouse(eventful.settings) as writing,
        open_warehouse(eventful.settings) as publishing,
    ):
        execute(writing, "START TRANSACTION")
        fetch(writing, f"SELECT 1 FROM {read} FOR UPDATE")
        execute(publishing, "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        execute(publishing, "SET innodb_lock_wait_timeout = 1")
        execute(publishing, f"CALL {call}")
    outcomes = "SELECT outcome FROM refresh_log ORDER BY refresh_id DESC LIMIT 1"
    assert eventful.fetch(outcomes) == [("done",)]
