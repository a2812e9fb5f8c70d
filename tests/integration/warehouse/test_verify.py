"""The stores are compared day by day, and a difference in any of them is found."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from svp.core.mongodb import open_database
from svp.errors import VerifyError
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
    at,
)
from warehouse.checks import verify
from warehouse.export import export
from warehouse.measures import MEASURES
from warehouse.purge import purge
from warehouse.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tests.integration.warehouse.builders import Platform
    from warehouse.checks import Comparison, Difference

JAN_30, JAN_31, FEB_1 = date(2024, 1, 30), date(2024, 1, 31), date(2024, 2, 1)

APPLICATIONS = {1: "CHILD", 2: "VOD", 3: "RELAX", 4: "SPORT", 5: "CHANNEL", 0: "GAME"}
"""One of each category, by its key."""

CATEGORIES = {1: "child", 2: "movie", 3: "relax", 4: "sport", 5: "tv", 0: "unknown"}

EVENT = """
INSERT INTO oltp.subscription_events (
    source, subscription_event_id, user_key, event_type, new_plan, amount_minor, currency, occurred_at,
    row_hash, load_id
)
SELECT 'demo', 'e1', user_key, 'start', 'Basic', 999, 'EUR', '2024-01-31 12:00Z', row_hash, load_id
FROM oltp.users WHERE user_id = 'u1'
"""


@pytest.fixture
def played(platform: Platform) -> Platform:
    """A play of a day and one over midnight, exported and refreshed."""
    over_midnight = Play(
        at("2024-01-31 23:50"), ends=at("2024-02-01 00:20"), watch_seconds=1000, session_id="night"
    )
    platform.load(Play(JAN_31, session_id="day"), over_midnight)
    platform.refresh()
    return platform


@pytest.fixture
def busy(platform: Platform) -> Platform:
    """A day with something of every measure, exported and refreshed; u1 and u2 are one customer.

    Boxes have nobody's time beside a customer's, and somebody who watched nothing.
    """
    noon = at("2024-01-31 12:00")
    plays = [Play(JAN_31, f"u{n}", session_id=f"s{n}", is_complete=n == 1) for n in (1, 2, 3)]
    series = Play(JAN_31, "u2", "t2", session_id="s4", is_complete=True, device_type="Phone")
    platform.load(
        *plays,
        series,
        users=[User("u1", contract_code="HNH1"), User("u2", contract_code="HNH1")],
        titles=[Title("t2", content_type="series")],
        ratings=[Rating(noon)],
        searches=[Search(noon, clicked="t1")],
        attempts=[Attempt(noon), Attempt(noon, plays[0])],
        app_events=[AppEvent(noon), AppEvent(noon, platform="iOS", country=None)],
        boxes=[
            BoxLog(JAN_31, contract, application, seconds)
            for application in APPLICATIONS.values()
            for contract, seconds in (("HNH1", 60), (None, 30), ("HNH9", 0))
        ],
    )
    platform.postgres(EVENT)
    platform.refresh()
    return platform


def by_day(found: Comparison, measure: str) -> Mapping[date, set[int]]:
    """Return what the tables that hold a measure say of each day."""
    (compared,) = (each for each in found.measures if each.measure.name == measure)
    return {
        day: {total for tables in said.values() for total in tables.values()}
        for day, said in compared.by_day.items()
    }


def places(differences: Sequence[Difference]) -> list[tuple[date, str]]:
    return [(each.day, each.measure) for each in differences]


def test_stores_agree_after_a_refresh(played: Platform) -> None:
    found = verify(played.settings)
    assert by_day(found, "plays") == {JAN_31: {2}}
    assert by_day(found, "watch_seconds") == {JAN_31: {933}, FEB_1: {667}}
    assert by_day(found, "app_customers") == {JAN_31: {1}, FEB_1: {1}}
    assert by_day(found, "new_customers") == {JAN_31: {1}}
    assert (found.differences, bool(found.pending)) == ((), False)
    found.require_agreement()


def test_every_measure_is_compared_on_a_busy_day(busy: Platform) -> None:
    found = verify(busy.settings)
    assert found.differences == ()
    assert {each.measure.name: by_day(found, each.measure.name) for each in found.measures} == {
        "plays": {JAN_31: {4}},
        "known_completion_plays": {JAN_31: {4}},
        "complete_plays": {JAN_31: {2}},
        "watch_seconds": {JAN_31: {2400}},
        "box_seconds": {JAN_31: {540}},
        **{f"{name}_seconds": {JAN_31: {90}} for name in ("child", "relax", "sport", "unknown")},
        "movie_seconds": {JAN_31: {1890}},
        "tv_seconds": {JAN_31: {690}},
        "app_users": {JAN_31: {3}},
        "app_customers": {JAN_31: {2}},
        "box_customers": {JAN_31: {1}},
        "active_customers": {JAN_31: {2}},
        "new_customers": {JAN_31: {2}},
        "ratings": {JAN_31: {1}},
        "stars": {JAN_31: {4}},
        "searches": {JAN_31: {1}},
        "clicked_searches": {JAN_31: {1}},
        "attempts": {JAN_31: {2}},
        "app_events": {JAN_31: {2}},
        "subscription_events": {JAN_31: {1}},
        "charged_minor_units": {JAN_31: {999}},
    }


def test_every_measure_adds_up_rows_and_leaves_out_who_had_nothing(platform: Platform) -> None:
    noon, nobody = at("2024-01-31 12:00"), BoxLog(JAN_31, None, "CHILD", watch_seconds=5)
    seconds = {"HNH1": 60, "HNH2": 40, "HNH3": 0, "HNH4": 1}
    plays = [
        Play(
            JAN_31, user_id, watch_seconds=played, is_complete=is_complete, session_id=f"s{played}"
        )
        for user_id, played, is_complete in (
            ("u1", 300, True),
            ("u1", 200, None),
            ("u2", 0, None),
            ("u3", 500, True),
            ("u4", 1, False),
        )
    ]
    platform.load(
        *plays,
        users=[User(f"u{number}") for number in range(1, 5)],
        ratings=[Rating(noon, stars=4), Rating(noon, "u2", stars=1), Rating(noon, "u3", stars=2)],
        searches=[Search(noon, clicked="t1"), Search(noon, "u2"), Search(noon, "u3", clicked="t1")],
        attempts=[
            Attempt(noon, plays[0]),
            Attempt(noon, user_id="u2"),
            Attempt(noon, user_id="u3"),
        ],
        app_events=[AppEvent(noon), AppEvent(noon, "u2"), AppEvent(noon, platform="iOS")],
        boxes=[
            nobody,
            *(
                BoxLog(JAN_31, contract, name, watch_seconds=watched)
                for name in APPLICATIONS.values()
                for contract, watched in seconds.items()
            ),
        ],
        subscriptions=[
            SubscriptionEvent(noon, "start", 999, user_id="u1"),
            SubscriptionEvent(noon, "start", 501, user_id="u2"),
        ],
    )
    platform.refresh()
    found = verify(platform.settings)
    assert found.differences == ()
    assert {each.measure.name: by_day(found, each.measure.name) for each in found.measures} == {
        "plays": {JAN_31: {5}},
        "known_completion_plays": {JAN_31: {3}},
        "complete_plays": {JAN_31: {2}},
        "watch_seconds": {JAN_31: {1001}},
        "box_seconds": {JAN_31: {611}},
        "child_seconds": {JAN_31: {106}},
        **{f"{name}_seconds": {JAN_31: {101}} for name in ("relax", "sport", "tv", "unknown")},
        "movie_seconds": {JAN_31: {1102}},
        "app_users": {JAN_31: {3}},
        "app_customers": {JAN_31: {3}},
        "box_customers": {JAN_31: {3}},
        "active_customers": {JAN_31: {6}},
        "new_customers": {JAN_31: {6}},
        "ratings": {JAN_31: {3}},
        "stars": {JAN_31: {7}},
        "searches": {JAN_31: {3}},
        "clicked_searches": {JAN_31: {2}},
        "attempts": {JAN_31: {3}},
        "app_events": {JAN_31: {3}},
        "subscription_events": {JAN_31: {2}},
        "charged_minor_units": {JAN_31: {1500}},
    }


@dataclass(frozen=True)
class Tampering:
    """A change of a row under some measures of one table, and what takes it back."""

    table: str
    measures: Sequence[str]
    apply: Callable[[Platform], None]
    undo: Callable[[Platform], None]


def in_warehouse(table: str, measures: Sequence[str], change: str, undo: str) -> Tampering:
    return Tampering(table, measures, lambda p: p.execute(change), lambda p: p.execute(undo))


def one_more(table: str, column: str, *measures: str, where: str = "") -> Tampering:
    """Add 1 to the first row of the day."""
    change = (
        f"UPDATE {table} SET {column} = {column} %s 1 WHERE date_key = 20240131 {where} LIMIT 1"
    )
    return in_warehouse(table, measures or (column,), change % "+", change % "-")


def nobody(table: str, measure: str, where: str = "") -> Tampering:
    """Take the playing time from everybody: below 0 nobody is active."""
    change = f"UPDATE {table} SET watch_seconds = -watch_seconds WHERE date_key = 20240131 {where}"
    return in_warehouse(table, (measure,), change, change)


def in_postgres(table: str, measures: Sequence[str], change: str, undo: str) -> Tampering:
    return Tampering(table, measures, lambda p: p.postgres(change), lambda p: p.postgres(undo))


def lost(table: str, *measures: str, where: str = "TRUE") -> Tampering:
    """Give rows to a load that never completed."""
    change = f"UPDATE oltp.{table} SET load_id = load_id %s 1 WHERE {where}"
    return in_postgres(table, measures, change % "+", change % "-")


def in_mongodb(
    collection: str,
    measures: Sequence[str],
    chosen: Mapping[str, Any],
    change: Mapping[str, Any],
    undo: Mapping[str, Any],
) -> Tampering:
    def update(platform: Platform, operators: Mapping[str, Any]) -> None:
        settings = platform.settings
        name = settings.workspace.mongo_database
        with open_database(settings.url("mongo"), name) as database:
            database[collection].update_many(chosen, operators)

    return Tampering(collection, measures, lambda p: update(p, change), lambda p: update(p, undo))


S1 = {"session_id": "s1"}

PLAY_COUNTS = ("plays", "known_completion_plays", "complete_plays")

TAMPERINGS = (
    lost(
        "viewing_sessions",
        *("plays", "known_completion_plays", "watch_seconds", "app_users", "app_customers"),
        where="session_id = 's3'",
    ),
    in_postgres(
        "viewing_sessions",
        ("complete_plays",),
        *("UPDATE oltp.viewing_sessions SET is_complete = NOT is_complete WHERE session_id = 's1'",)
        * 2,
    ),
    lost("ratings", "ratings"),
    in_postgres(
        "ratings",
        ("stars",),
        "UPDATE oltp.ratings SET stars = stars + 1",
        "UPDATE oltp.ratings SET stars = stars - 1",
    ),
    lost("search_queries", "searches"),
    in_postgres(
        "search_queries",
        ("clicked_searches",),
        "UPDATE oltp.search_queries SET clicked_content_key = NULL",
        "UPDATE oltp.search_queries SET clicked_content_key ="
        " (SELECT content_key FROM oltp.content WHERE content_id = 't1')",
    ),
    lost("playback_attempts", "attempts", where="outcome = 'failed'"),
    lost("subscription_events", "subscription_events", "charged_minor_units"),
    in_mongodb(
        "viewing_events",
        PLAY_COUNTS,
        S1,
        {"$set": {"first_frame_at": None}},
        {"$set": {"first_frame_at": at("2024-01-31")}},
    ),
    in_mongodb(
        "viewing_events",
        ("watch_seconds", "app_users"),
        S1,
        {"$mul": {"watch_seconds": 0, "days.0.watch_seconds": 0}},
        {"$set": {"watch_seconds": 600, "days.0.watch_seconds": 600}},
    ),
    in_mongodb(
        "viewing_events",
        ("attempts",),
        S1,
        {"$unset": {"player": 1}},
        {"$set": {"player": {"attempt_id": "a1", "outcome": "played"}}},
    ),
    in_postgres(
        "box_days",
        ("box_seconds", "box_customers"),
        "INSERT INTO oltp.box_days SELECT 's', '2024-01-31', 1, 5, 9, min(load_id) FROM ops.load",
        "DELETE FROM oltp.box_days",
    ),
    in_mongodb(
        "box_logs",
        ("box_seconds",),
        {"application": "VOD"},
        {"$inc": {"watch_seconds": 1}},
        {"$inc": {"watch_seconds": -1}},
    ),
    in_mongodb(
        "box_logs",
        ("box_customers",),
        {},
        {"$set": {"quality_flags": ["no_contract"]}},
        {"$set": {"quality_flags": []}},
    ),
    in_mongodb(
        "app_events",
        ("app_events",),
        {"platform": "iOS"},
        {"$inc": {"load_id": 1}},
        {"$inc": {"load_id": -1}},
    ),
    one_more("fact_event_activity", "events", "app_events"),
    *(one_more("fact_watch", name) for name in (*PLAY_COUNTS, "watch_seconds")),
    nobody("fact_watch", "app_customers"),
    *(one_more("fact_playback", name) for name in (*PLAY_COUNTS, "watch_seconds")),
    *(one_more("fact_hour", name) for name in ("plays", "watch_seconds")),
    one_more(
        "fact_category_seconds", "watch_seconds", "watch_seconds", where="AND watch_source_key = 1"
    ),
    one_more(
        "fact_category_seconds", "watch_seconds", "box_seconds", where="AND watch_source_key = 2"
    ),
    *(
        one_more(
            "fact_category_seconds",
            "watch_seconds",
            f"{category}_seconds",
            where=f"AND watch_source_key = 2 AND category_key = {key}",
        )
        for key, category in CATEGORIES.items()
    ),
    nobody("fact_category_seconds", "app_customers", "AND watch_source_key = 1"),
    nobody("fact_category_seconds", "box_customers", "AND watch_source_key = 2"),
    nobody("fact_category_seconds", "active_customers"),
    one_more("fact_box_watch", "watch_seconds", "box_seconds"),
    nobody("fact_box_watch", "box_customers"),
    *(
        in_warehouse(
            "categorised_watch",
            (f"{category}_seconds",),
            f"UPDATE dim_application SET category_key = {(key + 1) % 6} WHERE application = '{APPLICATIONS[key]}'",
            f"UPDATE dim_application SET category_key = {key} WHERE application = '{APPLICATIONS[key]}'",
        )
        for key, category in CATEGORIES.items()
    ),
    one_more("fact_rating", "ratings"),
    one_more("fact_rating", "stars"),
    one_more("fact_search", "searches"),
    one_more("fact_search", "clicked_searches"),
    one_more("fact_attempt", "attempts"),
    in_warehouse(
        "fact_subscription_event",
        ("subscription_events",),
        "UPDATE fact_subscription_event SET date_key = 20240201",
        "UPDATE fact_subscription_event SET date_key = 20240131",
    ),
    one_more("fact_subscription_event", "amount_minor", "charged_minor_units"),
    in_warehouse(
        "customer_first_day",
        ("new_customers",),
        "UPDATE customer_first_day SET first_date_key = 20240201",
        "UPDATE customer_first_day SET first_date_key = 20240131",
    ),
    one_more("agg_daily_statistics", "app_seconds", "watch_seconds"),
    one_more("agg_daily_statistics", "set_top_box_seconds", "box_seconds"),
    *(
        one_more("agg_daily_statistics", name)
        for name in (
            *PLAY_COUNTS,
            *(f"{category}_seconds" for category in CATEGORIES.values()),
            "active_customers",
            "new_customers",
        )
    ),
    *(
        one_more("agg_content_performance", name)
        for name in (*PLAY_COUNTS, "watch_seconds", "ratings", "stars")
    ),
    *(one_more("agg_format_engagement", name) for name in (*PLAY_COUNTS, "watch_seconds")),
    *(one_more("agg_region_hour", name) for name in ("plays", "watch_seconds")),
)


def test_every_measure_is_tampered_with_in_every_table() -> None:
    tampered = {(name, each.table) for each in TAMPERINGS for name in each.measures}
    assert tampered == {
        (measure.name, table)
        for measure in MEASURES
        if measure.is_compared
        for tables in measure.tables.values()
        for table in tables
    }


def test_changed_row_is_found_in_every_table_and_measure(busy: Platform) -> None:
    busy.load(is_complete=False)
    before = figures(verify(busy.settings))
    for each in TAMPERINGS:
        each.apply(busy)
        found = verify(busy.settings)
        after = figures(found)
        for measure in each.measures:
            changed = {
                (day, table)
                for day, table, name in after
                if name == measure and after[day, table, name] != before.get((day, table, name), 0)
            }
            assert {table for _, table in changed} == {each.table}, (each.table, measure)
            assert measure in {measure for _, measure in places(found.differences)}
        each.undo(busy)
    assert figures(verify(busy.settings)) == before


def figures(found: Comparison) -> dict[tuple[date, str, str], int]:
    """Return every figure by day, table and measure."""
    return {
        (day, table, each.measure.name): total
        for each in found.measures
        for day, said in each.by_day.items()
        for tables in said.values()
        for table, total in tables.items()
    }


def test_difference_says_what_each_store_says(played: Platform) -> None:
    played.execute("UPDATE fact_playback SET watch_seconds = 934 WHERE date_key = 20240131")
    found = verify(played.settings)
    assert places(found.differences) == [(JAN_31, "watch_seconds")]
    values = found.differences[0].values
    assert values["PostgreSQL"] == {"viewing_sessions": 933}
    assert values["MySQL facts"] == {
        "fact_watch": 933,
        "fact_playback": 934,
        "fact_hour": 933,
        "fact_category_seconds": 933,
    }
    with pytest.raises(
        VerifyError, match="disagree in 1 places, first watch_seconds of 2024-01-31"
    ):
        found.require_agreement()


@pytest.fixture
def paid(platform: Platform) -> Platform:
    """A subscription in dollars and one in yen, which no rate converts, over two months."""
    platform.load(
        subscriptions=[
            SubscriptionEvent(at("2024-01-31 12:00"), "start", 1000),
            SubscriptionEvent(at("2024-02-01 12:00"), "start", 900, "JPY", "u2"),
        ]
    )
    platform.refresh()
    return platform


def test_months_whose_bridges_do_not_balance_are_a_disagreement(
    paid: Platform, svp: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert svp("verify") == 0
    paid.execute("UPDATE agg_subscription_monthly SET new_minor = 7 WHERE month_key = 20240101")
    with pytest.raises(VerifyError, match="1 bridges do not balance, first closing MRR"):
        verify(paid.settings).require_agreement()
    capsys.readouterr()
    assert svp("verify") == 6
    shown = capsys.readouterr().out
    assert "the stores agree on 2 days; 1 bridges do not balance" in shown
    assert "2024-01-01" in shown
    assert svp("verify", "--json") == 6
    told = json.loads(capsys.readouterr().out)
    (bridge,) = told["unbalanced"]
    assert told["agree"] is False
    assert bridge == {
        "month_start": "2024-01-01",
        "measure": "closing MRR in minor units",
        "expected": 7,
        "found": 1000,
    }


def test_month_that_waits_for_a_refresh_may_be_unbalanced(paid: Platform) -> None:
    paid.execute("UPDATE agg_subscription_monthly SET new_minor = 7 WHERE month_key = 20240101")
    paid.load(subscriptions=[SubscriptionEvent(at("2024-01-31 13:00"), "start", 500, user_id="u3")])
    export(paid.settings)
    assert verify(paid.settings).is_right
    paid.refresh()
    assert verify(paid.settings).is_right


def test_first_month_after_a_purge_opens_with_what_was_before(paid: Platform) -> None:
    purge(paid.settings, FEB_1)
    assert paid.fetch("SELECT opening_subscribers FROM agg_subscription_monthly") == [(1,)]
    assert verify(paid.settings).unbalanced == ()


def test_currencies_without_a_rate_are_named_and_no_disagreement(
    paid: Platform, svp: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert svp("verify", "--current") == 0
    assert "1 prices in JPY have no rate into USD, the first from 2024-02-01" in (
        capsys.readouterr().out
    )
    assert [each.currency for each in verify(paid.settings).rateless] == ["JPY"]


def test_row_lost_in_one_store_is_found(played: Platform) -> None:
    played.execute("DELETE FROM fact_playback WHERE date_key = 20240201")
    assert places(verify(played.settings).differences) == [(FEB_1, "watch_seconds")]


def test_days_that_are_not_published_are_pending_and_not_compared(played: Platform) -> None:
    played.load(Play(JAN_30))
    played.load(Play(FEB_1, user_id="u2"), is_complete=False)
    found = verify(played.settings)
    assert found.pending.days == (JAN_30, FEB_1)
    assert (set(found.days), found.differences) == ({JAN_31}, ())


def test_days_that_are_exported_and_not_refreshed_are_pending(played: Platform) -> None:
    played.load(Play(JAN_30, user_id="u2"))
    export(played.settings)
    assert verify(played.settings).pending.days == (JAN_30,)


def test_customers_are_compared_again_once_changed_users_are_exported(played: Platform) -> None:
    played.load(Play(JAN_30, user_id="u2"))
    played.refresh()
    households = [User("u1", contract_code="HNH1"), User("u2", contract_code="HNH1")]
    played.load(users=households)
    found = verify(played.settings)
    waiting = [each.measure.name for each in found.measures if each.is_waiting]
    assert (found.pending.marks, waiting, found.differences) == (("users",), ["app_customers"], ())
    played.refresh()
    found = verify(played.settings)
    assert (bool(found.pending), found.differences) == (False, ())


def test_day_with_ratings_alone_is_compared(platform: Platform) -> None:
    platform.load(ratings=[Rating(at("2024-01-31 10:00"))])
    platform.refresh()
    found = verify(platform.settings)
    assert (set(found.days), found.differences) == ({JAN_31}, ())


def test_day_that_an_ingest_changes_meanwhile_is_pending(
    played: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    # MongoDB is read after the snapshot of PostgreSQL, so it may say more, or less, than that.
    read = Sources.document_totals

    def read_beside_an_ingest(
        sources: Sources, collection: str, loads: Sequence[int]
    ) -> Iterator[Mapping[str, Any]]:
        if collection == "viewing_events":
            played.load(Play(JAN_31, session_id="night"), is_complete=False)
        return read(sources, collection, loads)

    monkeypatch.setattr(Sources, "document_totals", read_beside_an_ingest)
    found = verify(played.settings)
    assert (found.differences, found.pending.days) == ((), (JAN_31, FEB_1))


@pytest.mark.parametrize("columns", [80, 100])
def test_tables_fit_and_show_every_measure(
    busy: Platform,
    monkeypatch: pytest.MonkeyPatch,
    svp: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    columns: int,
) -> None:
    busy.execute("UPDATE fact_playback SET watch_seconds = 1000000000 WHERE plays > 0")
    monkeypatch.setattr("svp.cli.common.MAX_COLUMNS", columns)
    assert svp("verify", "--by-day") == 6
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= columns
    assert "…" not in shown
    assert "2,000,000,000" in shown
    assert shown.count("not held") > len(MEASURES)
    assert "the stores disagree in 1 places" in shown


def test_command_says_that_there_is_nothing_to_compare(
    platform: Platform, svp: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert svp("verify") == 0
    assert "nothing to compare" in capsys.readouterr().out


def test_command_ends_with_6_where_stores_disagree(
    played: Platform, svp: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert svp("verify", "--by-day") == 0
    assert "the stores agree on 2 days" in capsys.readouterr().out
    played.execute("UPDATE fact_playback SET watch_seconds = 934 WHERE date_key = 20240131")
    assert svp("verify", "--json", "--by-day") == 6
    told = json.loads(capsys.readouterr().out)
    assert told["agree"] is False
    assert told["differences"][0]["values"]["MySQL facts"]["fact_playback"] == 934
    verdicts = {each["measure"]: each["verdict"] for each in told["measures"]}
    assert (verdicts["watch_seconds"], verdicts["plays"], verdicts["stars"]) == (
        "differ",
        "agree",
        "-",
    )


def test_pending_days_fail_only_when_current_is_asked_for(
    played: Platform, svp: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    played.load(Play(JAN_30))
    assert svp("verify") == 0
    assert svp("verify", "--current", "--json") == 6
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["pending"] == ["2024-01-30"]
