"""What the set-top boxes of households report each day: how long each application was on.

The lines have the shape of an export from a search index. They carry no time: the day is known from their file only.
Every number depends on the household, the day, the box and the application alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from svp.generate.arrays import (
    Entries,
    Flags,
    Floats,
    Integers,
    Values,
    day_of,
    first_of_group,
    join,
    labels,
)
from svp.generate.market import HOLIDAY_FACTOR, HOLIDAYS, WEEKDAY_FACTORS
from svp.generate.randomness import Draws, Keys, scale_to_one

if TYPE_CHECKING:
    from collections.abc import Sequence

    from svp.generate.people import People

__all__ = ["APPLICATIONS", "CATEGORIES", "HOUSEHOLD_TYPES", "box_logs", "household_type"]

DAY_SECONDS = 86_400
WEEK_DAYS = 7
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of programme, and how much of it households watch for each hour of TV."""

    name: str
    median: float
    sigma: float
    """Of the log over households."""


CATEGORIES = (
    Category("TV", 1.0, 0.0),
    Category("Movie", 0.0178, 2.0),
    Category("Child", 0.0038, 2.2),
    Category("Relax", 0.0011, 2.0),
    Category("Sport", 0.0009, 1.8),
)
"""Found by trial, so that in a month 97.1, 2.2, 0.57, 0.05 and 0.01 % of households watch most of each: the published
month of an operator."""


@dataclass(frozen=True, slots=True)
class Application:
    """What a box can show."""

    name: str
    category: str
    share: float
    """Of the hours of its category."""


APPLICATIONS = (
    Application("CHANNEL", "TV", 0.955),
    Application("DSHD", "TV", 0.012),
    Application("KPLUS", "TV", 0.030),
    Application("KPlus", "TV", 0.003),
    Application("VOD", "Movie", 0.60),
    Application("FIMS", "Movie", 0.14),
    Application("BHD", "Movie", 0.06),
    Application("MOVIE", "Movie", 0.08),
    Application("VOD_RES", "Movie", 0.04),
    Application("FIMS_RES", "Movie", 0.02),
    Application("BHD_RES", "Movie", 0.03),
    Application("DANET", "Movie", 0.03),
    Application("CHILD", "Child", 1.0),
    Application("RELAX", "Relax", 1.0),
    Application("SPORT", "Sport", 1.0),
)

CHOICES_A_DAY = 2.5
"""As if a day were so many choices of an application by its share of hours: those chosen at least once get a line."""


@dataclass(frozen=True, slots=True)
class HouseholdType:
    """How regularly and how much a household watches."""

    name: str
    share: float
    presence: float
    """Share of days on which it watches, at most."""
    hours_factor: float
    """Hours of such a day, against a steady household."""


TYPES = (
    HouseholdType("steady", 0.645, presence=0.95, hours_factor=1.0),
    HouseholdType("heavy", 0.10, presence=0.99, hours_factor=2.6),
    HouseholdType("irregular", 0.05, presence=0.90, hours_factor=0.8),
    HouseholdType("lapsing", 0.205, presence=0.95, hours_factor=0.8),
)
"""Found by trial: by last day, days and hours of a month, households come near the segments of the published month."""
HOUSEHOLD_TYPES = tuple(kind.name for kind in TYPES)
"""Irregular households watch on many days of some weeks and few of others; lapsing ones lose interest and return."""
IRREGULAR, LAPSING = HOUSEHOLD_TYPES.index("irregular"), HOUSEHOLD_TYPES.index("lapsing")

MEDIAN_HOURS = 3.2
"""Of a steady household's main box on a day with any; by trial: households seen in a month have 107 hours, mean."""
HOURS_SIGMA = 0.75
"""Of the log of hours over households of a type."""
ENGAGEMENT_EFFECT = 0.5
"""Correlation of a household's hours on the box with its user's activity in the apps."""
WEEK_SIGMA, LINE_SIGMA = 0.25, 0.7
"""Of the log of hours over a household's weeks, and over its lines."""

BOX_SHARES = (0.825, 0.15, 0.025)
"""Of households with 1, 2 and 3 boxes: 1.2 boxes, mean."""
BOX_PRESENCE = np.array((1.0, 0.55, 0.4))
"""By box: on how many of the days on which the household watches it is on."""
BOX_HOURS_FACTOR = np.array((1.0, 0.7, 0.6))
"""By box: its hours of such a day, against the main box."""

