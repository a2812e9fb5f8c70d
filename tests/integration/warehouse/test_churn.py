"""Signs that customers are leaving, and how many stay, against plain Python over what was loaded."""

from __future__ import annotations

import json
from calendar import monthrange
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil
from random import Random
from time import sleep
from typing import TYPE_CHECKING

import mysql.connector
import pyarrow.parquet as pq
import pytest

from svp.errors import UsageError
from tests.integration.warehouse.builders import BoxLog, Play, Rating, Title, User, at
from warehouse.connections import (
    execute,
    fetch,
    fetch_one,
    hold_lock,
    open_warehouse,
    stream,
)
from warehouse.purge import first_kept_day
from warehouse.status import read_status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from svp.core.mysql import Connection
    from tests.integration.warehouse.builders import Platform

JAN_1 = date(2024, 1, 1)
SIGNALS = (
    "as_of_date",
    "customer_code",
    "days_since_last_play",
    "watch_hours_last_28",
    "watch_hours_prev_28",
    "trend",
    "rfm_r",
    "rfm_f",
    "rfm_m",
    "rfm_segment",
    "risk_band",
)
COHORTS = ("cohort_month", "month_number", "cohort_size", "active_customers", "retention_rate")
Row = tuple[object, ...]


def day(number: int) -> date:
    """Return a day by its distance from January 1st."""
    return JAN_1 + timedelta(days=number)


def month_end(of: date) -> date:
    return of.replace(day=monthrange(of.year, of.month)[1])


def months(first: date, last: date) -> list[date]:
    """Return the first day of each month from one day to another."""
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def rounded(value: Fraction, places: str) -> Decimal:
    exact = Decimal(value.numerator) / value.denominator
    return exact.quantize(Decimal(places), ROUND_HALF_UP)


def quintile(value: int, values: Sequence[int]) -> int:
    """Return the fifth in which a value ends, of all values not above it."""
    below = sum(other <= value for other in values)
    return ceil(Fraction(5 * below, len(values)))


def segment(r: int, f: int) -> str:
    if (r, f) == (5, 5):
        return "champions"
    if f >= 4 and r >= 3:
        return "loyal"
    if r >= 4 and f <= 2:
        return "new"
    if r <= 2:
        return "at risk" if f >= 3 else "hibernating"
    return "regular"


def band(silent: int | None, recent: int, before: int) -> str:
    if silent is None:
        return "no_activity"
    if silent > 28:
        return "lapsed"
    trend = Fraction(recent - before, before) * 100 if before else None
    if trend is not None and trend <= -50:
        return "declining"
    if silent >= 15 or (trend is not None and trend <= -20):
        return "watch"
    return "steady"


def seen_by(as_of: date, plays: Sequence[Play], users: Iterable[User]) -> dict[str, list[Play]]:
    """Return the plays until a day of each user who had signed up or played by then."""
    seen = {
        user: [play for play in plays if play.user_id == user.user_id and play.started_on <= as_of]
        for user in users
    }
    return {user.user_id: of for user, of in seen.items() if of or user.registered_on <= as_of}


def seconds(as_of: date, plays: Iterable[Play], first: int, last: int) -> int:
    """Return the playing time of the days that are from ``first`` to ``last`` days ago."""
    return sum(p.watch_seconds for p in plays if first <= (as_of - p.started_on).days <= last)


def signals_as_of(as_of: date, plays: Sequence[Play], users: Iterable[User]) -> list[Row]:
    """Work out the signals of one day; every play has playing time."""
    seen = seen_by(as_of, plays, users)
    valid = {
        user: max(p.started_on for p in of if p.watch_seconds >= 30).toordinal()
        for user, of in seen.items()
        if any(p.watch_seconds >= 30 for p in of)
    }
    days = {
        user: len({p.started_on for p in of if (as_of - p.started_on).days < 28})
        for user, of in seen.items()
    }
    recent = {user: seconds(as_of, of, 0, 27) for user, of in seen.items()}
    scores = {
        user: [quintile(of[user], [of[other] for other in valid]) for of in (valid, days, recent)]
        for user in valid
    }
    return [a_row(as_of, user, seen[user], scores.get(user)) for user in sorted(seen)]


