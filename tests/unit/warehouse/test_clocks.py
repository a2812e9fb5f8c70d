"""What viewers' clocks showed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from svp.core.zones import load_zone
from svp.generate.market import COUNTRIES
from warehouse.clocks import ZONES, clocks

AT_EASTER = (date(2024, 3, 30), date(2024, 3, 31), date(2024, 4, 1))
YEAR = [date(2023, 1, 1) + timedelta(days=n) for n in range(365)]


def spans(country: str, *days: date) -> list[tuple[str, str, int]]:
    return [
        (clock.from_at.isoformat(), clock.until_at.isoformat(), clock.offset_seconds)
        for clock in clocks(days)
        if clock.country == country
    ]


def test_clocks_change_at_their_instant() -> None:
    midnight = "T00:00:00+00:00"
    assert spans("Norway", *AT_EASTER) == [
        (f"2024-03-30{midnight}", "2024-03-31T01:00:00+00:00", 3600),
        ("2024-03-31T01:00:00+00:00", f"2024-04-02{midnight}", 7200),
    ]
    assert spans("India", *AT_EASTER) == [
        (f"2024-03-30{midnight}", f"2024-04-02{midnight}", 19_800)
    ]


def test_days_far_apart_are_spans_of_their_own() -> None:
    midnight = "T00:00:00+00:00"
    assert spans("Japan", date(1960, 1, 1), date(2199, 12, 31)) == [
        (f"1960-01-01{midnight}", f"1960-01-02{midnight}", 32_400),
        (f"2199-12-31{midnight}", f"2200-01-01{midnight}", 32_400),
    ]


@pytest.mark.parametrize("country", sorted(ZONES))
def test_spans_say_of_every_hour_of_a_year_what_the_zone_says(country: str) -> None:
    zone = load_zone(ZONES[country])
    said = [
        (datetime.fromisoformat(from_at), datetime.fromisoformat(until_at), offset)
        for from_at, until_at, offset in spans(country, *YEAR)
    ]
    instant = datetime(2023, 1, 1, tzinfo=UTC)
    while instant.year == 2023:
        ((offset,),) = [
            (offset,) for from_at, until_at, offset in said if from_at <= instant < until_at
        ]
        assert instant.astimezone(zone).utcoffset() == timedelta(seconds=offset)
        instant += timedelta(hours=1)


def test_every_market_of_the_generator_has_its_zone() -> None:
    assert {country.name: country.zone for country in COUNTRIES}.items() <= ZONES.items()
