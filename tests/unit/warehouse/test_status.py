"""When an event runs next, and names of accounts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from svp.grants import MAX_ACCOUNT_CHARACTERS
from svp.settings import Workspace
from warehouse.reader import reader_name
from warehouse.schedule import OFTEN, SLACK, next_run, read_events


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("now", "every", "expected"),
    [
        ("2026-05-01 02:59:59", (1, "DAY"), "2026-05-01 03:00"),
        ("2026-05-01 03:00:00", (1, "DAY"), "2026-05-02 03:00"),
        ("2026-05-01 04:10:00", (15, "MINUTE"), "2026-05-01 04:15"),
        ("2025-12-24 00:00:00", (1, "DAY"), "2026-01-01 03:00"),  # it starts later
    ],
)
def test_next_run_is_the_first_time_of_the_schedule_after_now(
    now: str, every: tuple[int, str], expected: str
) -> None:
    assert next_run(utc(now), utc("2026-01-01 03:00"), *every) == utc(expected)


def test_next_run_is_not_guessed_for_months() -> None:
    assert next_run(utc("2026-05-01"), utc("2026-01-01"), 1, "MONTH") is None


@pytest.mark.parametrize("every_minutes", [5, 15, 60])
def test_event_that_stopped_is_overdue_at_every_moment_after_the_slack(
    monkeypatch: pytest.MonkeyPatch, every_minutes: int
) -> None:
    last_run_at = utc("2026-05-01 04:00:02")
    starts_at, changed_at = utc("2026-01-01 00:00"), utc("2026-02-01 00:00")
    times = (changed_at, starts_at, last_run_at)
    row = (OFTEN, "ENABLED", every_minutes, "MINUTE", "owner", *times, "")
    monkeypatch.setattr("warehouse.schedule.fetch", lambda *_: [row])
    missing_since = utc("2026-05-01 04:00") + timedelta(minutes=every_minutes) + SLACK
    connection: Any = None
    for minutes in range(180):
        now = last_run_at + timedelta(minutes=minutes)
        (event,) = read_events(connection, now)
        assert event.is_overdue(last_run_at) == (now >= missing_since), now


def test_reader_is_named_after_the_workspace() -> None:
    assert reader_name(Workspace("default")) == "svp_reader"
    assert reader_name(Workspace("demo")) == "svp_demo_reader"


def test_reader_of_a_long_workspace_has_a_name_that_fits_and_is_its_own() -> None:
    first, second = (reader_name(Workspace("a" * 30 + letter)) for letter in "ab")
    assert len(first) <= MAX_ACCOUNT_CHARACTERS
    assert first != second