def a_row(as_of: date, user: str, plays: Sequence[Play], scores: Sequence[int] | None) -> Row:
    recent, before = seconds(as_of, plays, 0, 27), seconds(as_of, plays, 28, 55)
    silent = (as_of - max(p.started_on for p in plays)).days if plays else None
    trend = rounded(Fraction(100 * (recent - before), before), "0.01") if before else None
    r, f, m = scores or (None, None, None)
    return (
        as_of,
        user,
        silent,
        rounded(Fraction(recent, 3600), "0.0001"),
        rounded(Fraction(before, 3600), "0.0001"),
        trend,
        r,
        f,
        m,
        segment(r, f) if r is not None and f is not None else None,
        band(silent, recent, before),
    )


def signals(plays: Sequence[Play], users: Sequence[User]) -> list[Row]:
    """Work out the signals of the end of each month, and of the last day."""
    on = sorted(play.started_on for play in plays)
    days = [min(month_end(month), on[-1]) for month in months(on[0], on[-1])]
    return [row for as_of in days for row in signals_as_of(as_of, plays, users)]


def cohorts(plays: Sequence[Play], users: Sequence[User]) -> list[Row]:
    """Work out every cohort and month that is over by the last day, and not before the first."""
    on = sorted(play.started_on for play in plays)
    over = [month for month in months(on[0], on[-1]) if month_end(month) <= on[-1]]
    rows: list[Row] = []
    for cohort in sorted({user.registered_on.replace(day=1) for user in users}):
        size = {u.user_id for u in users if u.registered_on.replace(day=1) == cohort}
        for month in over:
            number = (month.year - cohort.year) * 12 + month.month - cohort.month
            active = {p.user_id for p in plays if p.started_on.replace(day=1) == month} & size
            if number >= 0:
                rate = rounded(Fraction(100 * len(active), len(size)), "0.01")
                rows.append((cohort, number, len(size), len(active), rate))
    return rows


USERS = [
    User(f"u{n:02d}", registered_on=day(-400 + 100 * n if n < 4 else 9 * n - 45)) for n in range(24)
]
"""Some signed up before the first play, some on later days; the last ones never play."""


def some_plays(seed: int, *, count: int, days: int = 150) -> list[Play]:
    """Return plays of a crowd; some too short to be valid."""
    random = Random(seed)
    users = [user for user in USERS if user.user_id < "u20"]
    return [
        Play(
            day(min(random.randrange(days), random.randrange(days))),
            user_id=random.choice(users).user_id,
            watch_seconds=random.choice((7, 29, 30, 600, 3600, 7200)),
        )
        for _ in range(count)
    ]


@pytest.fixture
def crowd(empty_platform: Platform) -> Platform:
    """A platform of many users and one film."""
    empty_platform.load(users=USERS, titles=[Title()])
    return empty_platform


def check(platform: Platform, plays: Sequence[Play], users: Sequence[User] = USERS) -> None:
    """Compare both marts with what they are to be, after a refresh; a second one changes nothing."""
    platform.refresh()
    assert platform.mart("churn_signals", *SIGNALS) == sorted(
        signals(plays, users), key=lambda row: (row[0], row[1])
    )
    assert platform.mart("retention_cohort", *COHORTS) == cohorts(plays, users)
    before = platform.snapshot()
    assert platform.refresh().procedures == 0
    assert platform.snapshot() == before


def test_signals_and_cohorts_are_those_of_the_plays(crowd: Platform) -> None:
    plays = some_plays(1, count=260)
    crowd.load(*plays)
    check(crowd, plays)
    bands = {band for *_, band in signals(plays, USERS)}
    assert bands == {"no_activity", "lapsed", "declining", "watch", "steady"}
    segments = {row[-2] for row in signals(plays, USERS)}
    assert len(segments) >= 5


def test_late_days_and_corrections_reach_every_day_that_sees_them(crowd: Platform) -> None:
    plays = some_plays(2, count=120)
    crowd.load(*plays)
    crowd.refresh()
    late, removed = Play(day(3), user_id="u21"), plays[:9]
    crowd.load(late, without=removed)
    check(crowd, [late, *plays[9:]])


