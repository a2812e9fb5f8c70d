"""Where the service is sold, at what price, and what people watch on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from svp.generate.randomness import cumulate

__all__ = [
    "AGE_GROUPS",
    "COUNTRIES",
    "DAYPART_HOURS",
    "DEVICES",
    "DEVICE_SHARES",
    "EVENING_SHIFT_HOURS",
    "HOLIDAYS",
    "HOLIDAY_FACTOR",
    "HOUR_CURVES",
    "PAYMENT_METHODS",
    "PAYMENT_SHARES",
    "PLANS",
    "PLAN_SHARES",
    "PRICES_MINOR",
    "QUALITIES",
    "QUALITY_KBPS",
    "WEEKDAY_FACTORS",
    "Country",
    "Device",
]

PLANS = ("Basic", "Standard", "Premium")
PLAN_SHARES = (0.35, 0.45, 0.20)

QUALITIES = ("SD", "HD", "4K")
"""The best of each plan, in the order of the plans."""

QUALITY_KBPS = (1_200, 4_500, 14_000)
"""Usual bit rate of each quality, kilobits a second."""

PAYMENT_METHODS = ("Credit card", "Debit card", "PayPal", "Direct debit", "Gift card")
PAYMENT_SHARES = (0.44, 0.22, 0.18, 0.11, 0.05)


@dataclass(frozen=True, slots=True)
class Country:
    """One market: where its viewers' clocks stand, and its monthly prices, cheapest plan first."""

    name: str
    share: float
    """Of all users."""
    zone: str
    locale: str
    """Of its names, as Faker calls it."""
    currency: str
    prices_minor: tuple[int, int, int]
    """A month of each plan, minor units of the currency (whole yen and dong: they have none)."""
    box_share: float = 0.0
    """Of its users, those whose household has a set-top box."""
    is_southern: bool = False
    """Whether its winter is in July."""
    evening_shift_hours: float = 0.0
    """How much later than elsewhere its viewers are: Spain dines at ten."""
    holidays: tuple[tuple[int, int], ...] = ((1, 1), (12, 25), (12, 26))
    """Month and day of each: those of a fixed date on which most people are free."""


