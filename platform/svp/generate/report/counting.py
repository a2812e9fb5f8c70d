"""What the report counts while the tables go by.

Memory holds one number or three for each user and title, and histograms; never a row.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from svp.core.zones import load_zone
from svp.generate.arrays import (
    SECOND_US,
    Entries,
    Floats,
    Integers,
    Values,
    day_of,
    first_of_group,
)
from svp.generate.market import COUNTRIES, DEVICES
from svp.model import PLAYBACK_OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Attempts", "Histories", "Plays", "Ratings", "Subscriptions", "Tally", "Titles", "Users"]

NEVER = np.iinfo(np.int64).max
COUNTRY_NAMES = pa.array([country.name for country in COUNTRIES])
DEVICE_NAMES = pa.array([device.name for device in DEVICES])
SATURDAY = 5

COMPLETION_BINS = 50
FINISHED_PERCENT = 90
"""Completion from which a play counts as watched to the end: what remains are credits."""
MINUTE_EDGES = np.concatenate(([0.0], np.geomspace(0.5, 720.0, 43)))
"""Of the histogram of watching minutes; the last one is longer than any play."""
DECAY_DAYS = 90
"""How long a title is followed after it joined the catalogue."""
STARTUP_STEP_MILLISECONDS = 500
STARTUP_BINS = 60
"""Of half a second each: 30 seconds, and what is longer."""

STATE_EVENTS = pa.array(["trial", "start", "return", "cancellation"])
TRIAL, START, RETURN, CANCELLATION = range(4)
"""The events after which a subscription is another thing, by position."""


class Tally(Counter[int]):
    """How often each whole number came."""

    def count(self, values: Integers) -> None:
        """Count some more."""
        if not values.size:
            return
        low = int(values.min())
        counts = np.bincount(values - low)
        for step in np.flatnonzero(counts).tolist():
            self[low + step] += int(counts[step])

    def between(self, low: int, high: int) -> Integers:
        """Return the counts of the numbers from ``low`` to below ``high``."""
        return np.array([self[number] for number in range(low, high)], dtype=np.int64)


def positions(values: Values, among: Values) -> Integers:
    """Return where each value stands among others; -1 where it doesn't."""
    found: Integers = (
        pc.index_in(values, value_set=among).fill_null(-1).to_numpy(zero_copy_only=False)
    )
    return found.astype(np.int64)


def instants(column: Values) -> Integers:
    """Return instants as microseconds since 1970."""
    return column.cast(pa.int64()).to_numpy(zero_copy_only=False)


def days(column: Values) -> Integers:
    """Return dates as days since 1970, -1 where there is none."""
    numbers: Integers = column.cast(pa.int32()).fill_null(-1).to_numpy(zero_copy_only=False)
    return numbers.astype(np.int64)


def whole(column: Values) -> Integers:
    """Return whole numbers, -1 where there is none."""
    numbers: Integers = column.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
    return numbers


@cache
def _offsets(day: int) -> tuple[int, ...]:
    """Return each country's offset from UTC at noon of a UTC day, microseconds; the last is UTC's own."""
    noon = np.datetime64(day * 86_400 + 43_200, "s").astype(object)
    zones = (load_zone(country.zone) for country in COUNTRIES)
    offsets = (zone.utcoffset(noon.replace(tzinfo=zone)) for zone in zones)
    return (*(round(offset.total_seconds()) * SECOND_US if offset else 0 for offset in offsets), 0)


def local_instants(at: Integers, country: Integers) -> Integers:
    """Return instants as the wall clock of a country shows them; -1 stands for UTC.

    On the day on which clocks change it is an hour off until they do.
    """
    if not at.size:
        return at
    day = day_of(at)
    first = int(day.min())
    table = np.array([_offsets(each) for each in range(first, int(day.max()) + 1)])
    local: Integers = at + table[day - first, country]
    return local


@dataclass(frozen=True, slots=True)
class Histories(Entries):
    """One entry per user: what is kept when the user's rows have gone by."""

    plays: Integers
    paid_at: Integers
    """First paid start; NEVER if there was none."""
    left_at: Integers
    """First end of a paid subscription; NEVER if there was none."""
    back_at: Integers
    """First return after an end; NEVER if there was none."""
    state: Integers
    """Position of the last event in STATE_EVENTS; -1 before the first."""

    @classmethod
    def blank(cls, count: int) -> Histories:
        """Return the histories of users of whom nothing is known."""
        never = np.full(count, NEVER)
        plays, state = np.zeros(count, dtype=np.int64), np.full(count, -1)
        return cls(plays, never, never.copy(), never.copy(), state)

    @classmethod
    def join(cls, parts: Sequence[Histories]) -> Histories:
        """Return the histories of all parts."""
        columns = ([getattr(part, field.name) for part in parts] for field in fields(cls))
        return cls(*(np.concatenate(column) for column in columns))


