"""What the marts say, worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from svp.errors import VerifyError
from tests.integration.warehouse.builders import Attempt, Play, Rating, Search, Title, User, at

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tests.integration.warehouse.builders import Platform

JAN_30, JAN_31, FEB_1 = date(2024, 1, 30), date(2024, 1, 31), date(2024, 2, 1)


def hours(text: str) -> Decimal:
    return Decimal(text)


def test_daily_statistics_of_a_day(platform: Platform) -> None:
    platform.load(
        Play(JAN_31, watch_seconds=3600, is_complete=True),
        Play(JAN_31, user_id="u1", content_id="game", watch_seconds=29),
        Play(JAN_31, user_id="u2", watch_seconds=30, is_complete=None),
        Play(JAN_31, user_id="u3", watch_seconds=0),
        titles=[Title("game", content_type="sport")],
    )
    platform.refresh()
    columns = (
        ("stat_date", JAN_31),
        ("active_customers", 2),  # u3 pressed play and saw nothing
        ("new_customers", 2),
        ("plays", 4),
        ("valid_plays", 2),  # 3600 and 30 seconds; 29 are not enough
        ("complete_plays", 1),
        ("watch_hours", hours("1.0164")),  # 3659 seconds
        ("avg_watch_minutes_per_customer", Decimal("30.49")),  # 3659 / 60 / 2
        ("completion_rate", Decimal("33.33")),  # 1 of the 3 of which it is known
        ("peak_concurrent_streams", None),  # no session has a time
        ("peak_minute_at", None),
        ("app_hours", hours("1.0164")),
        ("set_top_box_hours", hours("0")),
        ("child_hours", hours("0")),
        ("movie_hours", hours("1.0083")),  # 3630 seconds
        ("relax_hours", hours("0")),
        ("sport_hours", hours("0.0081")),  # 29 seconds
        ("tv_hours", hours("0")),
        ("unknown_hours", hours("0")),
        ("source_loads", 1),
        ("date_key", 20240131),
    )
    names = [name for name, _ in columns]
    assert platform.mart("daily_statistics", *names) == [tuple(value for _, value in columns)]


def test_seconds_alone_make_a_customer_active(platform: Platform) -> None:
    platform.load(Play(at("2024-01-31 23:30"), ends=at("2024-02-01 00:30"), watch_seconds=3600))
    platform.refresh()
    statistics = platform.mart(
        "daily_statistics", "stat_date", "active_customers", "new_customers", "plays"
    )
    assert statistics == [(JAN_31, 1, 1, Decimal(1)), (FEB_1, 1, 0, Decimal(0))]
    rates = platform.mart("content_performance", "stat_date", "completion_rate", "avg_view_minutes")
    # Half of the hour on each day; no play on the second, so nothing to take a rate or a mean of.
    assert rates == [(JAN_31, Decimal("0.00"), Decimal("30.00")), (FEB_1, None, None)]


def new_customers(platform: Platform) -> list[tuple[object, ...]]:
    return platform.mart("daily_statistics", "stat_date", "new_customers")


def test_late_day_takes_new_customers_from_a_later_one(platform: Platform) -> None:
    platform.load(Play(JAN_31), Play(FEB_1), Play(FEB_1, user_id="u2"))
    platform.refresh()
    assert new_customers(platform) == [(JAN_31, 1), (FEB_1, 1)]
    platform.load(Play(JAN_30, user_id="u2"), Play(JAN_30))
    platform.refresh()
    assert new_customers(platform) == [(JAN_30, 2), (JAN_31, 0), (FEB_1, 0)]


def test_correction_gives_new_customers_back_to_a_later_day(platform: Platform) -> None:
    first = Play(JAN_30)
    platform.load(first, Play(JAN_31), Play(FEB_1), Play(JAN_30, user_id="u2"))
    platform.refresh()
    assert new_customers(platform) == [(JAN_30, 2), (JAN_31, 0), (FEB_1, 0)]
    platform.load(without=[first])
    platform.refresh()
    assert new_customers(platform) == [(JAN_30, 1), (JAN_31, 1), (FEB_1, 0)]


def test_first_day_goes_on_to_the_next_with_a_second_of_playing_time(platform: Platform) -> None:
    first = Play(JAN_30)
    later = {JAN_31: 0, FEB_1: 1, FEB_1 + timedelta(days=1): 600}
    platform.load(first, *(Play(day, watch_seconds=seconds) for day, seconds in later.items()))
    platform.refresh()
    platform.load(without=[first])
    platform.refresh()
    assert new_customers(platform) == [(day, int(day == FEB_1)) for day in later]


def test_customer_who_was_active_only_by_mistake_is_new_again_later(platform: Platform) -> None:
    only = Play(JAN_30)
    platform.load(only)
    platform.refresh()
    platform.load(without=[only])
    platform.refresh()
    assert platform.fetch("SELECT count(*) FROM customer_first_day") == [(0,)]
    platform.load(Play(FEB_1))
    platform.refresh()
    assert new_customers(platform) == [(FEB_1, 1)]


def timed(begins: str, ends: str) -> Play:
    return Play(at(f"2024-01-{begins}"), ends=at(f"2024-{ends}"), watch_seconds=60)


@pytest.mark.parametrize(
    ("plays", "peaks"),
    [
        pytest.param(
            [timed("31 10:00", "01-31 10:05"), timed("31 11:00", "01-31 11:05")],
            [(JAN_31, 1, at("2024-01-31 10:00"))],
            id="a tie is the earliest minute",
        ),
        pytest.param(
            [timed("31 10:00", "01-31 10:05"), timed("31 10:05", "01-31 10:10")],
            [(JAN_31, 1, at("2024-01-31 10:00"))],
            id="one that ends at the mark is over",
        ),
        pytest.param(
            [
                timed("31 10:00", "01-31 10:05"),
                timed("31 10:02:30", "01-31 10:10"),
                timed("31 10:03", "01-31 10:04"),
            ],
            [(JAN_31, 3, at("2024-01-31 10:03"))],
            id="a start between marks counts from the next one",
        ),
        pytest.param(
            [timed("31 10:00:10", "01-31 10:00:50")],
            [(JAN_31, 0, None)],
            id="one that covers no mark is at none",
        ),
        pytest.param(
            [timed("30 23:50", "01-31 00:10"), timed("31 00:05", "01-31 00:06")],
            [(JAN_30, 1, at("2024-01-30 23:50")), (JAN_31, 2, at("2024-01-31 00:05"))],
            id="one over midnight counts on both days",
        ),
        pytest.param(
            [timed("31 23:50", "02-01 00:10")],
            [(JAN_31, 1, at("2024-01-31 23:50")), (FEB_1, 1, at("2024-02-01 00:00"))],
            id="its second day begins at midnight",
        ),
        pytest.param(
            [timed("31 10:00", "01-31 10:05"), Play(JAN_31), Play(JAN_31, user_id="u2")],
            [(JAN_31, 1, at("2024-01-31 10:00"))],
            id="one without a time is left out",
        ),
    ],
)
def test_peak_of_concurrent_streams(
    platform: Platform,
    plays: Sequence[Play],
    peaks: Sequence[tuple[date, int, datetime | None]],
) -> None:
    platform.load(*plays)
    platform.refresh()
    columns = ("stat_date", "peak_concurrent_streams", "peak_minute_at")
    # The warehouse gives UTC without saying so.
    expected = [(day, peak, minute and minute.replace(tzinfo=None)) for day, peak, minute in peaks]
    assert platform.mart("daily_statistics", *columns) == expected


def test_sessions_without_time_are_counted(platform: Platform) -> None:
    platform.load(timed("31 10:00", "01-31 10:05"), Play(JAN_31), Play(JAN_31, user_id="u2"))
    platform.refresh()
    assert platform.fetch("SELECT date_key, sessions_without_time FROM fact_concurrency") == [
        (20240131, 2)
    ]


def test_first_category_rule_that_matches_wins(platform: Platform) -> None:
    titles = {
        "Child": [
            Title("kids", content_type="kids", genres=("Sport",)),
            Title("family", content_type="movie", genres=("Drama", "Family")),
            Title("rated", content_type="series", genres=(), maturity_rating="TV-Y7"),
        ],
        "Movie": [Title("film", content_type="movie", genres=("Drama",), maturity_rating="R")],
        "Relax": [
            Title("nature", content_type="documentary", genres=()),
            Title("true", content_type="movie", genres=("Action", "Documentary")),
            Title("house", content_type="series", genres=("REALITY",)),
        ],
        "Sport": [
            Title("match", content_type="live", genres=("Sports",)),
            Title("race", content_type="sport", genres=()),
        ],
        "TV": [
            Title("concert", content_type="live", genres=("Music",)),
            Title("saga", content_type="series", genres=()),
        ],
    }
    platform.load(titles=[title for category in titles.values() for title in category])
    platform.refresh()
    expected = {title.content_id: name for name, category in titles.items() for title in category}
    found = dict(platform.mart("title", "content_id", "category"))
    assert found == {**expected, "t1": "Movie", "Unknown": "Unknown"}


def test_title_that_no_rule_matches_is_unknown_and_its_hours_are_seen(platform: Platform) -> None:
    platform.execute("DELETE FROM category_rule WHERE content_type = 'movie'")
    platform.load(Play(JAN_31, watch_seconds=3600))
    platform.refresh()
    assert platform.mart("daily_statistics", "unknown_hours", "movie_hours") == [(1, 0)]
    assert platform.mart("customer_360", "most_watched", "taste") == [("Unknown", "Unknown")]


def test_content_performance_of_a_title(platform: Platform) -> None:
    platform.load(
        Play(JAN_31, watch_seconds=3600, is_complete=True),
        Play(JAN_31, watch_seconds=1800),
        Play(JAN_31, user_id="u2", watch_seconds=900, is_complete=None),
        Play(JAN_31, user_id="u3", watch_seconds=0),
        titles=[Title("t2", title="Rated only")],
        ratings=[
            Rating(at("2024-01-31 00:00"), stars=5),
            Rating(at("2024-01-31 23:59"), user_id="u2", stars=4),
            Rating(at("2024-02-01 00:00"), content_id="t2", stars=3),
        ],
    )
    platform.refresh()
    columns = (
        "content_id",
        "title",
        "content_type",
        "stat_date",
        "plays",
        "unique_viewers",
        "watch_hours",
        "avg_view_minutes",
        "completion_rate",
        "rating_count",
        "rating_avg",
    )
    assert platform.mart("content_performance", *columns) == [
        # 6300 seconds in 4 plays of 3 customers, of whom one saw nothing; 1 of 3 complete.
        (
            "t1",
            "A film",
            "movie",
            JAN_31,
            4,
            2,
            Decimal("1.75"),
            Decimal("26.25"),
            Decimal("33.33"),
            2,
            Decimal("4.5"),
        ),
        ("t2", "Rated only", "movie", FEB_1, 0, 0, 0, None, None, 1, 3),
    ]


def test_device_quality_of_a_day(platform: Platform) -> None:
    platform.load(
        Play(JAN_31, device_type="TV", quality="4K", watch_seconds=3600, is_complete=True),
        Play(JAN_31, device_type="TV", quality="4K", user_id="u2", watch_seconds=1800),
        Play(JAN_31, device_type="Mobile", quality="SD", watch_seconds=60, is_complete=None),
        Play(JAN_31, device_type=None, quality=None, watch_seconds=6),
    )
    platform.refresh()
    columns = ("device_type", "quality", "plays", "watch_hours", "completion_rate")
    assert platform.mart("device_quality", *columns) == [
        ("Mobile", "SD", 1, Decimal("0.0167"), None),
        ("TV", "4K", 2, Decimal("1.5"), Decimal(50)),
        ("Unknown", "Unknown", 1, Decimal("0.0017"), Decimal(0)),
    ]


def test_rates_of_one_thing_are_as_good_as_those_of_many(platform: Platform) -> None:
    earlier = Play(date(2024, 1, 1), watch_seconds=1, is_complete=True)
    play = Play(at("2024-01-31 10:00"), watch_seconds=1, average_bitrate_kbps=800, is_complete=True)
    platform.load(
        earlier,
        play,
        ratings=[Rating(at("2024-01-31 12:00"), stars=3)],
        searches=[Search(at("2024-01-31 09:50"), result_count=0, clicked="t1")],
        attempts=[Attempt(at("2024-01-31 10:00"), play, stall_count=3, error_code="DECODER")],
    )
    platform.refresh()
    rates = {
        "active_users": {"stickiness": 100},
        "churn_signals": {"trend": 0},
        "content_performance": {"completion_rate": 100, "rating_avg": 3},
        "daily_statistics": {"completion_rate": 100},
        "device_quality": {"completion_rate": 100},
        "format_engagement": {"completion_rate": 100},
        "playback_quality": {
            "playback_failure_pct": 100,
            "avg_stall_count": 3,
            "avg_bitrate_kbps": 800,
        },
        "search_funnel": {"zero_result_rate": 100, "click_rate": 100, "search_to_play_rate": 100},
    }
    for mart, expected in rates.items():
        found = set(platform.mart(mart, *expected, "date_key"))
        assert (*expected.values(), 20240131) in found, mart


RATES = {
    "content_performance": {
        "completion_rate": ("100.0 * complete_plays", "known_completion_plays"),
        "rating_avg": ("rating_stars", "rating_count"),
        "avg_view_minutes": ("60 * watch_hours", "plays"),
    },
    "daily_statistics": {"completion_rate": ("100.0 * complete_plays", "known_completion_plays")},
    "device_quality": {"completion_rate": ("100.0 * complete_plays", "known_completion_plays")},
    "format_engagement": {"completion_rate": ("100.0 * complete_plays", "known_completion_plays")},
    "playback_quality": {
        "ebvs_pct": ("100 * abandoned_attempts", "attempts"),
        "playback_failure_pct": ("100 * failed_plays", "plays"),
        "stalled_time_pct": (
            "100 * stalled_seconds",
            "stalled_seconds + known_stall_watch_seconds",
        ),
        "start_failure_pct": ("100 * failed_attempts", "attempts"),
        "startup_seconds_avg": ("startup_seconds", "known_startups"),
    },
    "rating_trend": {"rating_avg": ("rating_stars", "ratings")},
    "retention_cohort": {"retention_rate": ("100.0 * active_customers", "cohort_size")},
    "segment_summary": {"avg_hours_per_customer_month": ("total_hours", "customers")},
}
"""Rates of marts, and the sums beside them that are to give the same over any rows."""


def test_sums_give_the_rates_that_are_beside_them(report_platform: Platform) -> None:
    for mart, rates in RATES.items():
        for rate, (above, below) in rates.items():
            rows = report_platform.mart(mart, rate, above, below)
            assert any(said for said, *_ in rows), (mart, rate)
            for said, sums, count in rows:
                assert (said is None) == (not count), (mart, rate)
                half = said and Decimal(1).scaleb(said.as_tuple().exponent) / 2
                # A sum of hours is rounded itself, to the ten thousandth.
                assert not count or abs(said - sums / count) <= half + Decimal("0.0032"), (
                    mart,
                    rate,
                )


def month_of(platform: Platform, *columns: str) -> dict[str, tuple[object, ...]]:
    rows = platform.mart("customer_360", "customer_code", *columns)
    return {str(code): tuple(values) for code, *values in rows}


def test_customer_360_of_a_month(platform: Platform) -> None:
    platform.load(
        Play(JAN_30, watch_seconds=100, device_type="TV"),
        Play(JAN_31, watch_seconds=50, device_type="Mobile"),
        Play(JAN_31, content_id="game", watch_seconds=149, device_type="TV"),
        Play(FEB_1, content_id="game", watch_seconds=7),
        Play(JAN_31, user_id="u2", watch_seconds=0, device_type=None),
        titles=[Title("game", content_type="sport")],
    )
    platform.refresh()
    columns = (
        "month_start",
        "movie_seconds",
        "sport_seconds",
        "total_seconds",
        "most_watched",
        "taste",
        "active_days",
        "days_in_period",
        "activeness",
        "segment",
        "device_count",
        "date_key",
    )
    found = platform.mart("customer_360", "customer_code", *columns)
    jan, feb = date(2024, 1, 1), date(2024, 2, 1)
    assert found == [
        (
            "u1",
            jan,
            150,
            149,
            299,
            "Movie",
            "Movie-Sport",
            2,
            31,
            Decimal("6.45"),
            "At Risk",
            2,
            20240101,
        ),
        ("u1", feb, 0, 7, 7, "Sport", "Sport", 1, 29, Decimal("3.45"), "At Risk", 1, 20240201),
        ("u2", jan, 0, 0, 0, None, None, 0, 31, Decimal(0), "Inactive", 0, 20240101),
    ]


def test_tie_of_most_watched_goes_by_the_declared_order(platform: Platform) -> None:
    kinds = ("series", "sport", "documentary", "kids")
    platform.load(
        *[Play(JAN_31, content_id=kind, watch_seconds=60) for kind in kinds],
        *[Play(JAN_31, content_id=kind, user_id="u2") for kind in kinds[:3]],
        titles=[Title(kind, content_type=kind, genres=()) for kind in kinds],
    )
    platform.refresh()
    assert month_of(platform, "most_watched", "taste") == {
        "u1": ("Child", "Child-Relax-Sport-TV"),
        "u2": ("Relax", "Relax-Sport-TV"),
    }


def test_segment_goes_by_active_days_of_the_month(platform: Platform) -> None:
    active_days = {
        6: "At Risk",
        7: "Need Attention",
        13: "Need Attention",
        14: "Valuable",
        20: "Valuable",
        21: "Loyal",
        31: "Loyal",
    }
    users = [User(f"d{days}") for days in active_days]
    plays = [
        Play(date(2024, 1, 1) + timedelta(days=n), user_id=f"d{days}")
        for days in active_days
        for n in range(days)
    ]
    platform.load(*plays, users=users)
    platform.refresh()
    segments = {f"d{days}": (segment,) for days, segment in active_days.items()}
    assert month_of(platform, "segment") == segments


def test_hours_of_a_segment_are_exact_where_a_month_of_them_is_long(platform: Platform) -> None:
    # 28 days of 20 hours: a difference of one second in the week or the day that divides them would show.
    seconds = 28 * 20 * 3600
    platform.load(Play(JAN_31, watch_seconds=seconds))
    platform.refresh()
    hours = (
        "total_hours",
        *(f"avg_hours_per_customer_{unit}" for unit in ("month", "week", "day")),
    )
    month, week, day = Decimal(560), Decimal(140), Decimal(20)
    assert platform.mart("segment_summary", "segment", *hours) == [
        ("At Risk", month, month, week, day)
    ]


def test_two_plays_on_one_day_are_one_active_day(platform: Platform) -> None:
    platform.load(Play(JAN_31, device_type="TV"), Play(JAN_31, device_type="Mobile"))
    platform.refresh()
    assert month_of(platform, "active_days") == {"u1": (1,)}


def test_device_that_is_called_unknown_is_counted_with_those_that_are(platform: Platform) -> None:
    platform.load(
        *(
            Play(JAN_31, device_type=each, quality=each, is_complete=True)
            for each in ("Unknown", None)
        )
    )
    platform.refresh()
    columns = ("device_type", "quality", "plays", "completion_rate", "watch_hours")
    (found,) = platform.mart("device_quality", *columns)
    assert found == ("Unknown", "Unknown", 2, 100, Decimal("0.3333"))


def test_device_on_which_nothing_was_played_is_left_out(platform: Platform) -> None:
    platform.load(Play(JAN_31))
    platform.refresh()
    platform.execute("UPDATE fact_playback SET plays = 0")
    assert platform.mart("device_quality", "plays") == [(0,)]
    platform.execute("UPDATE fact_playback SET watch_seconds = 0")
    assert platform.mart("device_quality", "plays") == []


def test_calendar_has_whole_years_without_a_gap_until_the_end_of_this_one(
    platform: Platform,
) -> None:
    platform.load(Play(JAN_31), Play(date(2026, 12, 31)))
    platform.refresh()
    platform.execute("CALL mark_moved_span('2024-02-28')")
    assert platform.mart("calendar", "max(date_value)") == [(date(2024, 12, 31),)]
    platform.execute("CALL mark_moved_span('2026-12-31')")
    calendar = platform.mart(
        "calendar", "date_value", "date_key", "iso_year", "iso_week", "weekday", "is_weekend"
    )
    days = [row[0] for row in calendar]
    assert (days[0], days[-1], len(days)) == (date(2024, 1, 1), date(2026, 12, 31), 366 + 365 + 365)
    assert platform.fetch("SELECT count(*), min(month_key) FROM dim_month") == [(36, 20240101)]
    for day, date_key, iso_year, iso_week, weekday, is_weekend in calendar:
        assert (iso_year, iso_week, weekday) == tuple(day.isocalendar())
        assert date_key == int(f"{day:%Y%m%d}")
        assert is_weekend == ("Yes" if weekday >= 6 else "No")


@pytest.mark.parametrize(
    ("first", "then"), [("1900-01-01", "2201-01-01"), ("2201-01-01", "1900-01-01")]
)
def test_calendar_refuses_to_span_more_than_three_hundred_years(
    empty_platform: Platform, first: str, then: str
) -> None:
    empty_platform.execute("CALL refresh_calendar(%s, %s)", (first, first))
    with pytest.raises(VerifyError, match="more than 110,000 days"):
        empty_platform.execute("CALL refresh_calendar(%s, %s)", (then, then))
    days = "SELECT count(*), min(year_number), max(year_number) FROM dim_date WHERE date_key > 0"
    ((count, *years),) = empty_platform.fetch(days)
    assert (count, years) == (365, [int(first[:4])] * 2)
