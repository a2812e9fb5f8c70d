"""Viewers' local clocks as UTC, by one release of the time zone rules on every machine."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from svp.core.zones import load_zone
from svp.generate.arrays import SECOND_US, Integers
from svp.generate.market import COUNTRIES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

__all__ = ["LocalClocks", "viewers_clocks"]

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  (a viewer's wall clock has no zone until it gets one)
HOURS = range(24)


class LocalClocks:
    """Offsets of some zones, for each local hour of a range of days."""

    def __init__(self, zones: Sequence[str], *, first_day: int, days: int) -> None:
        self.first_day = first_day
        self._offset_seconds = np.stack(
            [_offsets_by_hour(load_zone(zone), first_day, days) for zone in zones]
        )

    def to_utc(self, zone: Integers, day: Integers, second: Integers) -> Integers:
        """Return the instants of local seconds of local days; a skipped hour counts on."""
        hour = (day - self.first_day) * 24 + second // 3600
        utc: Integers = day * 86_400 + second - self._offset_seconds[zone, hour]
        return utc * SECOND_US


@cache
def viewers_clocks(first_day: int, end_day: int) -> LocalClocks:
    """Return the clocks of COUNTRIES, in their order, for the days from the first to before the end."""
    zones = [country.zone for country in COUNTRIES]
    return LocalClocks(zones, first_day=first_day, days=end_day - first_day)


def _offsets_by_hour(zone: ZoneInfo, first_day: int, days: int) -> Integers:
    """Return the offset of each local hour; hours are looked at only on days whose ends differ."""
    midnights = [EPOCH + timedelta(days=first_day + day) for day in range(days + 1)]
    at_midnight = np.array([_offset_seconds(midnight, zone) for midnight in midnights])
    by_hour = np.repeat(at_midnight[:-1], len(HOURS))
    for day in np.flatnonzero(np.diff(at_midnight)).tolist():
        hours = [_offset_seconds(midnights[day] + timedelta(hours=hour), zone) for hour in HOURS]
        by_hour[day * len(HOURS) : (day + 1) * len(HOURS)] = hours
    return by_hour


def _offset_seconds(wall_clock: datetime, zone: ZoneInfo) -> int:
    offset = wall_clock.replace(tzinfo=zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())