class Users:
    """The users of the part at hand, and the history of every user."""

    def __init__(self) -> None:
        self.ids: Values = pa.array([], pa.string())
        self.country: Integers = np.zeros(0, dtype=np.int64)
        self._parts = [Histories.blank(0)]
        self._is_open = False
        """Whether the rows of users still come, and no other."""

    def add(self, batch: pa.RecordBatch) -> None:
        """Take users; those of the part before are let go once others' rows have come."""
        if not self._is_open:
            self.ids, self.country = self.ids[:0], self.country[:0]
            self._parts.append(Histories.blank(0))
            self._is_open = True
        self.ids = pa.concat_arrays([self.ids, batch.column("user_id")])
        country = positions(batch.column("country"), COUNTRY_NAMES)
        self.country = np.concatenate([self.country, country])
        self._parts[-1] = Histories.join([self._parts[-1], Histories.blank(len(batch))])

    def find(self, ids: Values) -> Integers:
        """Return the positions of users in the part; -1 for a stranger."""
        self._is_open = False
        return positions(ids, self.ids)

    @property
    def part(self) -> Histories:
        """The histories of the users of the part, to be written on."""
        return self._parts[-1]

    def every(self) -> Histories:
        """Return the history of every user."""
        return Histories.join(self._parts)


class Titles:
    """The catalogue, and how often each title was played."""

    def __init__(self) -> None:
        self.ids: Values = pa.array([], pa.string())
        self.added_on: Integers = np.zeros(0, dtype=np.int64)
        self.plays: Integers = np.zeros(0, dtype=np.int64)
        self.ages = Tally()
        """Plays by the day a title was added and the days since: day * (DECAY_DAYS + 1) + days."""

    def add(self, batch: pa.RecordBatch) -> None:
        """Take titles."""
        self.ids = pa.concat_arrays([self.ids, batch.column("content_id")])
        self.added_on = np.concatenate([self.added_on, days(batch.column("added_on"))])
        self.plays = np.concatenate([self.plays, np.zeros(len(batch), dtype=np.int64)])

    def count(self, ids: Values, day: Integers) -> None:
        """Count the plays of titles on UTC days."""
        title = positions(ids, self.ids)
        day, title = day[title >= 0], title[title >= 0]
        self.plays += np.bincount(title, minlength=len(self.plays))
        added = self.added_on[title]
        is_new = (added >= 0) & (day >= added) & (day <= added + DECAY_DAYS)
        self.ages.count((added * (DECAY_DAYS + 1) + day - added)[is_new])


