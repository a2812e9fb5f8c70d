"""Who signed up, when, and what they are like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from svp.generate.arrays import (
    DAY_US,
    Entries,
    Flags,
    Floats,
    Integers,
)
from svp.generate.clocks import viewers_clocks
from svp.generate.market import (
    AGE_GROUPS,
    COUNTRIES,
    DEVICE_SHARES,
    DEVICES,
    HOUR_CURVES,
    PAYMENT_SHARES,
    PLAN_SHARES,
)
from svp.generate.randomness import Draws, cumulate, pick_by

if TYPE_CHECKING:
    from svp.generate.arguments import Arguments

__all__ = [
    "GENRES",
    "HISTORY_DAYS",
    "MONTHLY_GROWTH",
    "MONTH_DAYS",
    "SEGMENTS",
    "SLOT_STEP",
    "People",
    "age_group",
    "make_people",
    "mood",
]

GENRES = (
    "Action", "Comedy", "Drama", "Thriller", "Sci-Fi", "Fantasy", "Romance", "Horror",
    "Crime", "Animation", "Family", "History", "Nature", "Sport", "News", "Music",
)  # fmt: skip

HISTORY_DAYS = 730
"""How long before the first day the service opened."""
MONTH_DAYS = 30
MONTHLY_GROWTH = 0.02
"""Of sign-ups: a service past its first years doubles them in three."""
DAILY_GROWTH = np.log1p(MONTHLY_GROWTH) / MONTH_DAYS
FIRST_MONTH_SHARE = MONTHLY_GROWTH / -np.expm1(-DAILY_GROWTH * HISTORY_DAYS)
"""Sign-ups in the 30 days after the first day began, against all before it."""

SIGN_UP_WEEKDAYS = np.array((0.96, 0.95, 0.94, 0.94, 0.99, 1.12, 1.10))
"""Sign-ups of each weekday, Monday first, against the mean day."""
CAMPAIGN_SHARE, CAMPAIGN_FACTOR = 0.07, 2.0
"""Of weeks, those with an offer, and what it does to sign-ups."""
WEEK_SIGMA = 0.12
"""Of the log of sign-ups from week to week."""
WEEK_DAYS, MONDAY_SHIFT = 7, 3
"""1970-01-01 was a Thursday."""

SLOT_STEP = 100_000_000
"""A user's number is the slot's, from 1, plus this for each sign-up that the slot had before."""

SIGN_UP_CURVE = 2 * [device.name for device in DEVICES].index("Desktop")
"""Row of HOUR_CURVES: people sign up at their computers."""

YOUNGEST, OLDEST = 18, 90
AGE_STEP_YEARS = 10.2
"""Ages are the youngest plus two exponential steps: a peak near 28, a mean near 38."""

SEGMENTS = ("mainstream", "families", "thrill", "drama", "laughter", "worlds", "knowledge", "live")
SEGMENT_SHARES = cumulate(
    (
        (0.20, 0.06, 0.20, 0.10, 0.16, 0.16, 0.04, 0.08),
        (0.20, 0.22, 0.13, 0.14, 0.11, 0.07, 0.06, 0.07),
        (0.20, 0.05, 0.10, 0.24, 0.08, 0.02, 0.17, 0.14),
    )
)
"""Cumulative by segment, by age group."""
SEGMENT_TASTES = np.array(
    (
        (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
        (0.4, 1.2, 0.4, 0.2, 0.3, 0.9, 0.3, 0.0, 0.2, 5.0, 6.0, 0.3, 0.9, 0.3, 0.1, 0.4),
        (4.0, 0.4, 0.5, 4.0, 0.9, 0.4, 0.2, 2.5, 2.5, 0.2, 0.1, 0.1, 0.1, 0.4, 0.1, 0.1),
        (0.2, 0.6, 4.5, 0.8, 0.2, 0.3, 3.0, 0.1, 1.6, 0.1, 0.4, 0.8, 0.3, 0.1, 0.2, 0.3),
        (0.5, 6.0, 0.6, 0.3, 0.4, 0.4, 1.8, 0.2, 0.4, 1.2, 0.8, 0.1, 0.2, 0.4, 0.2, 1.0),
        (1.6, 0.5, 0.5, 0.6, 6.0, 6.0, 0.2, 0.7, 0.3, 1.3, 0.3, 0.2, 0.2, 0.1, 0.1, 0.2),
        (0.2, 0.4, 0.6, 0.3, 0.5, 0.1, 0.1, 0.1, 1.5, 0.1, 0.2, 6.0, 6.0, 0.3, 2.0, 0.8),
        (0.7, 0.8, 0.4, 0.3, 0.2, 0.1, 0.2, 0.1, 0.4, 0.2, 0.2, 0.4, 0.4, 9.0, 4.0, 2.0),
    )
)
"""By segment and genre: how much more than others its people like it."""
GENRE_APPEAL = (1.4, 1.5, 1.6, 1.1, 1.0, 0.8, 0.9, 0.7, 1.1, 0.9, 0.9, 0.5, 0.5, 0.8, 0.6, 0.4)
"""By genre: how many people like it."""
TASTE_SIGMA = 0.7
"""Of the log of a person's own liking of a genre within the segment."""

