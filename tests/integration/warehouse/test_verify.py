"""The stores are compared day by day, and a difference in any of them is found."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest

from svp import cli
from svp.core.mongodb import open_database
from svp.errors import VerifyError
from tests.integration.warehouse.builders import Play, Rating, at
from warehouse import checks
from warehouse.checks import Difference, Totals, verify
from warehouse.export import export

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.warehouse.builders import Platform
    from warehouse.checks import Store
    from warehouse.sources import Sources

JAN_30, JAN_31, FEB_1 = date(2024, 1, 30), date(2024, 1, 31), date(2024, 2, 1)

STORES = (
    "PostgreSQL",
    "MongoDB",
    "MySQL fact_watch",
    "MySQL fact_playback",
    "MySQL statistics",
    "MySQL performance",
)


@pytest.fixture
def played(platform: Platform) -> Platform:
    """A play of a day and one over midnight, exported and refreshed."""
    over_midnight = Play(
        at("2024-01-31 23:50"), ends=at("2024-02-01 00:20"), watch_seconds=1000, session_id="night"
    )
    platform.load(Play(JAN_31), over_midnight)
    platform.refresh()
    return platform


def svp(platform: Platform, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run the command on the platform's workspace; return its exit code."""
    settings = platform.settings
    monkeypatch.setenv("SVP_HOME", str(settings.home))
    for name in ("postgres_url", "mongo_url", "mysql_url"):
        monkeypatch.setenv(f"SVP_{name.upper()}", getattr(settings, name))
    with pytest.raises(SystemExit) as ended:
        cli.main([*arguments, "--workspace", settings.workspace.name])
    return int(ended.value.code or 0)


def test_stores_agree_after_a_refresh(played: Platform) -> None:
    found = verify(played.settings)
    assert found.totals == dict.fromkeys(STORES, Totals(2, 1600))
    assert {day: set(said.values()) for day, said in found.by_day.items()} == {
        JAN_31: {Totals(2, 933)},
        FEB_1: {Totals(0, 667)},
    }
    assert (found.differences, found.pending) == ((), ())
    found.require_agreement()


def in_postgres(platform: Platform) -> None:
    platform.postgres(
        "UPDATE oltp.viewing_sessions SET watch_seconds = watch_seconds + 1 WHERE session_id <> 'night'"
    )


def in_mongodb(platform: Platform) -> None:
    settings = platform.settings
    with open_database(settings.url("mongo"), settings.workspace.mongo_database) as database:
        change = {"$inc": {"watch_seconds": 1, "days.0.watch_seconds": 1}}
        database["viewing_events"].update_one({"session_id": {"$ne": "night"}}, change)


def in_facts(platform: Platform) -> None:
    platform.execute(
        "UPDATE fact_watch SET watch_seconds = watch_seconds + 1 WHERE date_key = 20240131 LIMIT 1"
    )


def in_playback(platform: Platform) -> None:
    platform.execute(
        "UPDATE fact_playback SET watch_seconds = watch_seconds + 1 WHERE date_key = 20240131"
    )


def in_statistics(platform: Platform) -> None:
    platform.execute(
        "UPDATE agg_daily_statistics SET app_seconds = app_seconds + 1 WHERE date_key = 20240131"
    )


def in_performance(platform: Platform) -> None:
    platform.execute(
        "UPDATE agg_content_performance SET watch_seconds = watch_seconds + 1 WHERE date_key = 20240131"
    )


TAMPERINGS = (in_postgres, in_mongodb, in_facts, in_playback, in_statistics, in_performance)


@pytest.mark.parametrize(("tamper", "store"), list(zip(TAMPERINGS, STORES, strict=True)))
def test_one_second_more_is_found_in_each_store(
    played: Platform, tamper: Callable[[Platform], None], store: str
) -> None:
    tamper(played)
    found = verify(played.settings)
    said = {**dict.fromkeys(STORES, 933), store: 934}
    assert found.differences == (Difference(JAN_31, "watch_seconds", said),)
    with pytest.raises(
        VerifyError, match="disagree in 1 places, first watch_seconds of 2024-01-31"
    ):
        found.require_agreement()


def test_row_lost_in_one_store_is_found(played: Platform) -> None:
    played.execute("DELETE FROM fact_watch WHERE date_key = 20240201")
    differences = verify(played.settings).differences
    assert [(each.day, each.measure) for each in differences] == [(FEB_1, "watch_seconds")]


def test_days_that_are_not_published_are_pending_and_not_compared(played: Platform) -> None:
    played.load(Play(JAN_30))
    played.load(Play(FEB_1, user_id="u2"), is_complete=False)
    found = verify(played.settings)
    assert found.pending == (JAN_30, FEB_1)
    assert (list(found.by_day), found.differences) == ([JAN_31], ())


def test_days_that_are_exported_and_not_refreshed_are_pending(played: Platform) -> None:
    played.load(Play(JAN_30, user_id="u2"))
    export(played.settings)
    assert verify(played.settings).pending == (JAN_30,)


def test_day_with_ratings_alone_is_nothing_to_compare(platform: Platform) -> None:
    platform.load(ratings=[Rating(at("2024-01-31 10:00"))])
    platform.refresh()
    assert platform.mart("content_performance", "stat_date") == [(JAN_31,)]
    assert verify(platform.settings).is_empty


def test_day_that_an_ingest_changes_meanwhile_is_pending(
    played: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    # MongoDB is read after the snapshot of PostgreSQL, so it may say more, or less, than that.
    read = checks.mongodb_totals

    def read_beside_an_ingest(sources: Sources) -> Store:
        played.load(Play(JAN_31, session_id="night"), is_complete=False)
        return read(sources)

    monkeypatch.setattr(checks, "mongodb_totals", read_beside_an_ingest)
    found = verify(played.settings)
    assert (found.differences, found.pending) == ((), (JAN_31, FEB_1))


def test_tables_fit_80_columns_and_show_every_store(
    played: Platform, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    played.execute("UPDATE fact_watch SET watch_seconds = 2000000000 WHERE date_key = 20240131")
    monkeypatch.setattr("svp.cli.common.MAX_COLUMNS", 80)
    assert svp(played, monkeypatch, "verify", "--by-day") == 6
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 80
    assert "…" not in shown
    # Totals, two days, and the one difference.
    assert [shown.count(store) for store in STORES] == [4] * len(STORES)


def test_command_says_that_there_is_nothing_to_compare(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert svp(platform, monkeypatch, "verify") == 0
    assert "nothing to compare" in capsys.readouterr().out


def test_command_ends_with_6_where_stores_disagree(
    played: Platform, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert svp(played, monkeypatch, "verify", "--by-day") == 0
    assert "the stores agree on 2 days" in capsys.readouterr().out
    in_facts(played)
    assert svp(played, monkeypatch, "verify") == 6
    shown = capsys.readouterr().out
    assert "the stores disagree in 1 places" in shown
    assert max(map(len, shown.splitlines())) <= 100
    assert svp(played, monkeypatch, "verify", "--json") == 6
    told = json.loads(capsys.readouterr().out)
    assert told["agree"] is False
    assert told["differences"][0]["values"]["MySQL fact_watch"] == 934


def test_pending_days_fail_only_when_current_is_asked_for(
    played: Platform, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    played.load(Play(JAN_30))
    assert svp(played, monkeypatch, "verify") == 0
    assert svp(played, monkeypatch, "verify", "--current", "--json") == 6
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["pending"] == ["2024-01-30"]