def test_last_day_moves_on_within_its_month_and_over_empty_months(crowd: Platform) -> None:
    plays = [Play(day(20), user_id="u01"), Play(day(12), user_id="u02")]
    crowd.load(*plays)
    check(crowd, plays)
    for number in (25, 30, 33, 130):
        plays.append(Play(day(number), user_id="u03"))
        crowd.load(plays[-1])
        check(crowd, plays)


def test_last_day_moves_back_when_its_events_go(crowd: Platform) -> None:
    plays = [Play(day(20), user_id="u01"), Play(day(31), user_id="u02"), Play(day(95))]
    plays[2] = Play(day(95), user_id="u02")
    crowd.load(*plays)
    check(crowd, plays)
    crowd.load(without=plays[2:])
    check(crowd, plays[:2])
    crowd.load(without=plays[1:2])
    check(crowd, plays[:1])


def test_customers_who_are_not_in_a_month_any_more_leave_it_and_later_months(
    crowd: Platform,
) -> None:
    plays = some_plays(5, count=120)
    crowd.load(*plays)
    crowd.refresh()
    tables = ("agg_churn_signals", "agg_customer_month")
    customer = "customer_code = 'u03'"
    written = [f"SELECT * FROM {table} WHERE {customer} ORDER BY 1" for table in tables]
    kept = [[row[:-2] for row in crowd.fetch(each)] for each in written]
    assert all(kept)
    for table in tables:
        crowd.execute(f"UPDATE {table} SET customer_key = 1000, refresh_id = 0 WHERE {customer}")
    crowd.execute("CALL refresh_churn_signals('2024-01-01', '2024-12-31')")
    crowd.execute("CALL refresh_customer_month('2024-01-01', '2024-12-31')")
    assert [[row[:-2] for row in crowd.fetch(each)] for each in written] == kept
    for table in tables:
        assert crowd.fetch(f"SELECT 1 FROM {table} WHERE customer_key = 1000") == []
    check(crowd, plays)


def test_days_before_the_first_ones_come_late(crowd: Platform) -> None:
    plays = [Play(day(150), user_id="u01")]
    crowd.load(*plays)
    check(crowd, plays)
    plays.append(Play(day(2), user_id="u00"))
    crowd.load(plays[-1])
    check(crowd, plays)


def test_a_late_day_rebuilds_the_months_that_follow_and_its_own_cohort_month(
    crowd: Platform,
) -> None:
    plays = some_plays(4, count=90)
    crowd.load(*plays)
    crowd.refresh()
    for table in ("agg_churn_signals", "agg_retention_cohort"):
        crowd.execute(f"UPDATE {table} SET refreshed_at = '2000-01-01'")
    crowd.load(Play(day(40), user_id="u01"))
    crowd.refresh()
    rebuilt = crowd.fetch(
        "SELECT DISTINCT date_key FROM agg_churn_signals WHERE refreshed_at > '2000-01-01' ORDER BY date_key"
    )
    last = max(play.started_on for play in plays)
    ends = [min(month_end(month), last) for month in months(day(40), last)]
    assert rebuilt == [(int(f"{on:%Y%m%d}"),) for on in ends]
    assert crowd.fetch(
        "SELECT DISTINCT month_key FROM agg_retention_cohort WHERE refreshed_at > '2000-01-01'"
    ) == [(20240201,)]


def test_another_day_of_sign_up_moves_the_customer(crowd: Platform) -> None:
    plays = some_plays(5, count=60)
    crowd.load(*plays)
    crowd.refresh()
    moved = User("u12", registered_on=day(1))
    fresh = User("u30", registered_on=day(80))
    crowd.load(users=[moved, fresh])
    kept = [user for user in USERS if user.user_id != "u12"]
    check(crowd, plays, [*kept, moved, fresh])


