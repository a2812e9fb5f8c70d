"""The aggregates that changes have kept are those of a full rebuild, and one that is not is found."""

from __future__ import annotations

import json
import threading
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest

import warehouse.schema
from svp.core.mysql import open_connection
from svp.errors import LockError, VerifyError
from svp.grants import account_name, escape_database
from tests.integration.warehouse.builders import (
    BoxLog,
    Play,
    Rating,
    SubscriptionEvent,
    Title,
    User,
    at,
)
from warehouse import rebuild
from warehouse.connections import fetch, hold_lock, open_warehouse
from warehouse.export import export
from warehouse.purge import purge
from warehouse.rebuild import SliceDifference, verify_rebuild

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from svp.settings import Settings
    from tests.integration.warehouse.accounts import Accounts
    from tests.integration.warehouse.builders import Platform

JAN_30, JAN_31, FEB_1 = date(2024, 1, 30), date(2024, 1, 31), date(2024, 2, 1)
FEB_20 = date(2024, 2, 20)

LOGS = {"refresh_log", "export_log"}


@pytest.fixture
def changed(platform: Platform) -> Platform:
    """Three months that came in parts: late days, corrections, new categories, users who became one customer."""
    random = Random(7)
    users = [User(f"u{n}") for n in range(1, 7)]
    titles = [
        Title(f"t{n}", release_year=2000 + n % 3, genres=("Drama", "Crime")) for n in range(5)
    ]
    platform.load(users=users, titles=titles)
    for part in range(2):
        days = [JAN_30 + timedelta(days=random.randrange(60)) for _ in range(20)]
        plays = [
            Play(
                on,
                random.choice(users).user_id,
                random.choice(titles).content_id,
                watch_seconds=random.choice([0, 20, 700]),
                session_id=f"s{random.randrange(20)}",
            )
            for on in days
        ]
        ratings = [
            Rating(at(f"{on} 10:00"), f"u{part + 1}", f"t{position}", stars=1 + part)
            for position, on in enumerate(days[:5])
        ]
        boxes = [BoxLog(on, random.choice(["HNH1", "HNH2", None])) for on in days[:6]]
        subscriptions = [
            SubscriptionEvent(
                at(f"{on} 12:00"), kind, 900 + 100 * part, user_id=f"u{position % 6 + 1}"
            )
            for position, on in enumerate(sorted(days))
            for kind in ("start" if position < 6 else "renewal",)
        ]
        platform.load(*plays, ratings=ratings, boxes=boxes, subscriptions=subscriptions)
        platform.refresh()
    platform.load(
        users=[User("u1", contract_code="HNH1"), User("u2", contract_code="HNH1")],
        titles=[Title("t1", content_type="sport", release_year=1999, genres=("Sport",))],
    )
    platform.refresh()
    return platform


@pytest.fixture
def played(platform: Platform) -> Platform:
    """Two days in two months."""
    platform.load(
        Play(JAN_31), Play(FEB_1, "u2", watch_seconds=0), Play(FEB_1), boxes=[BoxLog(FEB_1)]
    )
    platform.refresh()
    return platform


def databases(settings: Settings) -> list[tuple[object, ...]]:
    with open_connection(settings.url("mysql")) as connection:
        return fetch(connection, "SHOW DATABASES LIKE %s", (settings.workspace.rebuild_database,))


def test_aggregates_kept_by_changes_equal_a_full_rebuild_and_wrong_rows_are_found(
    changed: Platform,
) -> None:
    before = changed.snapshot()
    found = verify_rebuild(changed.settings)
    assert (found.differences, found.pending_slices) == ((), 0)
    rows = {each.table: each.rows for each in found.tables}
    assert rows == {table: len(before[table]) for table in rows}
    assert {table for table in before if table.startswith("agg_")} < rows.keys()
    assert {"fact_category_seconds", "customer_first_day", "plan_history"} < rows.keys()
    assert changed.snapshot() == before
    assert databases(changed.settings) == []
    filled = [table for table in rows if rows[table]]
    assert len(filled) > 10
    find_wrong_rows(changed, filled)


