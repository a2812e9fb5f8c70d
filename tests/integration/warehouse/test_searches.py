"""What came of searches, against plain Python over the searches and plays that were loaded."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import TYPE_CHECKING

import oltp.schema
from svp.core.postgres import transaction
from tests.integration.warehouse.builders import Play, Search, Title, at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.integration.warehouse.builders import Platform

JAN_31, FEB_1 = date(2024, 1, 31), date(2024, 2, 1)

FUNNEL = (
    "stat_date",
    "searches",
    "zero_result_rate",
    "click_rate",
    "search_to_play_rate",
    "untimed_searches",
)
HALF_AN_HOUR = timedelta(minutes=30)


def percent(part: int, whole: int) -> Decimal | None:
    """Return a rate as marts give it."""
    if not whole:
        return None
    return (Decimal(100) * part / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)


def follows(play: Play, search: Search) -> bool:
    """Tell whether a play is of the clicked title by that user within the half hour."""
    return (
        (play.user_id, play.content_id) == (search.user_id, search.clicked)
        and play.started_at is not None
        and timedelta(0) <= play.started_at - search.at <= HALF_AN_HOUR
    )


def may_follow(play: Play, search: Search) -> bool:
    """Tell whether a play without a time is of the clicked title by that user on the day."""
    return (play.user_id, play.content_id, play.on) == (
        search.user_id,
        search.clicked,
        search.at.date(),
    )


def funnel(searches: Sequence[Search], plays: Sequence[Play]) -> list[tuple[object, ...]]:
    """Count searches one by one."""
    rows: list[tuple[object, ...]] = []
    for on in sorted({search.at.date() for search in searches}):
        group = [search for search in searches if search.at.date() == on]
        played = {each.search_id for each in group if any(follows(play, each) for play in plays)}
        untimed = [
            each
            for each in group
            if each.search_id not in played and any(may_follow(play, each) for play in plays)
        ]
        counted = [each.result_count for each in group if each.result_count is not None]
        rates = (
            percent(counted.count(0), len(counted)),
            percent(sum(each.clicked is not None for each in group), len(group)),
            percent(len(played), len(group) - len(untimed)),
        )
        rows.append((on, len(group), *rates, len(untimed)))
    return rows


def some_searches(random: Random, count: int) -> list[Search]:
    """Return searches of four days."""
    return [
        Search(
            at("2024-01-30 00:00") + timedelta(minutes=random.randrange(4 * 1440)),
            user_id=random.choice(("u1", "u2", "u3")),
            result_count=random.choice((None, 0, 1, 20)),
            clicked=random.choice((None, "t1", "t2")),
        )
        for _ in range(count)
    ]


def a_play_after(random: Random, search: Search) -> Play:
    """Return a play that may follow a search, or just not."""
    on: date | datetime = search.at + random.choice((-1, 0, 10, 30, 31)) * timedelta(minutes=1)
    if random.random() < 0.2:
        on = search.at.date()
    return Play(on, user_id=search.user_id, content_id=search.clicked or "t1", watch_seconds=60)


def test_funnel_follows_searches_to_plays(platform: Platform) -> None:
    random = Random(7)
    searches = some_searches(random, 120)
    plays = [a_play_after(random, search) for search in searches if random.random() < 0.6]
    platform.load(*plays, titles=[Title("t2")], searches=searches)
    platform.refresh()
    expected = funnel(searches, plays)
    assert platform.mart("search_funnel", *FUNNEL) == expected
    assert all(rate and untimed for *_, rate, untimed in expected)


def test_search_counts_a_play_in_half_an_hour_and_over_midnight(platform: Platform) -> None:
    searched = at("2024-01-31 23:45")
    platform.load(
        Play(at("2024-02-01 00:15")),
        Play(at("2024-02-01 00:15:01"), user_id="u2"),
        Play(at("2024-01-31 23:44:59"), user_id="u3"),
        searches=[Search(searched, user_id=f"u{n}", clicked="t1") for n in (1, 2, 3)],
    )
    platform.refresh()
    rate = Decimal("33.33")
    assert platform.mart("search_funnel", *FUNNEL) == [(JAN_31, 3, 0, 100, rate, 0)]


def test_late_play_changes_the_day_of_its_search(platform: Platform) -> None:
    platform.load(searches=[Search(at("2024-01-31 10:00"), clicked="t1")])
    platform.refresh()
    assert platform.mart("search_funnel", "search_to_play_rate") == [(0,)]
    platform.load(Play(at("2024-01-31 10:20")))
    platform.refresh()
    assert platform.mart("search_funnel", "search_to_play_rate") == [(100,)]


def test_days_without_searches_have_no_row(platform: Platform) -> None:
    platform.load(Play(JAN_31))
    platform.refresh()
    assert platform.mart("search_funnel", "stat_date") == []


def test_searches_of_an_older_program_come_over_after_the_upgrade(platform: Platform) -> None:
    """Then a search touched no day: undo the migration, and let it be applied again."""
    platform.load(searches=[Search(at("2024-01-31 10:00"))])
    waiting = platform.load(searches=[Search(at("2024-02-01 10:00"))], is_complete=False)
    settings = platform.settings
    with (
        transaction(settings.url("postgres"), settings.workspace.postgres_database) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM ops.load_day")
        cursor.execute("DELETE FROM ops.day_version")
        cursor.execute("DROP INDEX oltp.search_queries_searched_at")
        cursor.execute("DELETE FROM ops.schema_migration WHERE name LIKE '%search_days'")
    oltp.schema.install(settings)
    platform.refresh()
    assert platform.mart("search_funnel", "stat_date", "searches") == [(JAN_31, 1)]
    platform.complete(waiting)
    platform.refresh()
    assert platform.mart("search_funnel", "stat_date") == [(JAN_31,), (FEB_1,)]