def test_month_before_the_first_sign_up_has_no_cohort_and_is_not_stale(crowd: Platform) -> None:
    crowd.load(
        *(Play(on) for on in (date(2023, 5, 10), date(2023, 6, 10))),
        users=[User(user.user_id, registered_on=date(2023, 6, 1)) for user in USERS],
    )
    crowd.refresh()
    assert crowd.mart("retention_cohort", "month_number") == []
    assert crowd.refresh().procedures == 0


EDGES = {
    "the last day is the first of a month": ([(31, "u1"), (60, "u1")], {}),
    "the last day is the last of a month": ([(5, "u1"), (59, "u1")], {}),
    "who signed up on the last day of a month plays later": (
        [(10, "u1"), (70, "u2")],
        {"u1": 80, "u2": 30, "u3": 80},
    ),
    "nobody signed up before playing": ([(30, "u1"), (59, "u2")], {"u1": 80, "u2": 80, "u3": 80}),
    "the first customer signed up before all others": (
        [(30, "u1"), (59, "u2")],
        {"u1": 4, "u2": 50, "u3": 50},
    ),
    "the first customer signed up after all others": (
        [(30, "u2"), (59, "u2")],
        {"u1": 50, "u2": 4, "u3": 50},
    ),
}
"""Days since New Year of plays with their users, and of sign-ups where they are others."""


@pytest.mark.parametrize("edge", EDGES)
def test_nothing_is_stale_after_a_refresh_wherever_the_months_end(
    platform: Platform, edge: str
) -> None:
    plays, sign_ups = EDGES[edge]
    platform.load(
        *(Play(day(number), user_id) for number, user_id in plays),
        users=[User(user_id, registered_on=day(number)) for user_id, number in sign_ups.items()],
    )
    assert platform.refresh().procedures > 0
    assert platform.refresh().procedures == 0


def test_a_new_customer_makes_only_the_months_since_sign_up_stale(crowd: Platform) -> None:
    plays = [Play(day(number), user_id="u01") for number in range(0, 130, 10)]
    crowd.load(*plays)
    crowd.refresh()
    crowd.execute("UPDATE agg_churn_signals SET refreshed_at = '2000-01-01'")
    crowd.load(users=[User("u30", registered_on=day(95))])
    check(crowd, plays, [*USERS, User("u30", registered_on=day(95))])
    rebuilt = crowd.fetch(
        "SELECT DISTINCT date_key FROM agg_churn_signals WHERE refreshed_at > '2000-01-01' ORDER BY date_key"
    )
    last = max(play.started_on for play in plays)
    assert rebuilt == [
        (int(f"{min(month_end(month), last):%Y%m%d}"),) for month in months(day(95), last)
    ]


def test_users_of_one_contract_signed_up_when_the_first_did(crowd: Platform) -> None:
    plays = [Play(day(5), user_id="u01"), Play(day(60), user_id="u09")]
    crowd.load(*plays)
    crowd.refresh()
    household = [
        User(n, registered_on=day(36 if n == "u09" else 2), contract_code="HNH1")
        for n in ("u08", "u09")
    ]
    crowd.load(users=household)
    others = [user for user in USERS if user.user_id not in {"u08", "u09"}]
    contract = User("HNH1", registered_on=day(2))
    check(crowd, [plays[0], Play(day(60), user_id="HNH1")], [*others, contract])


def test_time_on_a_box_is_a_play_of_its_day(platform: Platform) -> None:
    boxes = [
        BoxLog(day(0), "HNH1", watch_seconds=20),
        BoxLog(day(0), "HNH1", "MOVIE", watch_seconds=10),
        BoxLog(day(1), "HNH1", watch_seconds=15),
        BoxLog(day(1), "HNH1", "MOVIE", watch_seconds=15),
        BoxLog(day(2), "HNH1", watch_seconds=29),
        BoxLog(day(3), "HNH1", watch_seconds=0),
        BoxLog(day(5), "LONG", watch_seconds=30),
        BoxLog(day(1), "SILENT", watch_seconds=0),
        BoxLog(day(9), None, watch_seconds=500),
    ]
    platform.load(boxes=boxes)
    platform.refresh()
    columns = ("customer_code", "as_of_date", "days_since_last_play", "rfm_r", "risk_band")
    assert platform.mart("churn_signals", *columns)[:3] == [
        ("HNH1", day(9), 7, 3, "steady"),
        ("LONG", day(9), 4, 5, "steady"),
        ("SILENT", day(9), None, None, "no_activity"),
    ]
    assert platform.fetch(
        "SELECT last_play_date_key, last_valid_play_date_key FROM agg_churn_signals"
        " WHERE last_play_date_key IS NOT NULL ORDER BY customer_code"
    ) == [(20240103, 20240102), (20240106, 20240106)]


