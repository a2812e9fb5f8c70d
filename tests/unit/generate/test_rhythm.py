"""When people sit down: the hours of their devices on their own clocks, one thing after another."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest

from svp.core.zones import load_zone
from svp.generate import rhythm
from svp.generate.arguments import SCALES
from svp.generate.arrays import DAY_US, SECOND_US
from svp.generate.devices import devices_added_on
from svp.generate.market import COUNTRIES, DEVICES, EVENING_SHIFT_HOURS, HOUR_CURVES
from svp.generate.people import People, age_group
from svp.generate.platform import Part, Platform
from svp.generate.rhythm import Sittings, sit_down

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

ARGUMENTS = SCALES["small"].arguments()
HOLIDAY_DAYS = 31
"""Of January: the tests of hours look at later days, of which few are holidays."""


@pytest.fixture(scope="module")
def block() -> tuple[People, Sittings]:
    platform = Platform(ARGUMENTS)
    block = platform.block(Part(1, 0, 8_000))
    added_on = devices_added_on(block.people)
    return block.people, sit_down(ARGUMENTS, block.people, block.subscribed, added_on)


def planted_hours(people: People, sittings: Sittings) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the hour of each sitting before the shifts of country and age, on the viewer's clock."""
    country = people.country[sittings.user]
    shift = np.array([market.evening_shift_hours for market in COUNTRIES])[country]
    shift += np.array(EVENING_SHIFT_HOURS)[age_group(people.age[sittings.user])]
    local = np.zeros(len(sittings), dtype=np.int64)
    for code, market in enumerate(COUNTRIES):
        rows = country == code
        instants = (sittings.sat_down_at[rows] // SECOND_US).tolist()
        zone = load_zone(market.zone)
        local[rows] = [_local_second(instant, zone) for instant in instants]
    return ((local - (shift * 3600).astype(np.int64)) // 3600) % 24


def _local_second(instant: int, zone: ZoneInfo) -> int:
    local = datetime.fromtimestamp(instant, zone)
    return local.hour * 3600 + local.minute * 60 + local.second


@pytest.mark.parametrize("device", range(len(DEVICES)), ids=[device.name for device in DEVICES])
def test_sittings_follow_the_hours_of_the_device(
    block: tuple[People, Sittings], device: int
) -> None:
    people, sittings = block
    weekday = (sittings.day + 3) % 7
    ordinary = (weekday < 5) & (sittings.day >= ARGUMENTS.start_day + HOLIDAY_DAYS)
    chosen = sittings.take(sittings.is_first & ordinary & (sittings.device == device))
    observed = np.bincount(planted_hours(people, chosen), minlength=24) / len(chosen)
    expected = np.diff(HOUR_CURVES[2 * device], prepend=0)
    # Four errors of a share; a few holidays of single countries have the hours of a weekend.
    tolerance = 4 * np.sqrt(expected / len(chosen)) + 0.004
    assert len(chosen) > 1_000
    assert (np.abs(observed - expected) < tolerance).all()


def test_all_starts_of_a_sitting_are_on_one_device_and_in_order(
    block: tuple[People, Sittings],
) -> None:
    _, sittings = block
    later = ~sittings.is_first
    assert 0.1 < later.mean() < 0.6
    assert (sittings.device[1:][later[1:]] == sittings.device[:-1][later[1:]]).all()
    assert (sittings.sat_down_at[1:][later[1:]] == sittings.sat_down_at[:-1][later[1:]]).all()
    same_user = sittings.user[1:] == sittings.user[:-1]
    assert (np.diff(sittings.sat_down_at)[same_user] >= 0).all()


def test_a_device_is_used_after_it_was_added(block: tuple[People, Sittings]) -> None:
    people, sittings = block
    added_on = devices_added_on(people)[sittings.user, sittings.device]
    assert (added_on <= sittings.sat_down_at // DAY_US).all()
    assert people.owned[sittings.user, sittings.device].all()


def test_moods_change_from_month_to_month_about_the_users_own_mean(
    block: tuple[People, Sittings],
) -> None:
    people, sittings = block
    heavy = np.flatnonzero(people.engagement > 1)
    month = (sittings.day - ARGUMENTS.start_day) // 30
    counts = [
        np.bincount(sittings.user[month == number], minlength=len(people)) for number in (0, 2)
    ]
    both = heavy[(counts[0][heavy] >= 20) & (counts[1][heavy] >= 20)]
    change = np.log(counts[1][both] / counts[0][both])
    # Two moods of sigma 0.45 differ by 0.64; counting of 20 and more adds some 0.2.
    assert 0.4 < change.std() < 0.9


def test_winter_has_more_plays_than_summer_wherever_that_is() -> None:
    days = ARGUMENTS.start_day + np.arange(365)
    by_country = rhythm._plays_by_day(ARGUMENTS, days)
    names = [country.name for country in COUNTRIES]
    january, july = by_country[:, 5:28].mean(axis=1), by_country[:, 185:208].mean(axis=1)
    assert january[names.index("Germany")] > 1.1 * july[names.index("Germany")]
    assert july[names.index("Brazil")] > 1.1 * january[names.index("Brazil")]
    assert by_country.mean() == pytest.approx(1, abs=0.02)
