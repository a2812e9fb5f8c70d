"""Who came and what they watched, against plain Python over the plays that were loaded."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.integration.warehouse.builders import Play, User

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.integration.warehouse.builders import Platform

JAN_1 = date(2024, 1, 1)

ACTIVE_USERS = ("stat_date", "dau", "wau", "mau", "stickiness")


def day(number: int) -> date:
    """Return a day by its distance from January 1st."""
    return JAN_1 + timedelta(days=number)


def percent(part: int, whole: int) -> Decimal | None:
    """Return a rate as marts give it: 0 to 100, two decimals, None of nothing."""
    if not whole:
        return None
    return (Decimal(100) * part / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)


def active_users(plays: Iterable[Play], published: Iterable[date]) -> list[tuple[object, ...]]:
    """Count who had playing time in each window, a set at a time; plays without midnight between."""
    plays = list(plays)

    def active(last: date, days: int) -> int:
        window = (last - timedelta(days=days - 1), last)
        return len(
            {
                play.user_id
                for play in plays
                if play.watch_seconds > 0 and window[0] <= play.started_on <= window[1]
            }
        )

    counted = ((on, active(on, 1), active(on, 7), active(on, 30)) for on in sorted(published))
    return [(on, dau, wau, mau, percent(dau, mau)) for on, dau, wau, mau in counted]


@pytest.fixture
def crowd(platform: Platform) -> Platform:
    """A platform of 12 users."""
    platform.load(users=[User(f"u{n}") for n in range(12)])
    return platform


def some_plays(seed: int, *, days: int, count: int) -> list[Play]:
    """Return plays of a crowd, each day at least one; some are of nothing."""
    random = Random(seed)  # noqa: S311  (a test's plays)
    on = [*range(days), *(random.randrange(days) for _ in range(count - days))]
    return [
        Play(
            day(number),
            user_id=f"u{min(random.randrange(30), 11)}",
            watch_seconds=random.choice((0, 60, 600)),
        )
        for number in on
    ]


def test_active_users_are_distinct_over_7_and_30_days(crowd: Platform) -> None:
    plays = some_plays(1, days=70, count=90)
    crowd.load(*plays)
    crowd.refresh()
    expected = active_users(plays, {play.started_on for play in plays})
    assert crowd.mart("active_users", *ACTIVE_USERS) == expected
    assert len({mau for *_, mau, _ in expected}) > 3


def test_windows_end_after_7_and_30_days(platform: Platform) -> None:
    later = [Play(day(number), user_id="u2") for number in (6, 7, 29, 30)]
    platform.load(Play(day(0)), *later)
    platform.refresh()
    assert platform.mart("active_users", "stat_date", "dau", "wau", "mau") == [
        (day(0), 1, 1, 1),
        (day(6), 1, 2, 2),
        (day(7), 1, 1, 2),
        (day(29), 1, 1, 2),
        (day(30), 1, 1, 1),
    ]


def test_late_day_and_correction_reach_the_30_days_that_see_them(crowd: Platform) -> None:
    plays = some_plays(2, days=65, count=70)
    crowd.load(*plays)
    crowd.refresh()
    crowd.execute("UPDATE agg_active_users SET refreshed_at = '2000-01-01'")
    late, removed = Play(day(10), user_id="u11"), plays[20]
    crowd.load(late, without=[removed])
    crowd.refresh()
    kept = [late, *(play for play in plays if play is not removed)]
    published = {play.started_on for play in plays}
    assert crowd.mart("active_users", *ACTIVE_USERS) == active_users(kept, published)
    rebuilt = crowd.fetch(
        "SELECT min(date_key), max(date_key), count(*) FROM agg_active_users WHERE refreshed_at > '2000-01-01'"
    )
    # From the late day to 29 days after the corrected one.
    assert rebuilt == [(int(f"{day(10):%Y%m%d}"), int(f"{day(49):%Y%m%d}"), 40)]


def test_slices_of_each_kind_are_what_a_changed_day_makes_stale(platform: Platform) -> None:
    platform.load(Play(date(2024, 10, 31)))
    platform.refresh()
    platform.execute("REPLACE INTO aggregate_definition VALUES ('trend', 99, 'onward', 'No', 'No')")
    slices = platform.fetch(
        "SELECT aggregate_name, min(slice_key), max(slice_key), count(*) FROM aggregate_slice"
        " WHERE date_key = 20241031"
        " AND aggregate_name IN ('daily_statistics', 'customer_month', 'active_users', 'trend')"
        " GROUP BY aggregate_name ORDER BY aggregate_name"
    )
    assert slices == [
        ("active_users", 20241031, 20241129, 30),
        ("customer_month", 20241001, 20241001, 1),
        ("daily_statistics", 20241031, 20241031, 1),
        ("trend", 20241001, 20241201, 3),
    ]