SECOND_DEVICE_SHARE = 0.45
"""Of users, those who own a device, for each kind that is not their usual one, at the mean share."""

MOOD_SIGMA = 0.45
"""Of the log of a user's activity from month to month, about the user's own mean."""


@dataclass(frozen=True, slots=True)
class People(Entries):
    """One entry per user. Codes are positions in the tables of ``market``."""

    number: Integers
    """Of the id; no other user has it."""
    draws: Draws
    registered_at: Integers
    age: Integers
    country: Integers
    plan: Integers
    """The plan chosen at sign-up."""
    payment_method: Integers
    device: Integers
    """The one used most."""
    owned: Flags
    """By kind of device."""
    has_box: Flags
    name: Integers
    """Two numbers a user: the given name and the family name in the pool of the country."""
    engagement: Floats
    """Standard normal: log of the user's activity, in deviations from the median user."""
    segment: Integers
    """Position in SEGMENTS."""
    taste: Floats
    """Cumulative by genre."""


def make_people(arguments: Arguments, *, first_slot: int, slots: int, end_at: int) -> People:
    """Return the users of some slots who signed up before an instant.

    Each of the first ``arguments.users`` slots holds a user who was there when the first day began. As a service grows,
    it wins another user for the slot now and then, so that earlier users never depend on how many days there are.
    """
    slot = np.arange(first_slot, first_slot + slots)
    places = Draws.of(arguments.seed, "users", slot)
    joined = [_Joined(slot + 1, places, _days_before(arguments, places))]
    gained = np.zeros(slots, dtype=np.int64)
    for month in range(1 + (end_at // DAY_US - arguments.start_day + 1) // MONTH_DAYS):
        gain = places.under("month", np.full(slots, month))
        rows = np.flatnonzero(gain.happens("sign-up", _sign_ups_a_slot(arguments, month)))
        gained[rows] += 1
        draws = gain.take(rows)
        number = slot[rows] + 1 + SLOT_STEP * gained[rows]
        joined.append(_Joined(number, draws, _days_in(arguments, draws, month)))
    number = np.concatenate([part.number for part in joined])
    draws = Draws(np.concatenate([part.draws.keys for part in joined]))
    days = np.concatenate([part.days for part in joined])
    country = draws.pick("country", [market.share for market in COUNTRIES])
    registered_at = _instants(arguments, draws, country, days, end_at // DAY_US)
    there = registered_at < end_at
    return _describe(number[there], draws.take(there), registered_at[there], country[there])


@dataclass(frozen=True, slots=True)
class _Joined(Entries):
    """One entry per sign-up."""

    number: Integers
    draws: Draws
    days: Integers
    """Local days from the first one, below 0 before it."""


def _sign_ups_a_slot(arguments: Arguments, month: int) -> float:
    """Return how many users a slot gains in one of the months from the first day; never more than one."""
    grown = FIRST_MONTH_SHARE * (1 + MONTHLY_GROWTH) ** month
    days = np.arange(month * MONTH_DAYS, (month + 1) * MONTH_DAYS)
    expected: float = grown * _campaigns(arguments, days).mean()
    return min(expected, 1.0)


def _days_before(arguments: Arguments, draws: Draws) -> Integers:
    """Return days of the history, on which sign-ups grow by MONTHLY_GROWTH each 30 days."""
    return _pick_days(arguments, draws, np.arange(-HISTORY_DAYS, 0))


def _days_in(arguments: Arguments, draws: Draws, month: int) -> Integers:
    """Return days of one of the months, counted from the first day."""
    return _pick_days(arguments, draws, np.arange(month * MONTH_DAYS, (month + 1) * MONTH_DAYS))


def _pick_days(arguments: Arguments, draws: Draws, days: Integers) -> Integers:
    weights = np.exp(DAILY_GROWTH * days) * _campaigns(arguments, days)
    return days[draws.pick("registered_at", weights)]


def _campaigns(arguments: Arguments, days: Integers) -> Floats:
    """Return the sign-ups of days against the growing mean: weekends, good weeks and bad, campaigns."""
    day = arguments.start_day + days
    week = Draws.of(arguments.seed, "sign-up weeks", (day + MONDAY_SHIFT) // WEEK_DAYS)
    campaign = np.where(week.happens("campaign", CAMPAIGN_SHARE), CAMPAIGN_FACTOR, 1.0)
    weekday = SIGN_UP_WEEKDAYS[(day + MONDAY_SHIFT) % WEEK_DAYS]
    factors: Floats = campaign * np.exp(WEEK_SIGMA * week.normal("luck")) * weekday
    return factors


def _instants(
    arguments: Arguments, draws: Draws, country: Integers, days: Integers, last_day: int
) -> Integers:
    """Return whole seconds of local days, at the hours at which people are at their computers.

    Who was there before the first day stays before it, wherever on Earth.
    """
    first_day = arguments.start_day - HISTORY_DAYS - 1
    clocks = viewers_clocks(first_day, last_day + MONTH_DAYS)
    hour = pick_by(draws.uniform("hour"), HOUR_CURVES, np.full(len(draws), SIGN_UP_CURVE))
    second = hour * 3600 + draws.whole("second", 0, 3600)
    local_day = arguments.start_day + days
    instants = clocks.to_utc(country, local_day, second)
    start_at = arguments.start_day * DAY_US
    return np.where((days < 0) & (instants >= start_at), instants - DAY_US, instants)


def _describe(number: Integers, draws: Draws, registered_at: Integers, country: Integers) -> People:
    years = AGE_STEP_YEARS * (draws.exponential("age") + draws.exponential("more age"))
    age: Integers = np.minimum(YOUNGEST + years, OLDEST).astype(np.int64)
    box_shares = np.array([market.box_share for market in COUNTRIES])
    device = draws.pick_from_rows("device", DEVICE_SHARES, age_group(age))
    segment = draws.pick_from_rows("segment", SEGMENT_SHARES, age_group(age))
    return People(
        number=number,
        draws=draws,
        registered_at=registered_at,
        age=age,
        country=country,
        plan=draws.pick("plan", PLAN_SHARES),
        payment_method=draws.pick("payment_method", PAYMENT_SHARES),
        device=device,
        owned=_owned(draws, device, age),
        has_box=draws.happens("box", box_shares[country]),
        name=np.stack([draws.whole(f"{part} name", 0, 2**31) for part in ("given", "family")], 1),
        engagement=draws.normal("engagement"),
        segment=segment,
        taste=_tastes(draws, segment),
    )


def age_group(age: Integers) -> Integers:
    """Return the position of an age in the tables by age group."""
    return np.searchsorted(AGE_GROUPS, age, side="right")


def _owned(draws: Draws, device: Integers, age: Integers) -> Flags:
    """Return which kinds of device each user has: the usual one, and others by their shares."""
    shares = np.diff(DEVICE_SHARES, prepend=0.0)[age_group(age)]
    chances = np.minimum(SECOND_DEVICE_SHARE * len(DEVICES) * shares, 1.0)
    owned = [draws.happens(f"owns {kind.name}", chances[:, n]) for n, kind in enumerate(DEVICES)]
    usual: Flags = device[:, np.newaxis] == np.arange(len(DEVICES))
    return np.stack(owned, axis=1) | usual


def _tastes(draws: Draws, segment: Integers) -> Floats:
    """Return each user's liking of each genre: the segment's, and the user's own about it."""
    own = np.stack([draws.normal(f"taste {genre}") for genre in GENRES], axis=1)
    liking = SEGMENT_TASTES[segment] * np.array(GENRE_APPEAL) * np.exp(TASTE_SIGMA * own)
    return cumulate(liking + 1e-9)


def mood(draws: Draws, day: Integers) -> Floats:
    """Return the log of the factor on users' activity in the 30 days that a day is in, mean 0.

    Who watches less in a month is more likely to leave at its end: see ``subscriptions``.
    """
    return MOOD_SIGMA * draws.under("mood", day // MONTH_DAYS).normal("mood")
