"""Events run when people chose, a reinstall keeps that, and what does not run is named."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import warehouse.schema
from svp.core.mysql import open_connection
from tests.integration.warehouse.builders import Play, User
from warehouse.connections import execute
from warehouse.status import read_status

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tests.integration.warehouse.builders import Platform

JAN_31 = date(2024, 1, 31)


def in_days(days: int) -> datetime:
    """Return a time to come, as the server gives it."""
    return datetime.now(tz=UTC).replace(tzinfo=None) + timedelta(days=days)


def test_chosen_times_are_shown_and_outlive_a_reinstall(
    platform: Platform, svp: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert svp("warehouse", "schedule", "set") == 2
    arguments = ("warehouse", "schedule", "set", "--at", "04:30", "--every", "20")
    assert svp(*arguments) == 0
    platform.execute("UPDATE schema_object SET checksum = 'old' WHERE kind = 'event'")
    warehouse.schema.install(platform.settings)
    capsys.readouterr()
    assert svp("warehouse", "schedule", "show", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    daily, often = shown["events"]
    assert (daily["every"], daily["next_run_at"][11:], daily["is_enabled"]) == (
        "1 DAY",
        "04:30:00",
        True,
    )
    assert (often["every"], often["is_enabled"]) == ("20 MINUTE", True)
    name = platform.settings.workspace.name
    assert f"--workspace {name} warehouse refresh" in shown["cron"]
    assert "30 2 * * * " in shown["cron"]
    assert "OnCalendar=*-*-* 02:30:00 UTC" in shown["systemd"]


def test_events_have_their_times_until_somebody_chooses_others(platform: Platform) -> None:
    events = (
        "SELECT event_name, interval_value, interval_field, time(starts), status"
        " FROM information_schema.events WHERE event_schema = schema() ORDER BY 1"
    )
    assert platform.fetch(events) == [
        ("refresh_changed_days_every_day", "1", "DAY", timedelta(hours=3), "ENABLED"),
        ("refresh_changed_days_often", "15", "MINUTE", timedelta(minutes=7), "DISABLED"),
    ]


def test_off_is_a_problem_until_on(platform: Platform, svp: Callable[..., int]) -> None:
    assert svp("warehouse", "schedule", "off") == 0
    assert svp("warehouse", "status") == 6
    assert svp("warehouse", "schedule", "on") == 0
    assert svp("warehouse", "status") == 0


EVENTS = (
    "SELECT event_name, interval_value, interval_field, starts, status, event_comment"
    " FROM information_schema.events WHERE event_schema = schema() ORDER BY 1"
)


def states(platform: Platform) -> list[object]:
    """Return whether each event is enabled, the daily one first."""
    return [row[4] for row in platform.fetch(EVENTS)]


def test_on_brings_back_what_off_took(platform: Platform, run: Callable[..., None]) -> None:
    run("warehouse", "schedule", "set", "--at", "04:30", "--every", "20")
    before = platform.fetch(EVENTS)
    for _ in range(2):
        run("warehouse", "schedule", "off")
        assert states(platform) == ["DISABLED", "DISABLED"]
    platform.execute("UPDATE schema_object SET checksum = 'old' WHERE kind = 'event'")
    warehouse.schema.install(platform.settings)
    run("warehouse", "schedule", "on")
    assert platform.fetch(EVENTS) == before


def test_on_does_not_enable_what_was_not(platform: Platform, run: Callable[..., None]) -> None:
    before = platform.fetch(EVENTS)
    for switch in ("off", "on", "on"):
        run("warehouse", "schedule", switch)
    assert platform.fetch(EVENTS) == before
    run("warehouse", "schedule", "set", "--every", "20")
    run("warehouse", "schedule", "off")
    run("warehouse", "schedule", "set", "--every", "30")
    assert states(platform) == ["DISABLED", "ENABLED"]
    platform.execute("ALTER EVENT refresh_changed_days_often DISABLE")
    run("warehouse", "schedule", "on")
    assert states(platform) == ["ENABLED", "DISABLED"]


def test_event_that_should_have_run_is_named(platform: Platform) -> None:
    platform.refresh()
    assert read_status(platform.settings).problems == ()
    (problem,) = read_status(platform.settings, now=in_days(2)).problems
    assert "refresh_changed_days_every_day was due at" in problem
    assert "is its definer" in problem


def test_export_is_overdue_when_days_wait_for_more_than_a_day(platform: Platform) -> None:
    platform.load(Play(JAN_31))
    platform.refresh()
    platform.execute("ALTER EVENT refresh_changed_days_every_day ON SCHEDULE EVERY 1 MONTH")
    assert read_status(platform.settings, now=in_days(2)).problems == ()
    platform.load(Play(JAN_31))
    assert read_status(platform.settings).problems == ()
    (problem,) = read_status(platform.settings, now=in_days(2)).problems
    assert problem.startswith("the export is overdue")


def test_first_export_is_overdue_a_day_after_the_first_load(platform: Platform) -> None:
    assert platform.fetch("SELECT * FROM export_log") == []
    platform.execute("ALTER EVENT refresh_changed_days_every_day ON SCHEDULE EVERY 1 MONTH")
    assert read_status(platform.settings, now=in_days(1)).problems == ()
    (problem,) = read_status(platform.settings, now=in_days(2)).problems
    assert problem.startswith("the export is overdue, there never was one")


def test_nothing_is_overdue_before_the_first_load(empty_platform: Platform) -> None:
    empty_platform.execute("ALTER EVENT refresh_changed_days_every_day ON SCHEDULE EVERY 1 MONTH")
    assert read_status(empty_platform.settings, now=in_days(2)).problems == ()


def test_users_that_wait_make_the_export_overdue_as_days_do(platform: Platform) -> None:
    platform.refresh()
    platform.execute("ALTER EVENT refresh_changed_days_every_day ON SCHEDULE EVERY 1 MONTH")
    platform.load(users=[User("u4")])
    (problem,) = read_status(platform.settings, now=in_days(2)).problems
    assert problem.startswith("the export is overdue, the last was at")


def test_scheduler_that_is_off_is_named_until_it_is_on(
    platform: Platform, administrator_url: str, svp: Callable[..., int]
) -> None:
    with open_connection(administrator_url) as administrator:
        execute(administrator, "SET GLOBAL event_scheduler = OFF")
        try:
            (problem,) = read_status(platform.settings).problems
            assert problem.startswith("event_scheduler is OFF")
            assert svp("warehouse", "status") == 6
        finally:
            execute(administrator, "SET GLOBAL event_scheduler = ON")
    assert svp("warehouse", "status") == 0