def find_wrong_rows(platform: Platform, tables: Sequence[str]) -> None:
    """Change a figure in a row of each table, or take the row away where there is no figure but keys."""
    for table in tables:
        figures = platform.fetch(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = schema()"
            " AND table_name = %s AND column_key = '' AND data_type IN ('int', 'bigint')"
            " AND column_name <> 'refresh_id'"
            " ORDER BY ordinal_position DESC LIMIT 1",
            (table,),
        )
        for (figure,) in figures:
            platform.execute(f"UPDATE {table} SET {figure} = {figure} + 1 LIMIT 1")
        if not figures:
            platform.execute(f"DELETE FROM {table} LIMIT 1")
    differing = [each.table for each in verify_rebuild(platform.settings).differences]
    assert sorted(differing) == sorted(tables)


@pytest.mark.parametrize("before", [FEB_1, FEB_20])
def test_what_purged_days_feed_is_left_out_and_all_else_compared(
    changed: Platform, before: date
) -> None:
    purge(changed.settings, before)
    found = verify_rebuild(changed.settings)
    assert (found.differences, found.pending_slices) == ((), 0)
    tables = {each.table: each for each in found.tables}
    last_fed = int(f"{before + timedelta(days=28):%Y%m%d}")
    assert max(tables["agg_active_users"].purged_slices) <= last_fed
    assert tables["agg_active_users"].slices > 0
    assert (20240201 in tables["agg_customer_month"].purged_slices) == (before == FEB_20)
    assert tables["agg_daily_statistics"].purged_slices == ()
    for table in ("agg_churn_signals", "agg_subscription_monthly", "plan_history"):
        assert (tables[table].slices, bool(tables[table].purged_slices)) == (0, True)
    find_wrong_rows(changed, ["agg_daily_statistics", "agg_genre_engagement"])


def test_subscriptions_that_wait_for_a_refresh_are_pending(changed: Platform) -> None:
    changed.load(subscriptions=[SubscriptionEvent(at("2024-02-03 12:00"), "cancellation", None)])
    export(changed.settings)
    found = verify_rebuild(changed.settings)
    pending = {each.table: each.pending_slices for each in found.tables}
    waiting = changed.fetch("SELECT subscription_key FROM changed_subscription ORDER BY 1")
    assert waiting
    assert (found.differences, pending["plan_history"]) == ((), tuple(key for (key,) in waiting))
    assert 20240201 in pending["agg_subscription_monthly"]


def test_exactly_the_slice_that_is_wrong_is_named(played: Platform) -> None:
    ((key,),) = played.fetch("SELECT max(date_key) FROM agg_genre_engagement")
    ((count,),) = played.fetch(
        "SELECT count(*) FROM agg_genre_engagement WHERE date_key = %s", (key,)
    )
    played.execute("DELETE FROM agg_genre_engagement WHERE date_key = %s LIMIT 1", (key,))
    # Nobody published this day.
    played.execute("INSERT INTO agg_active_users VALUES (20300101, 1, 1, 1, '2030-01-01 00:00:00')")
    assert verify_rebuild(played.settings).differences == (
        SliceDifference("agg_active_users", 20300101, kept_rows=1, rebuilt_rows=0),
        SliceDifference("agg_genre_engagement", key, kept_rows=count - 1, rebuilt_rows=count),
    )


def test_time_of_the_rebuild_is_not_compared(played: Platform) -> None:
    played.execute("UPDATE agg_daily_statistics SET refreshed_at = '2000-01-01 00:00:00'")
    assert verify_rebuild(played.settings).differences == ()


def test_value_that_is_missing_differs_from_any_other(played: Platform) -> None:
    played.execute(
        "UPDATE agg_customer_month SET most_watched = coalesce(most_watched, 'NULL') WHERE most_watched IS NULL"
    )
    found = verify_rebuild(played.settings)
    assert {each.table for each in found.differences} == {"agg_customer_month"}


def test_slices_that_wait_for_a_refresh_are_pending(played: Platform) -> None:
    played.load(Play(JAN_31, watch_seconds=5000))
    export(played.settings)
    found = verify_rebuild(played.settings)
    assert found.differences == ()
    pending = {each.table: each.pending_slices for each in found.tables}
    assert pending["agg_daily_statistics"] == pending["customer_first_day"] == (20240131,)
    assert pending["agg_segment_summary"] == pending["agg_customer_month"] == (20240101,)
    # An export makes these itself.
    assert pending["fact_category_seconds"] == ()


def test_first_days_before_the_first_published_day_are_believed(played: Platform) -> None:
    for table in ("fact_watch", "fact_category_seconds", "published_day", "agg_daily_statistics"):
        played.execute(f"DELETE FROM {table} WHERE date_key = 20240131")
    differing = {each.table for each in verify_rebuild(played.settings).differences}
    assert not differing & {"customer_first_day", "agg_daily_statistics"}