IDLE_SHARE = 0.06
"""Of lines, those of an application that was opened but showed nothing: 0 seconds."""
LONGEST_SECONDS, LONGEST_PAUSE_SECONDS = 86_399, 7_200
"""Of a box's day, and the longest time for which one that is hardly ever off is switched off: a box that is left on
for a whole day is dirt, and planted as such only.
"""

CYCLE_DAYS = (32, 56)
"""Shortest, longest: a lapsing household comes back as often."""
SPELL_SHARE = 0.38
"""Of the cycle, how long it takes for the household's interest to fade away."""
LIFE_DAYS, TRAILING_DAYS = 2_000, 30
"""Mean time until a household leaves for good, and over which it watches less and less before."""
AWAY_SHARE, AWAY_DAYS, AWAY_CYCLE_DAYS = 0.2, (2, 15), 30
"""In each cycle, the share of households that travel, and for how many days, from and below."""

ID_CHARACTERS = np.frombuffer(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", np.uint8
)
HEX_CHARACTERS = np.frombuffer(b"0123456789ABCDEF", np.uint8)
KEY_CHARACTERS, MORE_CHARACTERS, MAC_CHARACTERS = 10, 7, 12
"""An id says 60 bits of the line's key and 42 more, after its first three characters."""

SECONDS_FIRST_SHARE = 0.6
"""Of lines, those that name the seconds before the application."""

HEADS = [
    f'{{"_index":"history","_type":"{application.name.lower()}","_id":"AX_'
    for application in APPLICATIONS
]
OWNER = ('","_score":0,"_source":{"Contract":"', '","Mac":"', '",')
MIDDLES = [
    middle
    for application in APPLICATIONS
    for middle in ('"TotalDuration":', f'"AppName":"{application.name}","TotalDuration":')
]
TAILS = [
    tail
    for application in APPLICATIONS
    for tail in (f',"AppName":"{application.name}"}}}}\n', "}}\n")
]
"""The fixed parts of a line. What stands about the seconds is by application and order: seconds first, seconds last."""


@dataclass(frozen=True, slots=True)
class _Households(Entries):
    """One entry per household: what stays the same from day to day."""

    draws: Draws
    kind: Integers
    """Position in HOUSEHOLD_TYPES."""
    country: Integers
    first_day: Integers
    """The day after its user's registration, when the box is there from morning on."""
    leaving_day: Integers
    cycle_days: Integers
    """Of a lapsing household."""
    phase_days: Integers
    """Where in its cycles the household was at the beginning of 1970."""
    hours: Floats
    """Of the main box on a day with any, median."""
    shares: Floats
    """Of hours, by application."""


@dataclass(frozen=True, slots=True)
class _Boxes(Entries):
    """One entry per box, by household."""

    draws: Draws
    household: Integers
    number: Integers
    """Within the household; 0 is the main box."""


@dataclass(frozen=True, slots=True)
class _Lines(Entries):
    """One entry per box and application of one day, in this order."""

    draws: Draws
    box: Integers
    application: Integers
    seconds: Integers


def box_logs(
    people: People,
    households: Integers,
    contract_codes: Sequence[str] | Values,
    *,
    from_day: int,
    end_day: int,
) -> dict[int, bytes]:
    """Return the newline-delimited JSON that the boxes of some households send, by UTC day.

    A line is one box, application and day. ``households`` are positions in ``people``, ``contract_codes`` the code of
    each in the same order, in characters that JSON leaves as they are. Days are counted from 1970-01-01; ``end_day`` is
    the first without logs. A day on which nobody watches has no bytes. One day of one call must stay below 2 GiB, which
    some ten million households reach.
    """
    homes = _settle(people.take(households))
    boxes = _install(homes)
    owners = _owner_texts(boxes, pa.array(contract_codes, pa.string()))
    return {day: _write(_watch(homes, boxes, day), owners) for day in range(from_day, end_day)}


def household_type(people: People) -> Integers:
    """Return the position in HOUSEHOLD_TYPES of each person's household."""
    return people.draws.pick("household type", [kind.share for kind in TYPES])