def test_who_plays_for_no_time_after_months_without_any_is_steady(platform: Platform) -> None:
    platform.load(Play(day(0)), Play(day(90), watch_seconds=0))
    platform.refresh()
    columns = ("as_of_date", "days_since_last_play", "risk_band")
    (shown,) = platform.fetch(
        f"SELECT {', '.join(columns)} FROM {platform.settings.workspace.mart_database}.churn_signals"
        " WHERE customer_code = 'u1' ORDER BY as_of_date DESC LIMIT 1"
    )
    assert shown == (day(90), 0, "steady")


def test_a_second_of_playing_time_retains_and_none_does_not(platform: Platform) -> None:
    contracts = {"u1": "HNH1", "u2": "HNH2", "u3": "HNH3"}
    platform.load(
        users=[User(user, contract_code=code) for user, code in contracts.items()],
        boxes=[
            BoxLog(day(3), "HNH1", watch_seconds=1),
            BoxLog(day(3), "HNH2", watch_seconds=0),
            BoxLog(day(31), "HNH3"),
        ],
    )
    platform.refresh()
    kept = platform.mart("retention_cohort", "month_number", "cohort_size", "active_customers")
    assert kept == [(0, 3, 1)]


def test_any_event_moves_the_day_as_of_which(platform: Platform) -> None:
    platform.load(Play(day(3)))
    platform.load(ratings=[Rating(at("2024-02-10 12:00"))])
    platform.refresh()
    assert {on for (on,) in platform.mart("churn_signals", "as_of_date")} == {day(30), day(40)}
    assert platform.mart("retention_cohort", "month_number", "active_customers") == [(0, 1)]


def test_bands_and_quintiles_end_where_they_say(platform: Platform) -> None:
    users = [User(f"v{n}") for n in range(10)]
    platform.load(users=users)
    now = 60
    halved = [
        Play(day(now - 30), user_id="v0", watch_seconds=200),
        Play(day(now), user_id="v0", watch_seconds=100),
    ]
    above = [
        Play(day(now - 30), user_id="v1", watch_seconds=200),
        Play(day(now), user_id="v1", watch_seconds=101),
    ]
    fifth = [
        Play(day(now - 30), user_id="v2", watch_seconds=200),
        Play(day(now), user_id="v2", watch_seconds=160),
    ]
    less = [
        Play(day(now - 30), user_id="v3", watch_seconds=200),
        Play(day(now), user_id="v3", watch_seconds=161),
    ]
    quiet = [Play(day(now - n), user_id=f"v{k}") for k, n in ((4, 14), (5, 15), (6, 28), (7, 29))]
    plays = [*halved, *above, *fifth, *less, *quiet]
    platform.load(*plays)
    platform.refresh()
    rows = platform.fetch(
        "SELECT customer_code, risk_band FROM agg_churn_signals"
        " WHERE date_key = 20240301 AND customer_code LIKE 'v%' ORDER BY customer_code"
    )
    assert [band for _, band in rows] == [
        "declining",
        "watch",
        "watch",
        "steady",
        "steady",
        "watch",
        # 28 days silent: what was watched before is in the 28 days before, and nothing since.
        "declining",
        "lapsed",
        "no_activity",
        "no_activity",
    ]


