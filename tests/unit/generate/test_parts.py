"""The parts that everything else leans on: arguments, random numbers, clocks, months, names."""

from __future__ import annotations

from datetime import date
from inspect import ismodule

import numpy as np
import pytest

import svp.generate
from svp.errors import UsageError
from svp.generate import DEFAULT_START_ON, SCALES, Arguments
from svp.generate.arrays import Flags, identifiers, text_lists
from svp.generate.clocks import LocalClocks
from svp.generate.subscriptions import add_months
from svp.generate.words import make_name_pools


def instant(text: str) -> int:
    return int(np.datetime64(text, "us").astype(np.int64))


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("seed", -1, "seed -1 is below 0"),
        ("users", 0, "0 users"),
        ("titles", 19, "19 titles are too few"),
        ("days", 0, "0 days"),
        ("sessions_per_user", 0.0, "0.0 sessions a user"),
        ("sessions_per_user", float("nan"), "nan sessions a user"),
        ("sessions_per_user", float("inf"), "inf sessions a user"),
        ("start_on", date(1979, 12, 31), "out of range"),
        ("start_on", date(2199, 12, 31), "out of range"),
    ],
)
def test_arguments_out_of_range_are_refused(name: str, value: object, message: str) -> None:
    values = {**SCALES["tiny"].arguments().values(), name: value}
    with pytest.raises(UsageError, match=message):
        Arguments(**values)  # type: ignore[arg-type]  # (one is wrong on purpose)


def test_days_and_users_leave_the_plays_of_a_subscriber_as_they_are() -> None:
    tiny = SCALES["tiny"]
    assert tiny.arguments(days=15, users=9).sessions_per_user == tiny.sessions_per_user
    assert tiny.arguments(days=15, sessions_per_user=4).sessions_per_user == 4
    assert tiny.arguments().start_on == DEFAULT_START_ON == date(2025, 1, 1)


@pytest.mark.parametrize(
    ("begin", "months", "expected"),
    [
        ("2024-01-31T10:00:00", 1, "2024-02-29T10:00:00"),
        ("2023-01-31T10:00:00", 1, "2023-02-28T10:00:00"),
        ("2023-01-31T10:00:00", 2, "2023-03-31T10:00:00"),
        ("2023-11-15T23:59:59", 14, "2025-01-15T23:59:59"),
    ],
)
def test_months_keep_the_day_or_take_the_last_one(begin: str, months: int, expected: str) -> None:
    later = add_months(np.array([instant(begin)]), np.array([months]))
    assert later.tolist() == [instant(expected)]


@pytest.mark.parametrize(
    ("zone", "local_second", "expected"),
    [
        (0, 1 * 3600 + 30 * 60, "2025-03-09T06:30:00"),  # before the clocks go forward
        (0, 12 * 3600, "2025-03-09T16:00:00"),  # after
        (1, 1 * 3600, "2025-03-08T16:00:00"),  # Tokyo is a UTC day ahead
    ],
)
def test_local_clocks_follow_summer_time(zone: int, local_second: int, expected: str) -> None:
    day = int(np.datetime64("2025-03-09", "D").astype(np.int64))
    clocks = LocalClocks(("America/New_York", "Asia/Tokyo"), first_day=day, days=1)
    utc = clocks.to_utc(np.array([zone]), np.array([day]), np.array([local_second]))
    assert utc.tolist() == [instant(expected)]


def test_identifiers_are_padded_and_begin_with_one() -> None:
    assert identifiers("U", np.array([0, 99]), digits=4).to_pylist() == ["U0001", "U0100"]


def test_lists_hold_the_chosen_names() -> None:
    flags: Flags = np.array([[True, False, True], [False, False, False]])
    assert text_lists(("a", "b", "c"), flags).to_pylist() == [["a", "c"], []]
    codes = np.array([[2, 0, -1], [1, -1, -1]])
    assert text_lists(("a", "b", "c"), codes).to_pylist() == [["c", "a"], ["b"]]


def test_names_are_the_same_for_a_seed() -> None:
    assert make_name_pools(5) == make_name_pools(5)
    assert make_name_pools(5) != make_name_pools(6)


@pytest.mark.parametrize("name", ["tiny", "small"])
def test_scales_have_about_as_many_plays_as_they_say(
    request: pytest.FixtureRequest, name: str
) -> None:
    plays = len(request.getfixturevalue(name)["viewing_sessions"])
    assert plays == pytest.approx(SCALES[name].plays, rel=0.15)


def test_public_names_are_exactly_those_declared() -> None:
    members = vars(svp.generate).items()
    public = {name for name, value in members if not name.startswith("_") and not ismodule(value)}
    assert public - {"annotations"} == set(svp.generate.__all__)
