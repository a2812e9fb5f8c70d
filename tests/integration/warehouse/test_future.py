"""One wrong clock does not spoil what people see: a day in the future has rows of its own, and changes no others."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from svp.core.mysql import open_connection
from svp.core.sqlfiles import read_sql
from tests.integration.warehouse.builders import (
    AppEvent,
    Attempt,
    BoxLog,
    Play,
    Rating,
    Search,
    SubscriptionEvent,
    Title,
    User,
)
from tests.integration.warehouse.recurring import COLUMNS, months
from warehouse.connections import execute, fetch, open_warehouse
from warehouse.export import export
from warehouse.reading import list_marts
from warehouse.rebuild import verify_rebuild

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.integration.warehouse.builders import Platform

USUAL = [date(2024, 1, 5), date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 2)]
FUTURE = date(2199, 3, 5)
OF_THE_RUN = {"refreshed_at", "last_loaded_at", "last_exported_at", "last_refreshed_at"}
"""Columns that tell when marts were filled."""
OWN = {"date_key", "valid_from"}
"""Columns that say of which day a row is."""


def everything_on(platform: Platform, day: date) -> None:
    """Load one event of every kind, of a customer and a title that are known."""
    noon = datetime.combine(day, time(12), UTC)
    play = Play(noon, ends=noon + timedelta(minutes=10), average_bitrate_kbps=900)
    charge = 900 if day.month == 1 else 1200
    platform.load(
        play,
        ratings=[Rating(noon, content_id=f"rated on {day}", stars=1 + day.day % 5)],
        searches=[Search(noon, clicked="t1")],
        attempts=[Attempt(noon, play, startup_milliseconds=300, stall_count=1), Attempt(noon)],
        boxes=[BoxLog(day), BoxLog(day, application="VOD")],
        app_events=[AppEvent(noon)],
        subscriptions=[SubscriptionEvent(noon, "start", charge, plan=f"Plan {day.month}")],
    )


def marts(platform: Platform) -> Mapping[str, list[tuple[Any, ...]]]:
    """Return the rows of every mart but those of the future."""
    database = platform.settings.workspace.mart_database
    told = {}
    with open_connection(platform.settings.url("mysql"), database) as connection:
        for mart in list_marts():
            columns = [name for name, *_ in fetch(connection, f"SHOW COLUMNS FROM {mart.name}")]
            kept = [name for name in columns if name not in OF_THE_RUN]
            rows = fetch(connection, f"SELECT {', '.join(kept)} FROM {mart.name}")
            told[mart.name] = sorted(
                (row for row in rows if not is_of_the_future(dict(zip(kept, row, strict=True)))),
                key=repr,
            )
    return told


def is_of_the_future(row: Mapping[str, Any]) -> bool:
    return any(str(row[name]).startswith("2199") for name in OWN & row.keys())


@pytest.fixture
def usual(platform: Platform) -> Platform:
    """Some days with everything, one user of them with a contract."""
    rated = [Title(f"rated on {day}", release_year=2000) for day in (*USUAL, FUTURE)]
    platform.load(users=[replace(User("u3"), contract_code="HNH1")], titles=rated)
    for day in USUAL:
        everything_on(platform, day)
    platform.refresh()
    return platform


def test_day_in_the_future_changes_no_row_of_another_day_in_any_mart(usual: Platform) -> None:
    before = marts(usual)
    assert [name for name, rows in before.items() if not rows] == []
    last_month = usual_last_month(usual)
    everything_on(usual, FUTURE)
    usual.refresh()
    now = {**marts(usual)}
    assert set(before["calendar"]) <= set(now.pop("calendar"))
    assert usual.mart("calendar", "max(date_key)") == usual.fetch(
        "SELECT last_date_key DIV 10000 * 10000 + 1231 FROM clock"
    )
    assert {name: rows for name, rows in now.items() if rows != before[name]} == {}
    assert usual.mart("daily_statistics", "max(stat_date)") == [(FUTURE,)]
    assert usual_last_month(usual) == last_month == date(2024, 2, 1)
    assert usual.refresh().procedures == 0

    usual.load(Play(USUAL[1], session_id="late"))
    export(usual.settings)
    marked = usual.fetch("SELECT aggregate_name, count(*) FROM changed_day GROUP BY aggregate_name")
    months_until_now = 12 * (datetime.now(UTC).year - 2023)
    assert max(slices for _, slices in marked) <= months_until_now
    onward = "SELECT count(*) FROM changed_day WHERE date_key = 21990301"
    assert usual.fetch(onward) == [(3,)]
    usual.refresh()
    assert verify_rebuild(usual.settings).differences == ()


def usual_last_month(platform: Platform) -> object:
    """Return the month with which the report opens."""
    database = platform.settings.workspace.mart_database
    with open_connection(platform.settings.url("mysql"), database) as connection:
        ((month,),) = fetch(connection, read_sql("report.statements", "last_month"))
    return month


def test_months_of_subscriptions_go_until_the_last_event_that_has_come(platform: Platform) -> None:
    days = [date(2024, 1, 5), date(2024, 3, 2), date(2035, 3, 5), date(2035, 6, 1)]
    events = [
        SubscriptionEvent(datetime.combine(day, time(), UTC), "start", day.month * day.year)
        for day in days
    ]
    platform.load(subscriptions=events)
    platform.refresh()

    def marked_on(today: date) -> tuple[int | None, int | None]:
        platform.execute("CALL mark_moved_span(%s)", (today - timedelta(days=1),))
        ((first, last),) = platform.fetch(
            "SELECT min(date_key), max(date_key) FROM changed_day"
            " WHERE aggregate_name = 'subscription_monthly'"
        )
        return first, last

    def told_until(today: date) -> None:
        come = [event for event in events if event.at.date() <= today]
        ends = [month for (month,) in platform.mart("subscription_monthly", "month_start")]
        first, last = marked_on(today)
        if last:
            assert last == int(f"{max(*ends, *(each.at.date() for each in come)):%Y%m}01")
            platform.execute("CALL refresh_subscription_monthly(%s, %s)", (first, last))
        assert marked_on(today) == (None, None)
        expected = months(come, {"u1": "u1"}, lambda *_: Fraction(1)) if come else []
        assert platform.mart("subscription_monthly", *COLUMNS) == expected
        began = [event.at.date() for event in come]
        assert platform.mart("plan_history", "valid_from") == [(day,) for day in began]
        ended = [*began[1:], date(9999, 12, 31)] if come else []
        assert platform.mart("plan_history", "valid_to") == [(day,) for day in ended]

    before = timedelta(days=1)
    for today in (days[1], *days[2:], days[2] - before, days[3], days[0] - before, days[1]):
        told_until(today)


def test_day_in_the_future_is_named_whatever_is_on_it(platform: Platform) -> None:
    days = [FUTURE + timedelta(days=number) for number in range(8)]
    watched, boxed, rated, searched, tried, used, billed, untouched = days
    noons = {day: datetime.combine(day, time(12), UTC) for day in days}
    platform.load(
        Play(watched),
        Play(untouched, session_id="gone"),
        ratings=[Rating(noons[rated])],
        searches=[Search(noons[searched])],
        attempts=[Attempt(noons[tried])],
        boxes=[BoxLog(boxed)],
        app_events=[AppEvent(noons[used])],
        subscriptions=[SubscriptionEvent(noons[billed])],
    )
    platform.load(without=[Play(untouched, session_id="gone")])
    export(platform.settings)
    # A play is in two tables, and each of them would do.
    for table in ("fact_watch", "fact_playback"):
        with open_warehouse(platform.settings) as connection:
            execute(connection, "START TRANSACTION")
            execute(connection, f"DELETE FROM {table}")
            named = fetch(connection, read_sql("warehouse.queries", "future_days"))
            assert named == [(day,) for day in days if day != untouched]
            execute(connection, "ROLLBACK")
