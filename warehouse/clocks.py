"""What viewers' clocks show: the zone of each country, and how far it was from UTC when.

PostgreSQL has zone rules of its own, of another release, and MySQL often none; so offsets are worked out
here, from one release, before anything is loaded.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from svp.core.zones import load_zone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
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
    from_at: datetime
    until_at: datetime
    """When they changed, or the days asked for were over."""
    offset_seconds: int
    """Local time minus UTC."""


def clocks(days: Iterable[date]) -> list[Clock]:
    """Return the clocks of every country in ZONES on some days, UTC, in order; they may be years apart."""
    return [
        clock
        for country, zone in ZONES.items()
        for clock in joined(clocks_of_days(country, load_zone(zone), days))
    ]


def clocks_as_json(days: Iterable[date]) -> str:
    """Return the clocks as an array of objects, as the setting ``svp.clocks`` of an extract."""
    return json.dumps([asdict(clock) for clock in clocks(days)], default=datetime.isoformat)


def joined(found: Iterable[Clock]) -> list[Clock]:
    """Make one of clocks that follow each other without a change."""
    whole: list[Clock] = []
    for clock in found:
        last = whole[-1] if whole else clock
        if (last.until_at, last.offset_seconds) == (clock.from_at, clock.offset_seconds):
            whole[-1] = replace(last, until_at=clock.until_at)
        else:
            whole.append(clock)
    return whole


def clocks_of_days(country: str, zone: ZoneInfo, days: Iterable[date]) -> Iterator[Clock]:
    """Yield the clocks of each day; days whose ends agree are not looked at closely."""
    for day in days:
        from_at = datetime.combine(day, time(), UTC)
        until_at = from_at + DAY
        is_steady = offset_seconds(zone, from_at) == offset_seconds(zone, until_at)
        steps = [from_at] if is_steady else [from_at + STEP * n for n in range(DAY // STEP)]
        for start, end in pairwise([*steps, until_at]):
            yield Clock(country, start, end, offset_seconds(zone, start))


def offset_seconds(zone: ZoneInfo, instant: datetime) -> int:
    """Return local time minus UTC at an instant."""
    offset = instant.astimezone(zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())