def _settle(people: People) -> _Households:
    draws = people.draws
    kind = household_type(people)
    first_day = day_of(people.registered_at) + 1
    life_days = LIFE_DAYS * draws.exponential("household life")
    cycle_days = draws.whole("cycle days", *CYCLE_DAYS)
    own = np.sqrt(1 - ENGAGEMENT_EFFECT**2) * draws.normal("box hours")
    propensity = ENGAGEMENT_EFFECT * people.engagement + own
    factor = np.array([kind.hours_factor for kind in TYPES])[kind]
    return _Households(
        draws=draws,
        kind=kind,
        country=people.country,
        first_day=first_day,
        leaving_day=first_day + life_days.astype(np.int64),
        cycle_days=cycle_days,
        phase_days=draws.whole("cycle phase", 0, cycle_days),
        hours=MEDIAN_HOURS * factor * np.exp(HOURS_SIGMA * propensity),
        shares=_shares(draws),
    )


def _shares(draws: Draws) -> Floats:
    """Return the shares of each household's hours, by application."""
    liking = {
        category.name: category.median
        * np.exp(category.sigma * draws.normal(f"liking {category.name}"))
        for category in CATEGORIES
    }
    weights = [liking[application.category] * application.share for application in APPLICATIONS]
    return scale_to_one(np.stack(weights, axis=1))


def _install(homes: _Households) -> _Boxes:
    """Return the boxes of the households, in their order."""
    count = 1 + homes.draws.pick("boxes", BOX_SHARES)
    household = np.repeat(np.arange(len(homes)), count)
    number = np.arange(len(household)) - np.repeat(np.cumsum(count) - count, count)
    return _Boxes(homes.draws.take(household).under("set-top box", number), household, number)


def _watch(homes: _Households, boxes: _Boxes, day: int) -> _Lines:
    """Return what the boxes show on a day."""
    today = boxes.draws.under("day", _same(day, boxes))
    is_on = today.happens("on", BOX_PRESENCE[boxes.number])
    on = np.flatnonzero(is_on & _is_present(homes, day)[boxes.household])
    shares = homes.shares[boxes.household[on]]
    chances = 1 - np.power(1 - shares, CHOICES_A_DAY)
    draws, row, application = _open(today.take(on), chances)
    box = on[row]
    hours = _hours(homes, day)[boxes.household[box]] * BOX_HOURS_FACTOR[boxes.number[box]]
    hours *= shares[row, application] / chances[row, application]
    seconds = _seconds(draws, hours)
    return _Lines(draws, box, application, _within_day(box, seconds))


def _same(number: int, entries: Entries) -> Integers:
    return np.full(len(entries), number)