def test_segments_part_every_pair_of_recency_and_frequency(empty_platform: Platform) -> None:
    pairs = [(recency, frequency) for recency in range(5) for frequency in range(5)]
    users = [User(f"v{recency}{frequency}") for recency, frequency in pairs]
    plays = [
        Play(day(56 + recency - n), user_id=f"v{recency}{frequency}")
        for recency, frequency in pairs
        for n in range(frequency + 1)
    ]
    empty_platform.load(users=users, titles=[Title()])
    empty_platform.load(*plays)
    check(empty_platform, plays, users)
    scores = empty_platform.mart("churn_signals", "as_of_date", "rfm_r", "rfm_f")
    assert [pair for as_of, *pair in scores if as_of == day(60)] == [
        [recency + 1, frequency + 1] for recency, frequency in pairs
    ]


def test_customer_whom_nobody_is_any_more_makes_the_months_since_sign_up_stale(
    platform: Platform,
) -> None:
    platform.load(*(Play(date(2024, month, 10)) for month in (1, 2, 3, 4)))
    platform.load(users=[User("u2", registered_on=date(2024, 2, 15))])
    platform.refresh()
    platform.execute("DELETE FROM customer_user WHERE user_id = 'u2'")
    platform.execute("CALL forget_sign_ups()")
    signed_up = (
        "SELECT customer_code, registered_on FROM dim_customer WHERE customer_key > 0 ORDER BY 1"
    )
    new_year = date(2024, 1, 1)
    assert platform.fetch(signed_up) == [("u1", new_year), ("u2", None), ("u3", new_year)]
    stale = platform.fetch("SELECT aggregate_name, date_key FROM changed_day")
    months = (20240201, 20240301, 20240401)
    named = ("churn_signals", "retention_cohort")
    assert {(name, month) for name in named for month in months} <= set(stale)
    assert min(month for _, month in stale) == 20240201


def refresh_on(platform: Platform, today: date) -> None:
    """Run the procedures as the event does, on a day of our choice."""
    noon = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    with open_warehouse(platform.settings) as connection:
        execute(connection, f"SET timestamp = {noon.timestamp():.0f}")
        execute(connection, "CALL refresh_changed_days()")


def told(platform: Platform) -> tuple[list[Row], list[Row]]:
    """Return what the marts tell that look back from the last day."""
    return platform.mart("churn_signals", *SIGNALS), platform.mart("retention_cohort", *COHORTS)


def test_a_day_in_the_future_is_no_now_until_it_comes(crowd: Platform) -> None:
    plays = some_plays(6, count=90)
    later = date(2035, 3, 5)
    crowd.load(*plays, Play(later, user_id="u21"))
    check(crowd, plays)
    assert crowd.fetch("SELECT plays FROM fact_watch WHERE date_key = 20350305") == [(1,)]
    before = told(crowd)
    refresh_on(crowd, later - timedelta(days=2))
    assert told(crowd) == before
    refresh_on(crowd, later - timedelta(days=1))
    everything = [*plays, Play(later, user_id="u21")]
    assert told(crowd)[1] == cohorts(everything, USERS)
    assert told(crowd)[0][-len(USERS) :] == signals_as_of(later, everything, USERS)
    refresh_on(crowd, day(200))
    assert told(crowd) == before


def test_what_is_past_is_told_alike_whatever_the_day_is(crowd: Platform) -> None:
    crowd.load(*some_plays(7, count=60))
    crowd.refresh()
    before = crowd.snapshot()
    refresh_on(crowd, date(2036, 12, 31))
    assert crowd.snapshot() == before
    assert crowd.fetch("SELECT last_date_key FROM clock") == [(20370101,)]


def test_nothing_but_the_future_is_no_now_at_all(crowd: Platform) -> None:
    crowd.load(Play(date(2035, 3, 5), user_id="u01"))
    crowd.refresh()
    assert told(crowd) == ([], [])
    with pytest.raises(UsageError, match="no day with events to count from"):
        first_kept_day(crowd.settings, 365)


def shown(platform: Platform, as_of: date | None) -> list[Row]:
    """Return what the procedure tells of a day, in the order of the mart's columns."""
    with open_warehouse(platform.settings) as connection, connection.cursor() as cursor:
        cursor.execute("CALL show_churn_signals(%s)", (as_of,))
        code, on, *others = zip(*cursor.fetchall(), strict=True)
        cursor.nextset()
    return sorted(zip(on, code, *others, strict=True))


