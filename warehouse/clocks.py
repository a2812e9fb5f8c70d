"""What viewers' clocks show: the zone of each country, and how far it was from UTC when.

PostgreSQL has zone rules of its own, of another release, and MySQL often none; so offsets are worked out
here, from one release, before anything is loaded.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from svp.core.zones import load_zone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

__all__ = ["ZONES", "Clock", "clocks", "clocks_as_json"]

ZONES = {
    "Argentina": "America/Argentina/Buenos_Aires",
    "Australia": "Australia/Sydney",
    "Austria": "Europe/Vienna",
    "Bangladesh": "Asia/Dhaka",
    "Belgium": "Europe/Brussels",
    "Bolivia": "America/La_Paz",
    "Brazil": "America/Sao_Paulo",
    "Canada": "America/Toronto",
    "Chile": "America/Santiago",
    "China": "Asia/Shanghai",
    "Colombia": "America/Bogota",
    "Costa Rica": "America/Costa_Rica",
    "Czechia": "Europe/Prague",
    "Denmark": "Europe/Copenhagen",
    "Dominican Republic": "America/Santo_Domingo",
    "Ecuador": "America/Guayaquil",
    "Egypt": "Africa/Cairo",
    "Finland": "Europe/Helsinki",
    "France": "Europe/Paris",
    "Germany": "Europe/Berlin",
    "Greece": "Europe/Athens",
    "Guatemala": "America/Guatemala",
    "Hungary": "Europe/Budapest",
    "India": "Asia/Kolkata",
    "Indonesia": "Asia/Jakarta",
    "Ireland": "Europe/Dublin",
    "Israel": "Asia/Jerusalem",
    "Italy": "Europe/Rome",
    "Japan": "Asia/Tokyo",
    "Kenya": "Africa/Nairobi",
    "Malaysia": "Asia/Kuala_Lumpur",
    "Mexico": "America/Mexico_City",
    "Morocco": "Africa/Casablanca",
    "Netherlands": "Europe/Amsterdam",
    "New Zealand": "Pacific/Auckland",
    "Nigeria": "Africa/Lagos",
    "Norway": "Europe/Oslo",
    "Pakistan": "Asia/Karachi",
    "Panama": "America/Panama",
    "Paraguay": "America/Asuncion",
    "Peru": "America/Lima",
    "Philippines": "Asia/Manila",
    "Poland": "Europe/Warsaw",
    "Portugal": "Europe/Lisbon",
    "Romania": "Europe/Bucharest",
    "Russia": "Europe/Moscow",
    "Saudi Arabia": "Asia/Riyadh",
    "Singapore": "Asia/Singapore",
    "South Africa": "Africa/Johannesburg",
    "South Korea": "Asia/Seoul",
    "Spain": "Europe/Madrid",
    "Sweden": "Europe/Stockholm",
    "Switzerland": "Europe/Zurich",
    "Taiwan": "Asia/Taipei",
    "Thailand": "Asia/Bangkok",
    "Turkey": "Europe/Istanbul",
    "Ukraine": "Europe/Kyiv",
    "United Arab Emirates": "Asia/Dubai",
    "United Kingdom": "Europe/London",
    "United States": "America/New_York",
    "Uruguay": "America/Montevideo",
    "Venezuela": "America/Caracas",
    "Vietnam": "Asia/Ho_Chi_Minh",
}
"""Zone of each country, by its English name. Of a country with several, the one that most of its people live by: what a
viewer elsewhere in it saw on the clock is not known. Hours of countries that are not here are unknown."""

STEP = timedelta(minutes=15)
"""Clocks change at whole steps of UTC."""

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Clock:
    """How far a country's clocks were from UTC for a while."""

    country: str
    from_at: str
    """ISO instant."""
    until_at: str
    """ISO instant at which they changed, or the days asked for were over."""
    offset_seconds: int
    """Local time minus UTC."""


def clocks(first: date, last: date) -> list[Clock]:
    """Return the clocks of every country in ZONES, without a gap from the first day to the end of the last, UTC."""
    return [
        Clock(country, from_at.isoformat(), until_at.isoformat(), offset_seconds)
        for country, zone in ZONES.items()
        for from_at, until_at, offset_seconds in offsets(zone, first, last)
    ]


def clocks_as_json(first: date, last: date) -> str:
    """Return the clocks as an array of objects, as the setting ``svp.clocks`` of an extract."""
    return json.dumps([asdict(clock) for clock in clocks(first, last)])


@cache
def offsets(name: str, first: date, last: date) -> tuple[tuple[datetime, datetime, int], ...]:
    """Return the spans of one zone, each with its offset from UTC in seconds."""
    zone, end_at = load_zone(name), start_of(last) + DAY
    starts = [start_of(first), *changes(zone, start_of(first), end_at)]
    ends = [*starts[1:], end_at]
    return tuple(
        (from_at, until_at, offset_seconds(zone, from_at))
        for from_at, until_at in zip(starts, ends, strict=True)
    )


def changes(zone: ZoneInfo, from_at: datetime, end_at: datetime) -> Iterator[datetime]:
    """Yield the instants at which clocks were changed; only days whose ends differ are looked at closely."""
    while from_at < end_at:
        if offset_seconds(zone, from_at) != offset_seconds(zone, from_at + DAY):
            yield from changes_of_day(zone, from_at)
        from_at += DAY


def changes_of_day(zone: ZoneInfo, from_at: datetime) -> Iterator[datetime]:
    """Yield the instants of one day from which the offset is another."""
    steps = [from_at + STEP * number for number in range(DAY // STEP + 1)]
    for before, after in pairwise(steps):
        if offset_seconds(zone, before) != offset_seconds(zone, after):
            yield after


def offset_seconds(zone: ZoneInfo, instant: datetime) -> int:
    """Return local time minus UTC at an instant."""
    offset = instant.astimezone(zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def start_of(day: date) -> datetime:
    """Return midnight, UTC."""
    return datetime.combine(day, time(), UTC)