COUNTRIES = (
    Country(
        "United States",
        0.27,
        "America/New_York",
        "en_US",
        "USD",
        (799, 1549, 2299),
        holidays=((1, 1), (7, 4), (12, 25)),
    ),
    Country(
        "Mexico",
        0.12,
        "America/Mexico_City",
        "es_MX",
        "MXN",
        (11900, 21900, 29900),
        evening_shift_hours=0.3,
        holidays=((1, 1), (5, 1), (9, 16), (12, 25)),
    ),
    Country(
        "Brazil",
        0.12,
        "America/Sao_Paulo",
        "pt_BR",
        "BRL",
        (2090, 3990, 5590),
        is_southern=True,
        evening_shift_hours=0.4,
        holidays=((1, 1), (4, 21), (9, 7), (11, 15), (12, 25)),
    ),
    Country(
        "United Kingdom",
        0.10,
        "Europe/London",
        "en_GB",
        "GBP",
        (599, 1099, 1799),
        evening_shift_hours=-0.2,
    ),
    Country(
        "Germany",
        0.08,
        "Europe/Berlin",
        "de_DE",
        "EUR",
        (499, 1399, 1999),
        evening_shift_hours=-0.3,
        holidays=((1, 1), (5, 1), (10, 3), (12, 25), (12, 26)),
    ),
    Country(
        "France",
        0.07,
        "Europe/Paris",
        "fr_FR",
        "EUR",
        (599, 1349, 1999),
        evening_shift_hours=0.2,
        holidays=((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (12, 25)),
    ),
    Country(
        "Spain",
        0.06,
        "Europe/Madrid",
        "es_ES",
        "EUR",
        (549, 1299, 1799),
        evening_shift_hours=1.3,
        holidays=((1, 1), (1, 6), (8, 15), (10, 12), (12, 6), (12, 25)),
    ),
    Country(
        "India",
        0.08,
        "Asia/Kolkata",
        "en_IN",
        "INR",
        (19900, 49900, 64900),
        evening_shift_hours=0.5,
        holidays=((1, 26), (8, 15), (10, 2)),
    ),
    Country(
        "Japan",
        0.05,
        "Asia/Tokyo",
        "ja_JP",
        "JPY",
        (990, 1490, 1980),
        holidays=((1, 1), (1, 2), (1, 3), (4, 29), (5, 3), (5, 4), (5, 5), (11, 3)),
    ),
    Country(
        "Vietnam",
        0.05,
        "Asia/Ho_Chi_Minh",
        "vi_VN",
        "VND",
        (70000, 180000, 260000),
        0.6,
        evening_shift_hours=-0.5,
        holidays=((1, 1), (4, 30), (5, 1), (9, 2)),
    ),
)

PRICES_MINOR = np.array([country.prices_minor for country in COUNTRIES], dtype=np.int64)
"""By country and plan."""

Peak = tuple[float, float, float]
"""Local hour, spread in hours, weight."""


@dataclass(frozen=True, slots=True)
class Device:
    """One kind of device: how good its picture is and when it is used."""

    name: str
    best_quality: int
    """Position in QUALITIES."""
    stall_factor: float
    """How often its streams stall, against a wired screen."""
    platforms: tuple[str, str]
    """The usual one, the other one."""
    weekday_peaks: tuple[Peak, ...]
    weekend_peaks: tuple[Peak, ...]


DEVICES = (
    Device(
        "Smart TV", 2, 1.0, ("Android TV", "Tizen"),
        weekday_peaks=((20.8, 1.7, 1.0), (13, 3.0, 0.12)),
        weekend_peaks=((20.5, 2.2, 1.0), (14.5, 3.0, 0.45), (10, 1.5, 0.15)),
    ),
    Device(
        "Mobile", 1, 2.0, ("Android", "iOS"),
        weekday_peaks=((8, 1.0, 0.55), (12.6, 1.1, 0.6), (17.8, 1.2, 0.6), (22.3, 1.6, 0.9)),
        weekend_peaks=((11, 2.2, 0.6), (16, 2.5, 0.6), (22.5, 1.8, 0.9)),
    ),
    Device(
        "Desktop", 1, 1.0, ("Windows", "macOS"),
        weekday_peaks=((12.7, 1.2, 0.45), (16.5, 2.5, 0.4), (21, 2.0, 0.8)),
        weekend_peaks=((15, 3.5, 0.8), (21.5, 2.2, 0.8)),
    ),
    Device(
        "Tablet", 1, 1.6, ("iPadOS", "Android"),
        weekday_peaks=((7.5, 0.9, 0.25), (17.5, 1.4, 0.6), (22, 1.4, 1.0)),
        weekend_peaks=((8.5, 1.5, 0.7), (16, 2.5, 0.6), (21.8, 1.6, 0.9)),
    ),
    Device(
        "Gaming Console", 2, 1.0, ("PlayStation", "Xbox"),
        weekday_peaks=((17, 1.8, 0.4), (22.5, 1.9, 1.0)),
        weekend_peaks=((15.5, 3.0, 0.7), (23, 2.2, 1.0)),
    ),
)  # fmt: skip

NIGHT_FLOOR = 0.02
"""Weight of an hour when hardly anyone watches; the best hour has about 1."""


def _hour_curve(peaks: tuple[Peak, ...]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the weight of each of 24 local hours: bumps around a clock's face on a low floor."""
    middles = np.arange(24) + 0.5
    curve = np.full(24, NIGHT_FLOOR)
    for hour, spread, weight in peaks:
        distance = (middles - hour + 12) % 24 - 12
        curve += weight * np.exp(-0.5 * (distance / spread) ** 2)
    return curve


HOUR_CURVES = cumulate(
    np.stack(
        [
            _hour_curve(peaks)
            for device in DEVICES
            for peaks in (device.weekday_peaks, device.weekend_peaks)
        ]
    )
)
"""Cumulative by local hour; row 2 * device for weekdays, the next one for weekends."""


def _holidays() -> np.ndarray[tuple[int, int, int], np.dtype[np.bool_]]:
    is_holiday = np.zeros((len(COUNTRIES), 13, 32), dtype=np.bool_)
    for number, country in enumerate(COUNTRIES):
        for month, day in country.holidays:
            is_holiday[number, month, day] = True
    return is_holiday


HOLIDAYS = _holidays()
"""By country, month and day."""

HOLIDAY_FACTOR = 1.25
"""Plays of a holiday, against the same weekday; its hours are those of a weekend."""

AGE_GROUPS = (30, 60)
"""Ages from which the next group begins: young, grown, old."""

DEVICE_SHARES = cumulate(
    ((0.26, 0.40, 0.15, 0.07, 0.12), (0.45, 0.24, 0.14, 0.11, 0.06), (0.62, 0.12, 0.12, 0.14, 0.0))
)
"""Cumulative by device in the order of DEVICES, by age group: the old watch on the large screen."""

EVENING_SHIFT_HOURS = (0.8, 0.0, -0.9)
"""By age group: how much later its viewers are."""

WEEKDAY_FACTORS = np.array([0.92, 0.90, 0.91, 0.93, 1.02, 1.18, 1.14])
"""Plays of each weekday, Monday first, against the mean day."""

DAYPART_HOURS = (6, 10, 17)
"""Local hours at which morning, day and evening begin; before them is night."""
