"""Plays by the hour on the viewer's clock, against Python's own time zones."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import TYPE_CHECKING

from svp.core.zones import load_zone
from tests.integration.warehouse.builders import Play, Title, User, at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.integration.warehouse.builders import Platform

REGION_HOUR = (
    "stat_date",
    "country",
    "local_hour",
    "plays",
    "watch_hours",
    "top_content_id",
    "top_title",
)

VIEWERS = {
    "u1": ("Norway", "Europe/Oslo"),
    "u2": ("United States", "America/New_York"),
    "u3": ("India", "Asia/Kolkata"),
    "u4": ("Atlantis", None),
    "u5": (None, None),
}
TITLES = [Title("t1"), Title("t2", "Another")]


def parts(play: Play) -> Iterator[tuple[date, datetime | None, int, int]]:
    """Yield the day, instant, plays and seconds of a play, and of what went on after midnight."""
    yield play.started_on, play.started_at, 1, play.watch_seconds - play.next_day_seconds
    if play.next_day_seconds:
        day = play.started_on + timedelta(days=1)
        yield day, datetime.combine(day, time(), UTC), 0, play.next_day_seconds


def local_hour(user_id: str, instant: datetime | None) -> int | None:
    """Return the hour that a viewer's clock showed."""
    _, zone = VIEWERS[user_id]
    return instant.astimezone(load_zone(zone)).hour if zone and instant else None


def region_hours(plays: Iterable[Play]) -> list[tuple[object, ...]]:
    """Work out every row."""
    groups: dict[tuple[date, str, int | None], dict[str, list[int]]] = defaultdict(dict)
    for play in plays:
        for day, instant, started, seconds in parts(play):
            key = (day, VIEWERS[play.user_id][0] or "Unknown", local_hour(play.user_id, instant))
            counted = groups[key].setdefault(play.content_id, [0, 0])
            counted[0] += seconds
            counted[1] += started
    names = {title.content_id: title.title for title in TITLES}
    rows: list[tuple[object, ...]] = []
    for key in sorted(groups, key=lambda key: (key[0], key[1], -1 if key[2] is None else key[2])):
        titles = groups[key]
        top = min(titles, key=lambda title: (-titles[title][0], -titles[title][1], title))
        hours = Decimal(sum(seconds for seconds, _ in titles.values())) / 3600
        plays_of_hour = sum(started for _, started in titles.values())
        shown = hours.quantize(Decimal("0.0001"), ROUND_HALF_UP)
        rows.append((*key, plays_of_hour, shown, top, names[top]))
    return rows


def a_play(random: Random) -> Play:
    """Return a play about the night in which Norway's clocks went forward; one in ten has no time."""
    started_at = at("2024-03-30 20:00") + timedelta(minutes=random.randrange(600))
    seconds = random.choice((0, 600, 600, 3000, 7000))
    on: date | datetime = started_at if random.random() < 0.9 else started_at.date()
    return Play(
        on,
        user_id=random.choice(tuple(VIEWERS)),
        content_id=random.choice(("t1", "t2")),
        watch_seconds=seconds,
        ends=started_at + timedelta(seconds=seconds) if isinstance(on, datetime) else None,
    )


def test_hours_are_those_of_the_viewers_clock(platform: Platform) -> None:
    random = Random(3)
    plays = [a_play(random) for _ in range(250)]
    users = [User(user_id, country=country) for user_id, (country, _) in VIEWERS.items()]
    platform.load(*plays, users=users, titles=TITLES)
    platform.refresh()
    assert platform.mart("region_hour", *REGION_HOUR) == region_hours(plays)


def test_hours_add_up_to_the_day(platform: Platform) -> None:
    over_midnight = Play(at("2024-01-31 23:30"), ends=at("2024-02-01 00:30"), watch_seconds=3600)
    platform.load(over_midnight, Play(date(2024, 1, 31), user_id="u2", watch_seconds=1800))
    platform.refresh()
    assert platform.mart("region_hour", *REGION_HOUR[:5]) == [
        (date(2024, 1, 31), "Norway", None, 1, Decimal("0.5")),
        (date(2024, 1, 31), "Norway", 0, 1, Decimal("0.5")),
        (date(2024, 2, 1), "Norway", 1, 0, Decimal("0.5")),
    ]


def test_late_play_may_become_the_top_title(platform: Platform) -> None:
    platform.load(Play(at("2024-01-31 10:00")), titles=TITLES)
    platform.refresh()
    platform.load(Play(at("2024-01-31 10:30"), content_id="t2", watch_seconds=601))
    platform.refresh()
    top = platform.mart("region_hour", "local_hour", "plays", "top_content_id", "top_title")
    assert top == [(11, 2, "t2", "Another")]


def test_tie_of_titles_that_differ_by_source_alone_goes_to_the_first_source(
    platform: Platform,
) -> None:
    platform.execute("CALL refresh_calendar('2024-01-31', '2024-01-31')")
    for source in ("west", "east"):
        platform.execute(
            "INSERT INTO dim_title (source, content_id, title, content_type, category_key)"
            " VALUES (%s, 'same', %s, 'movie', 0)",
            (source, f"The one of the {source}"),
        )
    platform.execute(
        "INSERT INTO fact_hour SELECT 20240131, 0, 20, title_key, 1, 600 FROM dim_title WHERE content_id = 'same'"
    )
    platform.execute("CALL refresh_region_hour('2024-01-31', '2024-01-31')")
    top = platform.mart("region_hour", "plays", "top_content_id", "top_title")
    assert top == [(2, "same", "The one of the east")]
