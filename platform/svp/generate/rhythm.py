"""When people sit down to watch: which days, how often, at which hour of their own clocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from svp.generate.arrays import (
    DAY_US,
    SECOND_US,
    Entries,
    Flags,
    Floats,
    Integers,
    first_of_group,
    position_in_group,
)
from svp.generate.clocks import viewers_clocks
from svp.generate.market import (
    COUNTRIES,
    DAYPART_HOURS,
    DEVICE_SHARES,
    EVENING_SHIFT_HOURS,
    HOLIDAY_FACTOR,
    HOLIDAYS,
    HOUR_CURVES,
    WEEKDAY_FACTORS,
)
from svp.generate.people import MONTH_DAYS, age_group, mood
from svp.generate.randomness import Draws, cumulate
from svp.generate.subscriptions import NEVER

if TYPE_CHECKING:
    from svp.generate.arguments import Arguments
    from svp.generate.people import People
    from svp.generate.subscriptions import Subscribed

__all__ = ["ACTIVITY_SIGMA", "Sittings", "sit_down"]

ACTIVITY_SIGMA = 1.5
"""Of the log of plays a day between users; MovieLens has 1.4 to 1.6."""
MOST_STARTS_A_DAY = 16.0
RATE_DAYS = 30
"""``sessions_per_user`` is a mean over so many days."""
SUBSCRIBERS_ACTIVITY = 1.32
"""Starts of subscribers against those of all who signed up: the active stay longer. Measured: 1.4 over
90 days, 1.25 over a year."""

SEASON_EFFECT = 0.08
"""On the log of plays in the depth of winter, and as much less at midsummer."""
MIDWINTER_DAY, YEAR_DAYS = 14, 365.25
"""15 January 1970, when people watch most in the north."""
DAY_SIGMA = 0.03
"""Of the log of a country's plays from day to day: the weather, and what else is on."""

SAME_SITTING_SHARE = 0.62
"""Of a day's later starts, those of the same sitting as the one before."""
USUAL_DEVICE_SHARE = 0.62
"""Of sittings; the others fall on any of the user's devices."""

DAYPARTS = len(DAYPART_HOURS) + 1
SATURDAY = 5
DAY_SECONDS = 86_400
SECOND_BITS = 36
"""Instants in whole seconds fit; a user's position goes above them."""
MILLISECOND_BITS = 44
"""Milliseconds of five hundred years fit."""


@dataclass(frozen=True, slots=True)
class Sittings(Entries):
    """One entry per time a user presses play, by user, sitting and then order.

    Codes are positions in ``market``.
    """

    draws: Draws
    """Of the start."""
    user: Integers
    day: Integers
    """The viewer's local day."""
    ordinal: Integers
    """Which start of that user and day."""
    sat_down_at: Integers
    """When the sitting began, the same for all its starts."""
    is_first: Flags
    """Whether the start is the first of its sitting."""
    daypart: Integers
    """When the sitting began on the viewer's clock: a row of DAYPART_TILTS."""
    device: Integers
    plan: Integers
    subscribed_from: Integers
    subscribed_to: Integers
    """Of the unbroken time as a subscriber, whatever the plan; NEVER if its end is not known."""


def sit_down(
    arguments: Arguments, people: People, subscribed: Subscribed, added_on: Integers
) -> Sittings:
    """Return all starts from the first day to a day after the last, within subscriptions.

    The day more is for those who ask what comes after a play; a longer period has the same starts.

    Args:
        arguments: of the platform.
        people: users of a block.
        subscribed: their plans.
        added_on: by user and kind of device, the day from which the user has it.
    """
    presses = _presses(arguments, people, subscribed)
    sitting = np.maximum.accumulate(np.where(presses.is_first, np.arange(len(presses)), 0))
    begun = _begin(arguments, people, presses, added_on).take(sitting)
    spell = _spells(subscribed)
    stretch, inside = _stretch_at(subscribed, presses.user, begun.sat_down_at)
    inside &= begun.sat_down_at >= arguments.start_day * DAY_US
    sittings = Sittings(
        draws=presses.draws,
        user=presses.user,
        day=presses.day,
        ordinal=presses.ordinal,
        sat_down_at=begun.sat_down_at,
        is_first=presses.is_first,
        daypart=begun.daypart,
        device=begun.device,
        plan=subscribed.plan[stretch],
        subscribed_from=spell.from_at[stretch],
        subscribed_to=spell.to_at[stretch],
    )
    # The presses are by user, day and ordinal already, which a stable sort keeps.
    since_first = begun.sat_down_at // 1000 - (_first_day(arguments) - 1) * DAY_SECONDS * 1000
    order = np.argsort((presses.user << MILLISECOND_BITS) + since_first, kind="stable")
    return sittings.take(order[inside[order]])