def test_empty_warehouse_has_nothing_to_compare(platform: Platform) -> None:
    found = verify_rebuild(platform.settings)
    assert (found.slices, found.differences) == (0, ())
    assert databases(platform.settings) == []


def test_what_a_killed_run_left_goes_with_the_next(played: Platform) -> None:
    settings = played.settings
    with open_connection(settings.url("mysql")) as connection:
        warehouse.schema.create_database(connection, settings.workspace.rebuild_database)
        fetch(connection, f"CREATE TABLE {settings.workspace.rebuild_database}.dim_date (x int)")
    assert verify_rebuild(settings).differences == ()
    assert databases(settings) == []


def test_reset_drops_what_a_killed_run_left(empty_platform: Platform) -> None:
    settings = empty_platform.settings
    with open_connection(settings.url("mysql")) as connection:
        warehouse.schema.create_database(connection, settings.workspace.rebuild_database)
    warehouse.schema.reset(settings)
    assert databases(settings) == []


def test_scratch_database_goes_when_the_rebuild_fails(
    played: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        message = "a procedure failed"
        raise VerifyError(message)

    monkeypatch.setattr(rebuild, "rebuild", refuse)
    with pytest.raises(VerifyError, match="a procedure failed"):
        verify_rebuild(played.settings)
    assert databases(played.settings) == []


def test_reports_read_whole_marts_during_a_rebuild(played: Platform) -> None:
    expected = played.mart("daily_statistics", "stat_date", "plays", "watch_hours")
    seen: list[bool] = []
    is_done = threading.Event()

    def look() -> None:
        while not is_done.is_set():
            rows = played.mart("daily_statistics", "stat_date", "plays", "watch_hours")
            seen.append(rows == expected)

    reader = threading.Thread(target=look)
    reader.start()
    try:
        verify_rebuild(played.settings)
    finally:
        is_done.set()
        reader.join()
    assert len(seen) > 1
    assert all(seen)


def test_rebuild_does_not_begin_beside_a_refresh(
    played: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuild, "LOCK_WAIT_SECONDS", 0)
    lock = f"{played.settings.workspace.warehouse_database}.refresh"
    with (
        open_warehouse(played.settings) as connection,
        hold_lock(connection, lock),
        pytest.raises(LockError),
    ):
        verify_rebuild(played.settings)


def test_command_shows_what_differs_and_ends_with_6(
    played: Platform, svp: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert svp("verify", "--rebuild") == 0
    assert "slices are as a full rebuild makes them" in capsys.readouterr().out
    played.execute("UPDATE agg_segment_summary SET customers = 9 WHERE month_key = 20240201")
    assert svp("verify", "--rebuild") == 6
    shown = capsys.readouterr().out
    assert "2024-02-01" in shown
    assert "1 of" in shown
    assert max(map(len, shown.splitlines())) <= 100
    assert svp("verify", "--rebuild", "--json") == 6
    told = json.loads(capsys.readouterr().out)
    assert [(each["table"], each["slice_key"]) for each in told["differences"]] == [
        ("agg_segment_summary", "2024-02-01")
    ]
    played.load(Play(JAN_31))
    export(played.settings)
    played.execute("DELETE FROM agg_segment_summary WHERE month_key = 20240201")
    played.execute("CALL refresh_customer_month('2024-02-01', '2024-02-01')")
    assert svp("verify", "--rebuild") == 0
    assert svp("verify", "--rebuild", "--current") == 6


def test_by_day_and_rebuild_exclude_each_other(platform: Platform, svp: Callable[..., int]) -> None:
    assert svp("verify", "--rebuild", "--by-day") == 2


def test_owner_rebuilds_and_nothing_of_the_warehouse_is_written(filled: Accounts) -> None:
    assert filled.run("owner", "verify", "--rebuild")[0] == 0
    # Who may only read the warehouse can't write it through a view of the rebuild: any procedure that tries fails.
    workspace = filled.administrator.workspace
    account = account_name(workspace, "refresher")
    scratch = escape_database(workspace.rebuild_database)
    with open_connection(filled.administrator.mysql_url) as connection:
        fetch(connection, f"GRANT ALL ON {scratch}.* TO '{account}'@'%'")
    code, _, told = filled.run("refresher", "verify", "--rebuild")
    assert code == 0, told
