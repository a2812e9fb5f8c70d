"""Old days are removed for good, whole, and what later days say of their customers stays true."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from svp.errors import UsageError, VerifyError
from tests.integration.warehouse.builders import (
    AppEvent,
    BoxLog,
    Play,
    Rating,
    Search,
    SubscriptionEvent,
    at,
)
from warehouse.checks import verify
from warehouse.export import export
from warehouse.plan import Scope, plan_export
from warehouse.purge import PurgePlan, plan_purge, purge
from warehouse.status import read_status

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.warehouse.builders import Platform

JAN_10, JAN_31, FEB_1, FEB_20, MAR_5 = (
    date(2024, 1, 10),
    date(2024, 1, 31),
    date(2024, 2, 1),
    date(2024, 2, 20),
    date(2024, 3, 5),
)
RECENCY = ("as_of_date", "customer_code", "days_since_last_play", "risk_band")


@pytest.fixture
def old(platform: Platform) -> Platform:
    """Days of three months with events of every kind, exported and refreshed; u2 was here in January only."""
    plays = [Play(day, user_id="u1") for day in (JAN_10, JAN_31, FEB_1, FEB_20, MAR_5)]
    platform.load(
        *plays,
        Play(JAN_10, user_id="u2"),
        ratings=[Rating(at("2024-01-10 12:00")), Rating(at("2024-03-05 12:00"), user_id="u2")],
        searches=[Search(at("2024-01-10 12:00"))],
        boxes=[BoxLog(JAN_10, "HNH1"), BoxLog(MAR_5, "HNH1")],
        app_events=[AppEvent(at("2024-01-10 12:00"))],
    )
    platform.refresh()
    return platform


def dated_tables(platform: Platform) -> list[tuple[str, str]]:
    """Return every table that has a day or a month, with that column."""
    return platform.fetch(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = schema() AND column_name IN ('date_key', 'month_key')"
        " AND table_name NOT LIKE 'dim\\_%' AND table_name NOT LIKE 'stg\\_%'"
        " AND table_name NOT IN ('aggregate_slice')"
    )


def older_rows(platform: Platform, key: int) -> dict[str, int]:
    """Return how many rows of days or whole months before a key each table has, where it has any."""
    found = {}
    for table, column in dated_tables(platform):
        ((count,),) = platform.fetch(
            f"SELECT count(*) FROM {table} WHERE {column} BETWEEN 1 AND {key - 1}"
        )
        found[table] = count
    return {table: count for table, count in found.items() if count}


def test_purge_removes_every_row_of_days_before(old: Platform) -> None:
    before = old.snapshot()
    purge(old.settings, FEB_1)
    assert older_rows(old, 20240201) == {}
    after = old.snapshot()
    for table, column in dated_tables(old):
        ((kept,),) = old.fetch(f"SELECT count(*) FROM {table} WHERE {column} >= 20240201")
        assert len(after[table]) == kept
        assert set(after[table]) <= set(before[table])
    untouched = {name for name in before if name.startswith("dim_")} | {"customer_first_day"}
    assert {name: after[name] for name in untouched} == {name: before[name] for name in untouched}


def test_facts_and_aggregates_all_have_a_day_or_month(old: Platform) -> None:
    tables = old.fetch(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = schema()"
        " AND (table_name LIKE 'fact\\_%' OR table_name LIKE 'agg\\_%')"
    )
    assert {name for (name,) in tables} <= {name for name, _ in dated_tables(old)}


def test_month_goes_with_its_last_day(old: Platform) -> None:
    purge(old.settings, JAN_31)
    assert old.mart("daily_statistics", "stat_date")[0] == (JAN_31,)
    assert old.mart("customer_360", "month_start")[0] == (date(2024, 1, 1),)
    purge(old.settings, FEB_1)
    assert old.mart("customer_360", "month_start")[0] == (FEB_1,)


def test_repeat_changes_nothing(old: Platform) -> None:
    purge(old.settings, FEB_20)
    before = old.snapshot()
    purge(old.settings, FEB_20)
    purge(old.settings, FEB_1)
    after = old.snapshot()
    assert len(after["purge_log"]) == 2
    assert {**after, "purge_log": []} == {**before, "purge_log": []}


def test_no_export_brings_purged_days_back(old: Platform) -> None:
    purge(old.settings, FEB_1)
    before = old.mart("daily_statistics", "stat_date", "plays", "new_customers")
    old.load(Play(JAN_10, user_id="u3"))
    assert old.refresh().days == 0
    assert read_status(old.settings).pending == ()
    assert plan_export(old.settings, scope=Scope(is_full=True)).days[0].name == "2024-02-01"
    assert export(old.settings, scope=Scope(is_full=True)).days == 3
    old.refresh()
    assert older_rows(old, 20240201) == {}
    assert old.mart("daily_statistics", "stat_date", "plays", "new_customers") == before
    assert old.mart("data_freshness", "days_pending") == [(0,)]


@pytest.mark.parametrize(
    "scope", [Scope(first=JAN_10), Scope(first=JAN_10, last=MAR_5), Scope(last=JAN_31)]
)
def test_purged_day_that_is_asked_for_is_refused(old: Platform, scope: Scope) -> None:
    purge(old.settings, FEB_1)
    with pytest.raises(UsageError, match="days before 2024-02-01 were purged"):
        export(old.settings, scope=scope)
    with pytest.raises(UsageError, match="days before 2024-02-01 were purged"):
        plan_export(old.settings, scope=scope)
    assert export(old.settings, scope=Scope(last=FEB_1)).days == 1


def test_export_that_had_chosen_its_days_does_not_publish_purged_ones(old: Platform) -> None:
    purge(old.settings, FEB_1)
    old.execute("INSERT INTO stg_day_version VALUES ('2024-01-10', 99)")
    old.execute("CALL publish_days('2024-01-10', '2024-01-10')")
    assert older_rows(old, 20240201) == {}


def test_stores_agree_on_the_days_that_are_kept(old: Platform) -> None:
    purge(old.settings, FEB_1)
    found = verify(old.settings)
    assert not found.differences
    assert not found.pending
    assert min(found.days) == FEB_1


def test_customers_of_purged_days_are_lapsed_and_not_new(old: Platform) -> None:
    purge(old.settings, FEB_1)
    signals = old.mart("churn_signals", *RECENCY)
    assert (MAR_5, "u2", 55, "lapsed") in signals
    old.load(Play(FEB_1, user_id="u2"), Play(MAR_5, user_id="u1"))
    old.load(Play(MAR_5 + timedelta(days=1), user_id="u3"))
    old.refresh()
    last = MAR_5 + timedelta(days=1)
    assert [row[1:] for row in old.mart("churn_signals", *RECENCY) if row[0] == last] == [
        ("HNH1", 1, "steady"),
        ("u1", 1, "steady"),
        ("u2", 34, "lapsed"),
        ("u3", 0, "steady"),
    ]
    assert old.mart("daily_statistics", "stat_date", "new_customers")[0] == (FEB_1, 0)


def test_last_valid_play_outlives_purges_of_days_without_one(platform: Platform) -> None:
    platform.load(Play(JAN_10), Play(FEB_1, watch_seconds=5), Play(MAR_5))
    platform.refresh()
    last_plays = "SELECT last_play_date_key, last_valid_play_date_key FROM purged_customer"
    for before, expected in ((JAN_31, (20240110, 20240110)), (FEB_20, (20240201, 20240110))):
        purge(platform.settings, before)
        assert platform.fetch(last_plays) == [expected]


def test_days_that_go_at_once_leave_the_last_of_a_customers_plays(platform: Platform) -> None:
    platform.load(
        *(Play(day, user_id="u1") for day in (FEB_1, JAN_10, JAN_31, MAR_5)),
        Play(JAN_31, user_id="u2", watch_seconds=29),
        Play(JAN_10, user_id="u2", watch_seconds=30),
        boxes=[BoxLog(day, "HNH1", watch_seconds=60) for day in (JAN_31, JAN_10, MAR_5)],
    )
    platform.refresh()
    platform.execute("CALL purge_day('2024-02-19')")
    assert platform.fetch(
        "SELECT customer_code, last_play_date_key, last_valid_play_date_key"
        " FROM purged_customer INNER JOIN dim_customer USING (customer_key) ORDER BY customer_code"
    ) == [("HNH1", 20240131, 20240131), ("u1", 20240201, 20240201), ("u2", 20240131, 20240110)]


def test_last_plays_of_purged_days_go_by_their_seconds(platform: Platform) -> None:
    seconds = {"H0": [0], "H1": [1], "H29": [29], "H30": [30], "H31": [15, 16]}
    platform.load(
        Play(JAN_10, user_id="u1", watch_seconds=30),
        Play(JAN_31, user_id="u1", watch_seconds=0),
        Play(FEB_1, user_id="u1"),
        Play(FEB_20, user_id="u2"),
        boxes=[
            *(
                BoxLog(JAN_31, code, watch_seconds=part)
                for code in seconds
                for part in seconds[code]
            ),
            *(BoxLog(JAN_31, "H31", "VOD", part) for part in (7, 8)),
            BoxLog(JAN_31, None),
            BoxLog(FEB_1, "H29"),
        ],
    )
    platform.refresh()
    purge(platform.settings, FEB_1)
    assert platform.fetch(
        "SELECT customer_code, last_play_date_key, last_valid_play_date_key"
        " FROM purged_customer INNER JOIN dim_customer USING (customer_key) ORDER BY customer_code"
    ) == [
        ("H1", 20240131, None),
        ("H29", 20240131, None),
        ("H30", 20240131, 20240131),
        ("H31", 20240131, 20240131),
        ("u1", 20240131, 20240110),
    ]


def test_month_whose_last_days_saw_nothing_goes_with_them(platform: Platform) -> None:
    platform.load(Play(JAN_10), Play(FEB_20))
    platform.refresh()
    purge(platform.settings, FEB_1)
    assert platform.mart("customer_360", "month_start") == [(FEB_1,)]


def test_last_day_alone_may_be_kept(old: Platform) -> None:
    purge(old.settings, MAR_5)
    assert old.mart("daily_statistics", "stat_date") == [(MAR_5,)]


def test_purge_that_was_killed_is_completed_by_its_repeat(old: Platform) -> None:
    old.execute("INSERT INTO purge_log VALUES ('2024-02-20', utc_timestamp(6))")
    old.execute("CALL purge_day('2024-01-10')")
    purge(old.settings, FEB_20)
    assert older_rows(old, 20240201) == {}
    assert old.mart("daily_statistics", "stat_date") == [(FEB_20,), (MAR_5,)]


def test_purge_is_logged_and_refuses_to_leave_nothing(old: Platform) -> None:
    purge(old.settings, FEB_1)
    runs = "SELECT outcome, row_count FROM refresh_log WHERE procedure_name = 'purge_before' ORDER BY refresh_id"
    assert old.fetch(runs) == [("done", 2)]
    with pytest.raises(VerifyError, match="no published day that has come would be left"):
        purge(old.settings, MAR_5 + timedelta(days=1))
    old.load(Play(date(2199, 1, 15)))
    old.refresh()
    with pytest.raises(VerifyError, match="no published day that has come would be left"):
        purge(old.settings, date(2099, 1, 1))
    with pytest.raises(VerifyError, match="no day was given"):
        old.execute("CALL purge_before(NULL)")
    assert [outcome for outcome, _ in old.fetch(runs)] == ["done", "failed", "failed", "failed"]
    assert old.fetch("SELECT max(purged_before) FROM purge_log") == [(FEB_1,)]


def test_marks_on_what_was_purged_go_with_it(old: Platform) -> None:
    kept = {("daily_statistics", 20240220), ("customer_month", 20240201)}
    gone = {
        ("daily_statistics", 20240219),
        ("daily_statistics", 20240131),
        ("customer_month", 20240101),
    }
    for mark in kept | gone:
        old.execute("INSERT INTO changed_day VALUES (%s, %s, utc_timestamp(6))", mark)
    purge(old.settings, FEB_20)
    assert set(old.fetch("SELECT aggregate_name, date_key FROM changed_day")) == kept


def test_plan_says_what_would_go(old: Platform) -> None:
    assert plan_purge(old.settings, FEB_1) == PurgePlan(FEB_1, 2, JAN_10, JAN_31)
    assert plan_purge(old.settings, JAN_10) == PurgePlan(JAN_10, 0, None, None)


def test_command_asks_and_says_what_went(
    old: Platform,
    monkeypatch: pytest.MonkeyPatch,
    svp: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ("warehouse", "purge", "--before", "2024-02-01")
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    assert svp(*arguments) == 2
    told = capsys.readouterr().err
    assert "This removes 2 days, 2024-01-10 to 2024-01-31" in told
    assert "add --yes" in told
    assert svp(*arguments, "--yes", "--json") == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["days"], facts["before"]) == (2, "2024-02-01")
    assert svp("warehouse", "export", "--from", "2024-01-10") == 2
    assert older_rows(old, 20240201) == {}


def test_subscriber_of_purged_days_still_pays_what_was_agreed_then(platform: Platform) -> None:
    platform.load(
        Play(JAN_10),
        Play(FEB_1),
        subscriptions=[SubscriptionEvent(at("2024-01-10 10:00"), amount_minor=900)],
    )
    platform.refresh()
    purge(platform.settings, FEB_1)
    upgrade = SubscriptionEvent(at("2024-02-15 10:00"), "upgrade", 300, plan="Premium")
    platform.load(subscriptions=[upgrade])
    platform.refresh()
    assert platform.mart("subscription_monthly", "month_start", "mrr_opening", "mrr_closing") == [
        (FEB_1, 9, 12)
    ]


def test_age_is_counted_from_the_last_day_with_events(
    old: Platform, svp: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert svp("warehouse", "purge", "--older-than", "33", "--yes", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["before"], shown["days"], shown["last"]) == ("2024-02-01", 2, "2024-01-31")


def test_purge_wants_a_day_or_an_age(
    old: Platform, svp: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert svp("warehouse", "purge", "--yes") == 2
    assert svp("warehouse", "purge", "--before", "2024-02-01", "--older-than", "3", "--yes") == 2
    assert "either --before or --older-than" in capsys.readouterr().err