@dataclass(frozen=True, slots=True)
class _Presses(Entries):
    """One entry per time play is pressed, by user, local day and order."""

    draws: Draws
    user: Integers
    day: Integers
    ordinal: Integers
    is_first: Flags
    """Whether it begins a sitting."""


@dataclass(frozen=True, slots=True)
class _Begun(Entries):
    """One entry per press: the sitting, if it began there."""

    device: Integers
    daypart: Integers
    sat_down_at: Integers


def _presses(arguments: Arguments, people: People, subscribed: Subscribed) -> _Presses:
    """Return how often each user presses play on each day, and which of them begin a sitting."""
    user, day = _open_days(subscribed, _first_day(arguments), _last_day(arguments))
    draws = people.draws.take(user).under("day", day)
    count = draws.poisson("starts", _rate(arguments, people, user, day))
    row = np.repeat(np.arange(len(user)), count)
    ordinal = position_in_group(first_of_group(row))
    start = draws.take(row).under("start", ordinal)
    is_first = (ordinal == 0) | ~start.happens("same sitting", SAME_SITTING_SHARE)
    return _Presses(start, user[row], day[row], ordinal, is_first)


def _begin(arguments: Arguments, people: People, presses: _Presses, added_on: Integers) -> _Begun:
    """Return on what and when a sitting begins: by the hours of the device on the viewer's clock."""
    draws, user, day = presses.draws, presses.user, presses.day
    device = _devices(draws, people, user, day, added_on)
    days, country = _local_days(arguments), people.country[user]
    is_free_day = _is_holiday(days) | (_weekday(days) >= SATURDAY)
    is_free = is_free_day[country, day - days[0]]
    second = _local_seconds(draws, people, user, 2 * device + is_free)
    daypart = DAYPARTS * is_free + np.searchsorted(DAYPART_HOURS, second // 3600, side="right")
    clocks = viewers_clocks(_first_day(arguments), _last_day(arguments) + 1)
    thousandths = draws.whole("millisecond", 0, 1000) * 1000
    return _Begun(device, daypart, clocks.to_utc(country, day, second) + thousandths)


def _open_days(subscribed: Subscribed, first_day: int, last_day: int) -> tuple[Integers, Integers]:
    """Return user and local day, once each, of all days on which a user may watch.

    A local day may begin a day before or end a day after its UTC namesake, so both are there too.
    """
    first = np.clip(subscribed.from_at // DAY_US - 1, first_day, last_day + 1)
    last = np.clip(subscribed.to_at // DAY_US + 1, first_day - 1, last_day)
    same_user = ~first_of_group(subscribed.user)
    first[1:] = np.where(same_user[1:], np.maximum(first[1:], last[:-1] + 1), first[1:])
    count = np.maximum(last - first + 1, 0)
    row = np.repeat(np.arange(len(first)), count)
    return subscribed.user[row], first[row] + position_in_group(first_of_group(row))


def _rate(arguments: Arguments, people: People, user: Integers, day: Integers) -> Floats:
    """Return the expected starts of users on days: log-normal by user, with weekly rhythm, holidays and moods."""
    mean = arguments.sessions_per_user / RATE_DAYS / SUBSCRIBERS_ACTIVITY
    log_mean = np.log(mean) - ACTIVITY_SIGMA**2 / 2
    log_activity = log_mean + ACTIVITY_SIGMA * people.engagement
    months = np.arange(_first_day(arguments) // MONTH_DAYS, _last_day(arguments) // MONTH_DAYS + 1)
    everyone = np.repeat(np.arange(len(people)), len(months))
    moods = mood(people.draws.take(everyone), np.tile(months, len(people)) * MONTH_DAYS)
    by_month = np.exp(log_activity[:, np.newaxis] + moods.reshape(-1, len(months)))
    days = _local_days(arguments)
    by_country = _plays_by_day(arguments, days)
    expected: Floats = by_month[user, day // MONTH_DAYS - months[0]]
    expected *= by_country[people.country[user], day - days[0]]
    return np.minimum(expected, MOST_STARTS_A_DAY, out=expected)


def _plays_by_day(arguments: Arguments, days: Integers) -> Floats:
    """Return the plays of each country's days against its mean day."""
    country = np.arange(len(COUNTRIES))[:, np.newaxis]
    chance = Draws.of(arguments.seed, "days", days * len(COUNTRIES) + country)
    is_south = np.array([market.is_southern for market in COUNTRIES])[:, np.newaxis]
    year_share = (days - MIDWINTER_DAY) % YEAR_DAYS / YEAR_DAYS + 0.5 * is_south
    log_factor = SEASON_EFFECT * np.cos(2 * np.pi * year_share) + DAY_SIGMA * chance.normal("day")
    holiday = np.where(_is_holiday(days), HOLIDAY_FACTOR, 1.0)
    factors: Floats = np.exp(log_factor) * holiday * WEEKDAY_FACTORS[_weekday(days)]
    return factors


def _first_day(arguments: Arguments) -> int:
    """Return the first local day of which a part lies in the period."""
    return arguments.start_day - 1


def _last_day(arguments: Arguments) -> int:
    """Return the last local day that is looked at."""
    return arguments.end_day + 1


def _local_days(arguments: Arguments) -> Integers:
    return np.arange(_first_day(arguments), _last_day(arguments) + 1)


def _weekday(day: Integers) -> Integers:
    """Return 0 for Monday to 6 for Sunday; 1970-01-01 was a Thursday."""
    return (day + 3) % 7


def _is_holiday(day: Integers) -> Flags:
    """Return by country and day whether most people are free."""
    date = day.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    month_number = month.astype(np.int64) % 12 + 1
    day_of_month = (date - month).astype(np.int64) + 1
    is_holiday: Flags = HOLIDAYS[:, month_number, day_of_month]
    return is_holiday


def _devices(
    draws: Draws, people: People, user: Integers, day: Integers, added_on: Integers
) -> Integers:
    """Return the usual device or any other that the user has by then."""
    shares = np.diff(DEVICE_SHARES, prepend=0.0)[age_group(people.age)]
    others = cumulate(np.where(people.owned, shares, 0.0) + 1e-12)
    other = draws.pick_from_rows("other device", others, user)
    is_other = ~draws.happens("usual device", USUAL_DEVICE_SHARE)
    is_other &= people.owned[user, other] & (added_on[user, other] < day)
    return np.where(is_other, other, people.device[user])


def _local_seconds(draws: Draws, people: People, user: Integers, curve: Integers) -> Integers:
    """Return seconds of the viewers' day by rows of HOUR_CURVES, later or earlier by country and age."""
    hour = draws.pick_from_rows("hour", HOUR_CURVES, curve)
    shift_hours = np.array([market.evening_shift_hours for market in COUNTRIES])[people.country]
    shift_hours = shift_hours + np.array(EVENING_SHIFT_HOURS)[age_group(people.age)]
    shift_seconds = (shift_hours * 3600).astype(np.int64)[user]
    second: Integers = hour * 3600 + shift_seconds + draws.whole("second", 0, 3600)
    return second % DAY_SECONDS


@dataclass(frozen=True, slots=True)
class _Spells:
    """By stretch of one plan: the unbroken subscription that it is part of."""

    from_at: Integers
    to_at: Integers


def _spells(subscribed: Subscribed) -> _Spells:
    user, from_at, to_at = subscribed.user, subscribed.from_at, subscribed.to_at
    begins = np.ones(len(user), dtype=np.bool_)
    begins[1:] = (user[1:] != user[:-1]) | (from_at[1:] != to_at[:-1])
    first, last = np.flatnonzero(begins), np.flatnonzero(np.roll(begins, -1))
    spell = np.cumsum(begins) - 1
    return _Spells(from_at[first][spell], to_at[last][spell])


def _stretch_at(
    subscribed: Subscribed, user: Integers, instant: Integers
) -> tuple[Integers, Flags]:
    """Return the stretch in which each user is at an instant, and whether there is one."""
    ladder = (subscribed.user << SECOND_BITS) + subscribed.from_at // SECOND_US
    wanted = (user << SECOND_BITS) + instant // SECOND_US
    stretch = np.maximum(np.searchsorted(ladder, wanted, side="right") - 1, 0)
    inside = (subscribed.user[stretch] == user) & (instant >= subscribed.from_at[stretch])
    return stretch, inside & (instant < np.minimum(subscribed.to_at[stretch], NEVER))