def test_every_day_of_who_plays_each_day_is_counted_whatever_the_month(platform: Platform) -> None:
    platform.load(*(Play(day(number)) for number in range(345)))
    platform.refresh()
    counted = platform.fetch(
        "SELECT date_key, active_days_last_28 FROM agg_churn_signals"
        " WHERE customer_code = 'u1' ORDER BY date_key"
    )
    ends = [month_end(month) for month in months(JAN_1, date(2024, 11, 1))]
    assert counted == [(int(f"{end:%Y%m%d}"), 28) for end in (*ends, date(2024, 12, 10))]


def test_signs_begin_at_their_bounds(platform: Platform) -> None:
    before, last = day(20), day(60)
    seconds = {"u1": 801, "u2": 800, "u3": 500}
    platform.load(
        *(Play(before, user_id, watch_seconds=1000) for user_id in seconds),
        *(Play(last, user_id, watch_seconds=played) for user_id, played in seconds.items()),
        boxes=[BoxLog(last, "HNH1", watch_seconds=30), BoxLog(last, "HNH2", watch_seconds=29)],
    )
    platform.refresh()
    found = platform.fetch(
        "SELECT customer_code, risk_band, rfm_r IS NULL FROM agg_churn_signals"
        f" WHERE date_key = {last:%Y%m%d} AND watch_seconds_last_28 > 0 ORDER BY customer_code"
    )
    assert found == [
        ("HNH1", "steady", 0),
        ("HNH2", "steady", 1),
        ("u1", "steady", 0),
        ("u2", "watch", 0),
        ("u3", "declining", 0),
    ]


def test_signals_are_shown_as_of_any_day_and_none_are_kept(crowd: Platform) -> None:
    # Of one second before and many since, a change is known.
    plays = [
        *some_plays(8, count=120),
        Play(day(10), user_id="u22", watch_seconds=1),
        Play(day(40), user_id="u22"),
    ]
    crowd.load(*plays)
    crowd.refresh()
    first, last = (pick(play.started_on for play in plays) for pick in (min, max))
    before = crowd.snapshot()
    for as_of in (first, date(2024, 2, 14), date(2024, 2, 29), date(2024, 3, 1), last):
        assert shown(crowd, as_of) == signals_as_of(as_of, plays, USERS)
    assert shown(crowd, None) == signals_as_of(last, plays, USERS)
    for outside in (first - timedelta(days=1), last + timedelta(days=1)):
        with pytest.raises(UsageError, match=f"as of {outside}: events go from {first} to {last}"):
            shown(crowd, outside)
    assert crowd.snapshot() == before
    assert "show_churn_signals" not in {run.procedure for run in read_status(crowd.settings).runs}


