"""Quality of experience, against plain Python over the attempts that were loaded."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import ceil
from random import Random
from typing import TYPE_CHECKING

from tests.integration.warehouse.builders import Attempt, Play, User, at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.integration.warehouse.builders import Platform

JAN_31, FEB_1 = date(2024, 1, 31), date(2024, 2, 1)

QUALITY = (
    "stat_date",
    "device_type",
    "country",
    "attempts",
    "plays",
    "ebvs_pct",
    "start_failure_pct",
    "playback_failure_pct",
    "startup_seconds_avg",
    "startup_seconds_p50",
    "startup_seconds_p95",
    "stalled_time_pct",
    "avg_stall_count",
    "avg_bitrate_kbps",
)
COUNTRIES = {"u1": "Norway", "u2": "Sweden", "u3": "Unknown"}


def ratio(part: int, whole: int, *, times: int = 1, digits: int = 2) -> Decimal | None:
    """Return a ratio of sums, rounded once; None of nothing."""
    if not whole:
        return None
    return (Decimal(times) * part / whole).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def nearest_rank(values: Sequence[int], percent: int) -> Decimal | None:
    """Return a percentile of milliseconds, in seconds."""
    ordered = sorted(values)
    return (
        ratio(ordered[ceil(len(ordered) * percent / 100) - 1], 1000, digits=3) if values else None
    )


def group_of(attempt: Attempt) -> tuple[date, str, str]:
    """Return the day, device and country of an attempt; those of its play if it has one."""
    day = attempt.play.started_on if attempt.play else attempt.at.date()
    device = (attempt.play and attempt.play.device_type) or attempt.device_type
    return day, device or "Unknown", COUNTRIES[attempt.user_id]


def quality(attempts: Sequence[Attempt]) -> list[tuple[object, ...]]:
    """Work out every column of every row."""
    groups = defaultdict(list)
    for attempt in attempts:
        groups[group_of(attempt)].append(attempt)
    return [(*key, *figures(groups[key])) for key in sorted(groups)]


def figures(attempts: Sequence[Attempt]) -> tuple[object, ...]:
    """Work out the columns of one row."""
    played = [(each, each.play) for each in attempts if each.play]
    others = [each.outcome for each in attempts if not each.play]
    startups = [
        each.startup_milliseconds for each, _ in played if each.startup_milliseconds is not None
    ]
    stalled = [
        (each.stall_milliseconds, play.watch_seconds * 1000)
        for each, play in played
        if each.stall_milliseconds is not None
    ]
    stalls = [each.stall_count for each, _ in played if each.stall_count is not None]
    rates = [
        (play.average_bitrate_kbps * play.watch_seconds, play.watch_seconds)
        for _, play in played
        if play.average_bitrate_kbps is not None
    ]
    stall_milliseconds = sum(stall for stall, _ in stalled)
    return (
        len(attempts),
        len(played),
        ratio(others.count("abandoned"), len(attempts), times=100),
        ratio(others.count("failed"), len(attempts), times=100),
        ratio(sum(each.error_code is not None for each, _ in played), len(played), times=100),
        ratio(sum(startups), 1000 * len(startups), digits=3),
        nearest_rank(startups, 50),
        nearest_rank(startups, 95),
        ratio(
            stall_milliseconds, stall_milliseconds + sum(shown for _, shown in stalled), times=100
        ),
        ratio(sum(stalls), len(stalls)),
        ratio(sum(kilobits for kilobits, _ in rates), sum(seconds for _, seconds in rates)),
    )


def an_attempt(random: Random) -> Attempt:
    """Return an attempt of two days; two of three become a play, some a little after midnight."""
    tried_at = at("2024-01-31 00:00") + timedelta(seconds=random.randrange(2 * 86_400))
    user_id = random.choice(tuple(COUNTRIES))
    attempt = Attempt(
        tried_at,
        user_id=user_id,
        device_type=random.choice(("TV", "Mobile", None)),
        outcome=random.choice(("failed", "abandoned")),
        startup_milliseconds=random.choice((None, 400, 900, 1700, 30_000)),
    )
    if random.random() < 0.33:
        return attempt
    play = Play(
        tried_at + timedelta(seconds=random.choice((1, 7200))),
        user_id=user_id,
        watch_seconds=random.randrange(0, 4000),
        device_type=random.choice(("TV", "Browser", None)),
        average_bitrate_kbps=random.choice((None, 800, 4500)),
    )
    return replace(
        attempt,
        play=play,
        stall_count=random.choice((None, 0, 3)),
        stall_milliseconds=random.choice((None, 0, 12_345)),
        error_code=random.choice((None, None, "DECODER")),
    )


def test_quality_of_every_day_device_and_country(platform: Platform) -> None:
    random = Random(11)
    attempts = [an_attempt(random) for _ in range(200)]
    platform.load(
        *(each.play for each in attempts if each.play),
        users=[User("u2", country="Sweden"), User("u3", country=None)],
        attempts=attempts,
    )
    platform.refresh()
    assert platform.mart("playback_quality", *QUALITY) == quality(attempts)


def test_plays_without_telemetry_leave_the_mart_empty(platform: Platform) -> None:
    platform.load(Play(JAN_31))
    platform.refresh()
    assert platform.mart("playback_quality", *QUALITY) == []


def test_attempt_counts_on_the_day_of_its_play(platform: Platform) -> None:
    play = Play(at("2024-02-01 00:00:01"))
    attempts = [Attempt(at("2024-01-31 23:59:59"), play=play), Attempt(at("2024-01-31 23:59:59"))]
    platform.load(play, attempts=attempts)
    platform.refresh()
    counted = platform.mart("playback_quality", "stat_date", "attempts", "plays")
    assert counted == [(JAN_31, 1, 0), (FEB_1, 1, 1)]


def test_late_attempt_joins_its_day_and_a_repeat_changes_nothing(platform: Platform) -> None:
    first, late = (
        Attempt(at("2024-01-31 10:00")),
        Attempt(at("2024-01-31 11:00"), outcome="abandoned"),
    )
    platform.load(attempts=[first])
    platform.refresh()
    platform.load(attempts=[late])
    platform.refresh()
    assert platform.mart("playback_quality", *QUALITY) == quality([first, late])
    before = platform.snapshot()
    assert platform.refresh().days == 0
    assert platform.snapshot() == before


def test_device_that_is_called_unknown_is_no_other_row(platform: Platform) -> None:
    attempts = [
        Attempt(at("2024-01-31 10:00"), device_type=name) for name in ("Unknown", None, " TV ")
    ]
    platform.load(attempts=attempts)
    platform.refresh()
    assert platform.mart("playback_quality", "device_type", "attempts") == [
        ("TV", 1),
        ("Unknown", 2),
    ]