def _is_present(homes: _Households, day: int) -> Flags:
    """Tell which households watch on a day."""
    presence = np.array([kind.presence for kind in TYPES])[homes.kind]
    week = homes.draws.under("box week", (day + homes.phase_days) // WEEK_DAYS)
    presence *= np.where(homes.kind == IRREGULAR, week.uniform("presence"), 1.0)
    presence *= np.where(homes.kind == LAPSING, _interest(homes, day), 1.0)
    presence *= np.clip((homes.leaving_day - day) / TRAILING_DAYS, 0.0, 1.0)
    today = homes.draws.under("box day", _same(day, homes))
    has_box = day >= homes.first_day
    return has_box & ~_is_away(homes, day) & today.happens("present", presence)


def _interest(homes: _Households, day: int) -> Floats:
    """Return what is left of the lapsing households' interest: it fades, until it comes back with the next cycle."""
    passed = (day + homes.phase_days) % homes.cycle_days / (SPELL_SHARE * homes.cycle_days)
    interest: Floats = np.maximum(1 - passed**2, 0.0)
    return interest


def _is_away(homes: _Households, day: int) -> Flags:
    """Tell which households travel on a day."""
    cycle, passed = np.divmod(day + homes.phase_days, AWAY_CYCLE_DAYS)
    draws = homes.draws.under("box away", cycle)
    away_days = draws.whole("days", *AWAY_DAYS)
    left = passed - draws.whole("start", 0, AWAY_CYCLE_DAYS - away_days)
    return draws.happens("away", AWAY_SHARE) & (left >= 0) & (left < away_days)


def _hours(homes: _Households, day: int) -> Floats:
    """Return the hours of each household's main box on a day, should it be there."""
    on = date.fromordinal(EPOCH_ORDINAL + day)
    week = homes.draws.under("box week", (day + homes.phase_days) // WEEK_DAYS)
    holiday = np.where(HOLIDAYS[homes.country, on.month, on.day], HOLIDAY_FACTOR, 1.0)
    mood = np.exp(WEEK_SIGMA * week.normal("hours"))
    hours: Floats = homes.hours * mood * holiday * WEEKDAY_FACTORS[on.weekday()]
    return hours


def _open(draws: Draws, chances: Floats) -> tuple[Draws, Integers, Integers]:
    """Return the draws, the box and the application of each line; ``chances`` are by box and application."""
    box = np.repeat(np.arange(len(draws)), len(APPLICATIONS))
    application = np.tile(np.arange(len(APPLICATIONS)), len(draws))
    lines = draws.take(box).under("application", application)
    opened = np.flatnonzero(lines.happens("opened", chances.ravel()))
    return lines.take(opened), box[opened], application[opened]


def _seconds(draws: Draws, hours: Floats) -> Integers:
    """Return how long each application was on, by its expected hours, were there no limit to a day."""
    noise = np.exp(LINE_SIGMA * draws.normal("seconds") - LINE_SIGMA**2 / 2)
    longest = LONGEST_SECONDS - draws.whole("pause", 0, LONGEST_PAUSE_SECONDS)
    seconds = np.minimum(hours * noise * 3600, longest).astype(np.int64)
    seconds[draws.happens("idle", IDLE_SHARE)] = 0
    return seconds


def _within_day(box: Integers, seconds: Integers) -> Integers:
    """Return the seconds of lines by box, cut where those of a box pass a day."""
    before = np.cumsum(seconds) - seconds
    first = first_of_group(box)
    before -= before[first][np.cumsum(first) - 1]
    within: Integers = np.clip(LONGEST_SECONDS - before, 0, seconds)
    return within


def _write(lines: _Lines, owners: Values) -> bytes:
    """Return the lines as JSON; ``owners`` are the texts of all boxes."""
    seconds_last = lines.draws.happens("seconds last", 1 - SECONDS_FIRST_SHARE)
    order = 2 * lines.application + seconds_last
    texts = join(
        labels(HEADS, lines.application),
        _line_ids(lines.draws),
        labels(owners, lines.box),
        labels(MIDDLES, order),
        pa.array(lines.seconds).cast(pa.string()),
        labels(TAILS, order),
    )
    return _put_together(texts)


def _put_together(texts: Values) -> bytes:
    """Return the bytes of all texts, one after another."""
    whole = pa.ListArray.from_arrays(pa.array([0, len(texts)], pa.int32()), texts)
    joined: Values = pc.binary_join(whole, "")  # type: ignore[assignment]  # (stubs: perhaps one text)
    together: bytes = joined[0].as_buffer().to_pybytes()
    return together


def _owner_texts(boxes: _Boxes, contract_codes: Values) -> Values:
    """Return the part of the line that says whose box it is, by box."""
    before_contract, before_mac, after = OWNER
    contracts = labels(contract_codes, boxes.household)
    macs = _spell([(boxes.draws.bits("mac"), MAC_CHARACTERS)], HEX_CHARACTERS)
    return join(before_contract, contracts, before_mac, macs, after)


def _line_ids(draws: Draws) -> Values:
    """Return what is different in the ids of lines."""
    return _spell(
        [(draws.keys, KEY_CHARACTERS), (draws.bits("id"), MORE_CHARACTERS)], ID_CHARACTERS
    )


def _spell(parts: list[tuple[Keys, int]], alphabet: npt.NDArray[np.uint8]) -> Values:
    """Return texts that say the lowest bits of numbers; each part has its numbers and how many characters they give."""
    bits = len(alphabet).bit_length() - 1
    columns = [
        numbers >> np.uint64(bits * place) & np.uint64(len(alphabet) - 1)
        for numbers, characters in parts
        for place in range(characters)
    ]
    characters = alphabet[np.stack(columns, axis=1)]
    count, length = characters.shape
    offsets = np.arange(count + 1, dtype=np.int32) * np.int32(length)
    buffers = [None, pa.py_buffer(offsets.data), pa.py_buffer(characters.data)]
    return pa.Array.from_buffers(pa.string(), count, buffers)