class Plays:
    """Plays by hour, day, completion and length."""

    def __init__(self, users: Users, titles: Titles) -> None:
        self._users, self._titles = users, titles
        self.by_hour: Integers = np.zeros((len(DEVICES), 2, 24), dtype=np.int64)
        """By device, weekday or weekend, and local hour."""
        self.by_day = Tally()
        """By the viewer's local day."""
        self.completion: Integers = np.zeros(COMPLETION_BINS, dtype=np.int64)
        self.minutes: Integers = np.zeros(len(MINUTE_EDGES) - 1, dtype=np.int64)
        self.finished: Integers = np.zeros((2, 2), dtype=np.int64)
        """By whether it stalled, and whether it was watched to the end; channels have no end."""
        self.over_in_ten_minutes = 0
        self.watch_seconds = 0
        self.total = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Count plays."""
        user = self._users.find(batch.column("user_id"))
        counts = np.bincount(user[user >= 0], minlength=len(self._users.part))
        self._users.part.plays[:] += counts
        self._titles.count(batch.column("content_id"), days(batch.column("started_on")))
        self._count_hours(batch, user)
        self._count_lengths(whole(batch.column("watch_seconds")))
        self._count_completion(batch)
        self.total += len(batch)

    def _count_hours(self, batch: pa.RecordBatch, user: Integers) -> None:
        has_instant = batch.column("started_at").is_valid().to_numpy(zero_copy_only=False)
        known = has_instant & (user >= 0)
        at = instants(batch.column("started_at").filter(pa.array(known)))
        local = local_instants(at, self._users.country[user[known]])
        day, hour = day_of(local), local // (3600 * SECOND_US) % 24
        self.by_day.count(day)
        device = positions(batch.column("device_type"), DEVICE_NAMES)[known]
        cell = (device * 2 + (weekday(day) >= SATURDAY)) * 24 + hour
        counts = np.bincount(cell[device >= 0], minlength=self.by_hour.size)
        self.by_hour += counts.reshape(self.by_hour.shape)

    def _count_lengths(self, seconds: Integers) -> None:
        self.minutes += np.histogram(seconds / 60, MINUTE_EDGES)[0]
        self.over_in_ten_minutes += int((seconds < 600).sum())  # noqa: PLR2004  (ten minutes)
        self.watch_seconds += int(seconds.sum())

    def _count_completion(self, batch: pa.RecordBatch) -> None:
        percent = _floats(batch.column("completion_percent"))
        known = np.isfinite(percent)
        stalled = whole(batch.column("stall_count"))[known] > 0
        percent = percent[known]
        place = np.clip(percent * COMPLETION_BINS // 100, 0, COMPLETION_BINS - 1).astype(np.int64)
        self.completion += np.bincount(place, minlength=COMPLETION_BINS)
        cell = 2 * stalled + (percent >= FINISHED_PERCENT)
        self.finished += np.bincount(cell, minlength=4).reshape(2, 2)


def weekday(day: Integers) -> Integers:
    """Return 0 for Monday to 6 for Sunday; 1970-01-01 was a Thursday."""
    return (day + 3) % 7


def _floats(column: Values) -> Floats:
    return column.cast(pa.float64()).to_numpy(zero_copy_only=False)


class Attempts:
    """Attempts to play by outcome and the time they took to start; time stalled."""

    def __init__(self) -> None:
        shape = (len(PLAYBACK_OUTCOMES), STARTUP_BINS + 1)
        self.by_wait: Integers = np.zeros(shape, dtype=np.int64)
        """By outcome and half seconds until it; the last column holds all that are longer."""
        self.stalled = 0
        """Attempts with a stall."""
        self.stall_milliseconds = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Count attempts."""
        outcome = positions(batch.column("outcome"), pa.array(PLAYBACK_OUTCOMES))
        wait = whole(batch.column("startup_milliseconds")) // STARTUP_STEP_MILLISECONDS
        known = (outcome >= 0) & (wait >= 0)
        cell = outcome * (STARTUP_BINS + 1) + np.minimum(wait, STARTUP_BINS)
        counts = np.bincount(cell[known], minlength=self.by_wait.size)
        self.by_wait += counts.reshape(self.by_wait.shape)
        self.stalled += int((whole(batch.column("stall_count")) > 0).sum())
        self.stall_milliseconds += pc.sum(batch.column("stall_milliseconds")).as_py() or 0


class Ratings:
    """Ratings by stars."""

    def __init__(self) -> None:
        self.by_stars: Integers = np.zeros(5, dtype=np.int64)

    def add(self, batch: pa.RecordBatch) -> None:
        """Count ratings."""
        stars = whole(batch.column("stars"))
        self.by_stars += np.bincount(stars[(stars >= 1) & (stars <= 5)] - 1, minlength=5)  # noqa: PLR2004  (stars)


class Subscriptions:
    """Who came, stayed, left and returned, by UTC month."""

    def __init__(self, users: Users) -> None:
        self._users = users
        self.started, self.returned, self.left = Tally(), Tally(), Tally()
        """Paid subscriptions by month, counted from January 1970; trials that ended do not count as left."""

    def add(self, batch: pa.RecordBatch) -> None:
        """Count events; those of one user come in the order of time, in one batch or in several."""
        kind = positions(batch.column("event_type"), STATE_EVENTS)
        user = self._users.find(batch.column("user_id"))
        rows = np.flatnonzero((kind >= 0) & (user >= 0))
        user, kind, at = user[rows], kind[rows], instants(batch.column("occurred_at"))[rows]
        order = np.lexsort((at, user))
        user, kind, at = user[order], kind[order], at[order]
        ends = (kind == CANCELLATION) & (self._states_before(user, kind) != TRIAL)
        part = self._users.part
        for rows, months, first_at in (
            (kind == START, self.started, part.paid_at),
            (kind == RETURN, self.returned, part.back_at),
            (ends, self.left, part.left_at),
        ):
            months.count(month_of(at[rows]))
            _keep_first(first_at, user[rows], at[rows])

    def _states_before(self, user: Integers, kind: Integers) -> Integers:
        """Return the state before each event, and keep the last."""
        state = self._users.part.state
        is_first = first_of_group(user)
        before = np.where(is_first, state[user], np.roll(kind, 1))
        is_last = np.append(is_first[1:], True)[: len(user)]
        state[user[is_last]] = kind[is_last]
        return before


def _keep_first(first_at: Integers, user: Integers, at: Integers) -> None:
    """Write the first instant of each user, where none was written; rows are by user and time."""
    is_first = first_of_group(user)
    users, instant = user[is_first], at[is_first]
    first_at[users] = np.minimum(first_at[users], instant)


def month_of(at: Integers) -> Integers:
    """Return the UTC month of each instant, counted from January 1970."""
    return at.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
