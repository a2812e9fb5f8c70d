"""Who came and what they watched, against plain Python over the plays that were loaded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.integration.warehouse.builders import Play, Title, User
from warehouse.export import export

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tests.integration.warehouse.builders import Platform

JAN_1 = date(2024, 1, 1)

ACTIVE_USERS = ("stat_date", "dau", "wau", "mau", "stickiness")

GENRE_ENGAGEMENT = ("stat_date", "genre", "plays", "watch_hours", "unique_viewers")
FORMAT_ENGAGEMENT = ("stat_date", "content_type", "plays", "watch_hours", "completion_rate")

CATALOGUE = (
    Title("t1", content_type="movie", genres=("Drama",)),
    Title("both", content_type="series", genres=("Comedy", "Drama")),
    Title("none", content_type="live", genres=()),
)


def day(number: int) -> date:
    """Return a day by its distance from January 1st."""
    return JAN_1 + timedelta(days=number)


def percent(part: int, whole: int) -> Decimal | None:
    """Return a rate as marts give it: 0 to 100, two decimals, None of nothing."""
    if not whole:
        return None
    return (Decimal(100) * part / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)


def hours(seconds: int) -> Decimal:
    """Return hours as marts give them."""
    return (Decimal(seconds) / 3600).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def grouped(
    plays: Iterable[Play], names_of: Callable[[Play], Iterable[str]]
) -> Mapping[tuple[date, str], list[Play]]:
    """Return plays by their day and each of their names, in order."""
    groups: dict[tuple[date, str], list[Play]] = {}
    for play in plays:
        for name in names_of(play):
            groups.setdefault((play.started_on, name), []).append(play)
    return dict(sorted(groups.items()))


def genre_engagement(plays: Iterable[Play], titles: Iterable[Title]) -> list[tuple[object, ...]]:
    """Count plays in each genre of their title."""
    genres = {title.content_id: title.genres or ("Unknown",) for title in titles}
    return [
        (
            *key,
            len(group),
            hours(sum(play.watch_seconds for play in group)),
            len({play.user_id for play in group if play.watch_seconds}),
        )
        for key, group in grouped(plays, lambda play: genres[play.content_id]).items()
    ]


def format_engagement(plays: Iterable[Play], titles: Iterable[Title]) -> list[tuple[object, ...]]:
    """Count plays in the content type of their title."""
    types = {title.content_id: title.content_type for title in titles}
    return [
        (
            *key,
            len(group),
            hours(sum(play.watch_seconds for play in group)),
            percent(
                sum(play.is_complete is True for play in group),
                sum(play.is_complete is not None for play in group),
            ),
        )
        for key, group in grouped(plays, lambda play: (types[play.content_id],)).items()
    ]


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
    """A platform of 12 users and three titles."""
    platform.load(users=[User(f"u{n}") for n in range(12)], titles=CATALOGUE)
    return platform


def some_plays(seed: int, *, days: int, count: int) -> list[Play]:
    """Return plays of a crowd, each day at least one; some are of nothing."""
    random = Random(seed)
    on = [*range(days), *(random.randrange(days) for _ in range(count - days))]
    return [
        Play(
            day(number),
            user_id=f"u{min(random.randrange(30), 11)}",
            content_id=random.choice(("t1", "both", "none")),
            is_complete=random.choice((True, False, None)),
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


def test_active_users_of_a_range_of_months_are_those_of_its_months(crowd: Platform) -> None:
    plays = some_plays(1, days=70, count=90)
    crowd.load(*plays)
    crowd.refresh()
    crowd.execute("UPDATE agg_active_users SET dau = 0, wau = 0, mau = 0")
    crowd.execute("CALL refresh_active_users(%s, %s)", (day(0), day(69)))
    expected = active_users(plays, {play.started_on for play in plays})
    assert crowd.mart("active_users", *ACTIVE_USERS) == expected


def test_customer_of_two_categories_is_active_once_a_day(crowd: Platform) -> None:
    crowd.load(
        *(Play(day(n), user_id="u1", content_id=title) for n in (0, 2) for title in ("t1", "none"))
    )
    crowd.refresh()
    assert crowd.mart("active_users", "stat_date", "dau", "wau", "mau") == [
        (day(0), 1, 1, 1),
        (day(2), 1, 1, 1),
    ]


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


def test_genres_and_content_types_are_counted_by_day(crowd: Platform) -> None:
    plays = some_plays(3, days=5, count=60)
    crowd.load(*plays)
    crowd.refresh()
    by_genre, by_type = genre_engagement(plays, CATALOGUE), format_engagement(plays, CATALOGUE)
    assert crowd.mart("genre_engagement", *GENRE_ENGAGEMENT) == by_genre
    assert crowd.mart("format_engagement", *FORMAT_ENGAGEMENT) == by_type


def test_genre_that_is_called_unknown_is_counted_with_titles_that_have_none(
    platform: Platform,
) -> None:
    titles = [Title("none", genres=()), Title("named", genres=("Unknown",))]
    plays = [Play(day(0), content_id=title.content_id) for title in titles]
    platform.load(*plays, Play(day(0), user_id="u2", content_id="named"), titles=titles)
    platform.refresh()
    counted = platform.mart("genre_engagement", "genre", "plays", "unique_viewers")
    assert counted == [("Unknown", 3, 2)]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(Title("none", content_type="sport", genres=()), id="another content type"),
        pytest.param(Title("none", content_type="live", genres=("Music",)), id="its first genre"),
        pytest.param(Title("both", content_type="series", genres=("Drama",)), id="a genre less"),
    ],
)
def test_changed_title_moves_the_days_it_was_played_on(crowd: Platform, changed: Title) -> None:
    plays = [
        Play(day(0)),
        Play(day(1), content_id="both"),
        Play(day(2), content_id="none"),
        Play(day(3), content_id=changed.content_id),
    ]
    crowd.load(*plays)
    crowd.refresh()
    crowd.execute("UPDATE agg_format_engagement SET refreshed_at = '2000-01-01'")
    crowd.load(titles=[changed])
    assert crowd.refresh().procedures > 0
    titles = [title for title in CATALOGUE if title.content_id != changed.content_id]
    expected = genre_engagement(plays, [*titles, changed])
    assert crowd.mart("genre_engagement", *GENRE_ENGAGEMENT) == expected
    assert crowd.mart("format_engagement", *FORMAT_ENGAGEMENT) == format_engagement(
        plays, [*titles, changed]
    )
    rebuilt = crowd.fetch(
        "SELECT DISTINCT dim_date.date_value FROM agg_format_engagement INNER JOIN dim_date USING (date_key)"
        " WHERE refreshed_at > '2000-01-01'"
    )
    assert {on for (on,) in rebuilt} == {
        play.started_on for play in plays if play.content_id == changed.content_id
    }


def test_changed_title_makes_stale_what_depends_on_titles_and_no_more(crowd: Platform) -> None:
    crowd.load(Play(day(0), content_id="none"))
    crowd.refresh()
    crowd.load(titles=[Title("none", content_type="live", genres=(), release_year=1999)])
    export(crowd.settings)
    stale = crowd.fetch("SELECT DISTINCT aggregate_name FROM changed_day ORDER BY 1")
    assert stale == [("format_engagement",), ("genre_engagement",), ("rating_trend",)]


def test_changed_title_makes_days_stale_whose_titles_are_not_counted_yet(crowd: Platform) -> None:
    crowd.load(Play(day(0), content_id="none"), Play(day(1), content_id="both"))
    export(crowd.settings)
    crowd.execute("DELETE FROM changed_day WHERE aggregate_name <> 'content_performance'")
    crowd.load(titles=[Title("none", content_type="live", genres=("Music",))])
    export(crowd.settings)
    stale = crowd.fetch(
        "SELECT date_key FROM changed_day WHERE aggregate_name = 'genre_engagement'"
    )
    assert stale == [(20240101,)]


def test_title_that_only_got_another_name_makes_nothing_stale(crowd: Platform) -> None:
    bare = Title("bare", genres=())
    crowd.load(*some_plays(4, days=3, count=9), Play(JAN_1, content_id="bare"), titles=[bare])
    crowd.refresh()
    both = Title("both", "A new name", content_type="series", genres=("Drama", "Comedy"))
    crowd.load(titles=[both, replace(bare, title="A new name")])
    assert crowd.refresh().procedures == 0


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