def test_signals_are_shown_past_whatever_others_do(crowd: Platform) -> None:
    crowd.load(Play(day(3), user_id="u01"))
    crowd.refresh()
    written = ("fact_watch", "fact_category_seconds", "dim_customer", "agg_churn_signals")
    with open_warehouse(crowd.settings) as writing, open_warehouse(crowd.settings) as reading:
        # What a connection has that is not one of ours, such as that of a report.
        execute(reading, "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        execute(reading, "SET innodb_lock_wait_timeout = 1, autocommit = 0")
        execute(reading, "SET SESSION TRANSACTION READ ONLY")
        execute(writing, "START TRANSACTION")
        for table in written:
            fetch(writing, f"SELECT 1 FROM {table} FOR UPDATE")
        with hold_lock(writing, f"{crowd.settings.workspace.warehouse_database}.refresh"):
            assert list(rows_as_of_last(reading))
        execute(writing, "ROLLBACK")


def test_signals_that_somebody_breaks_off_keep_nobody_waiting(crowd: Platform) -> None:
    crowd.load(Play(day(3), user_id="u01"))
    crowd.refresh()
    with (
        open_warehouse(crowd.settings) as locking,
        open_warehouse(crowd.settings) as asking,
        ThreadPoolExecutor(1) as thread,
    ):
        (asked,) = fetch_one(asking, "SELECT connection_id()")
        execute(locking, "LOCK TABLES customer_first_day WRITE")
        answer = thread.submit(lambda: list(rows_as_of_last(asking)))
        wait_for(locking, asked)
        execute(locking, f"KILL QUERY {asked}")
        with pytest.raises(mysql.connector.Error, match="interrupted"):
            answer.result()
        execute(locking, "UNLOCK TABLES")
        # Whose call it was is connected still, as a pool of connections is.
        crowd.load(Play(day(4), user_id="u02"))
        crowd.refresh()
        assert list(rows_as_of_last(asking))


def wait_for(connection: Connection, other: int) -> None:
    """Return when another connection waits for a table."""
    query = "SELECT state FROM information_schema.processlist WHERE id = %s"
    while "metadata lock" not in str(fetch_one(connection, query, (other,))):
        sleep(0.01)


def rows_as_of_last(connection: Connection) -> Iterator[Row]:
    return stream(connection, "CALL show_churn_signals(NULL)")


def test_no_signals_are_shown_without_events(crowd: Platform) -> None:
    with pytest.raises(UsageError, match="as of any day: there are no events"):
        shown(crowd, None)


def test_mart_as_of_a_day_is_what_the_procedure_shows(
    crowd: Platform,
    svp: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    plays = some_plays(9, count=60)
    crowd.load(*plays)
    crowd.refresh()
    as_of = ("--as-of", "2024-02-14")
    assert svp("mart", "show", "churn_signals", *as_of, "--limit", 3, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    expected = signals_as_of(date(2024, 2, 14), plays, USERS)
    assert (told["mart"], told["as_of"]) == ("churn_signals", "2024-02-14")
    assert [row["customer_code"] for row in told["rows"]] == [code for _, code, *_ in expected[:3]]
    assert list(told["rows"][0]) == ["customer_code", "as_of_date", *SIGNALS[2:]]
    assert {row["as_of_date"] for row in told["rows"]} == {"2024-02-14"}
    # Those of whom something is not known: null, and whole numbers beside it.
    for options in ((), as_of):
        assert svp("mart", "show", "churn_signals", *options, "--limit", 99, "--json") == 0
        out = capsys.readouterr().out
        assert "NaN" not in out
        known = {row["days_since_last_play"] for row in json.loads(out)["rows"]}
        assert None in known
        assert {type(each) for each in known if each is not None} == {int}
    file = tmp_path / "signals.parquet"
    for name in ("signals.parquet", "signals.xlsx"):
        assert svp("mart", "export", "churn_signals", tmp_path / name, *as_of) == 0
    rows = pq.read_table(file, columns=list(SIGNALS)).to_pylist()
    assert [tuple(row.values()) for row in rows] == expected
    columns = ("--columns", "risk_band,customer_code")
    file = tmp_path / "bands.csv"
    assert svp("mart", "export", "churn_signals", file, *as_of, *columns) == 0
    assert file.read_text().splitlines()[1] == f"{expected[0][-1]},{expected[0][1]}"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("genre", "--as-of", "2024-02-14"), "marts that know it are churn_signals"),
        (("churn_signals", "--as-of", "2019-02-14"), "there are no signals of churn as of"),
        (("churn_signals", "--as-of", "2024-02-14", "--columns", "date_key"), "has no column"),
        (("churn_signals", "--as-of", "2024-02-14", "--from", "2024-01-01"), "no days to choose"),
    ],
)
def test_day_that_a_mart_can_not_be_told_as_of_is_refused(
    crowd: Platform,
    svp: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    *,
    words: tuple[str, ...],
    reason: str,
) -> None:
    crowd.load(Play(day(3), user_id="u01"), Play(day(70), user_id="u01"))
    crowd.refresh()
    mart, *options = words
    assert svp("mart", "export", mart, tmp_path / "a.csv", *options) == 2
    assert reason in capsys.readouterr().err
    assert list(tmp_path.glob("*.csv")) == []
    if "--from" not in options:
        assert svp("mart", "show", mart, *options) == 2
        assert reason in capsys.readouterr().err
