"""Days that are asked for come again whatever their version; a dry run tells which, and writes nothing."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.warehouse.builders import Play
from warehouse import export as exporting
from warehouse.export import StagedRun, export, refresh
from warehouse.plan import Scope, plan_export

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.warehouse.builders import Platform

JAN_30, JAN_31, FEB_1 = date(2024, 1, 30), date(2024, 1, 31), date(2024, 2, 1)
PLAYS = "SELECT date_key, sum(plays) FROM fact_watch GROUP BY date_key ORDER BY date_key"


@pytest.fixture
def played(platform: Platform) -> Platform:
    """Three days, exported and refreshed."""
    platform.load(Play(JAN_30), Play(JAN_31), Play(FEB_1))
    platform.refresh()
    return platform


def test_full_export_mends_what_was_damaged(played: Platform) -> None:
    before = played.fetch(PLAYS)
    played.execute("UPDATE fact_watch SET plays = 99")
    played.execute("UPDATE dim_customer SET country_key = 0")
    result = refresh(played.settings, scope=Scope(is_full=True))
    assert (result.days, result.dimensions) == (3, ("users", "titles"))
    assert played.fetch(PLAYS) == before
    assert played.mart("daily_statistics", "stat_date", "plays") == [
        (JAN_30, 1),
        (JAN_31, 1),
        (FEB_1, 1),
    ]
    assert played.mart("customer", "customer_code", "country")[1] == ("u1", "Norway")


def test_range_is_exported_again_and_nothing_else(played: Platform) -> None:
    played.execute("UPDATE fact_watch SET plays = 99")
    played.load(Play(FEB_1, user_id="u2"))
    result = export(played.settings, scope=Scope(first=JAN_31, last=JAN_31))
    assert (result.days, result.dimensions) == (1, ())
    assert played.fetch(PLAYS) == [(20240130, 99), (20240131, 1), (20240201, 99)]
    assert played.refresh().days == 1
    assert played.fetch(PLAYS)[2] == (20240201, 2)


def test_ingest_beside_a_full_export_loses_no_change(
    played: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage_days = exporting.stage_days

    def stage_beside_an_ingest(*arguments: Any) -> StagedRun:
        played.load(Play(JAN_31, user_id="u2"))
        return stage_days(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(exporting, "stage_days", stage_beside_an_ingest)
        assert refresh(played.settings, scope=Scope(is_full=True)).days == 2
    assert played.fetch(PLAYS)[1] == (20240131, 1)
    assert played.refresh().days == 1
    assert played.fetch(PLAYS)[1] == (20240131, 2)
    assert played.mart("device_quality", "stat_date", "plays")[1] == (JAN_31, 2)


def test_dry_run_tells_days_versions_and_dimensions_and_writes_nothing(played: Platform) -> None:
    played.load(Play(JAN_31, user_id="u2"))
    waiting = played.load(Play(FEB_1), is_complete=False)
    before = played.snapshot()
    logs = played.fetch("SELECT count(*) FROM export_log")
    plan = plan_export(played.settings)
    ((published,),) = played.fetch("SELECT version FROM published_day WHERE date_key = 20240131")
    (day,) = plan.days
    assert (day.name, day.published_version) == ("2024-01-31", published)
    assert day.version > published
    assert (plan.dimensions, plan.waiting) == ((), (FEB_1,))
    assert len(plan_export(played.settings, scope=Scope(is_full=True)).dimensions) == 2
    assert (played.snapshot(), played.fetch("SELECT count(*) FROM export_log")) == (before, logs)
    played.complete(waiting)
    assert played.refresh().days == 2


@pytest.mark.parametrize("command", ["export", "refresh"])
def test_command_plans_a_range(
    played: Platform,
    svp: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    command: str,
) -> None:
    arguments = ("warehouse", command, "--from", "2024-01-31", "--dry-run")
    assert svp(*arguments, "--json") == 0
    plan = json.loads(capsys.readouterr().out)
    assert [day["name"] for day in plan["days"]] == ["2024-01-31", "2024-02-01"]
    assert svp(*arguments) == 0
    shown = capsys.readouterr().out
    assert "2 days and 0 dimensions would be published; nothing was written" in shown
    assert svp(*arguments, "--full") == 2
    assert svp("warehouse", command, "--from", "2024-01-31") == 0
