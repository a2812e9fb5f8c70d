"""Values as Power BI's format strings show them: the strings themselves are read, so that both reports look alike."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

__all__ = ["written"]

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MOMENT_PARTS: dict[str, Callable[[Any], str]] = {
    "yyyy": lambda value: f"{value.year:04}",
    "mmm": lambda value: MONTHS[value.month - 1],
    "mm": lambda value: f"{value.month:02}",
    "dd": lambda value: f"{value.day:02}",
    "hh": lambda value: f"{value.hour:02}",
    "nn": lambda value: f"{value.minute:02}",
}
DIGITS = re.compile(r"[#0,]*0(\.0+)?")
WHOLE = Decimal(1)


def written(value: Any, pattern: str) -> str:
    """Return a value as a format string shows it; empty for None, and text as it is where there is no string.

    Numbers are rounded half away from zero. A string has up to three parts: for numbers above, below and at zero.
    """
    if value is None:
        return ""
    if not pattern:
        return str(value)
    return _moment(value, pattern) if "yyyy" in pattern else _number(Decimal(str(value)), pattern)


def _moment(value: date, pattern: str) -> str:
    return re.sub("|".join(MOMENT_PARTS), lambda found: MOMENT_PARTS[found[0]](value), pattern)


def _number(value: Decimal, pattern: str) -> str:
    above, *others = pattern.split(";")
    below = others[0] if others else f"-{above}"
    rounded = _rounded(value, above)
    if not rounded:
        return _filled(abs(rounded), others[1] if len(others) > 1 else above)
    return _filled(abs(rounded), above if rounded > 0 else below)


def _rounded(value: Decimal, part: str) -> Decimal:
    """Return a number with as many digits as a part shows; hundredths of it where that ends in a percent sign."""
    decimals = len((DIGITS.search(part) or [""])[0].partition(".")[2])
    scaled = value * 100 if part.endswith("%") else value
    return scaled.quantize(WHOLE.scaleb(-decimals), ROUND_HALF_UP)


def _filled(rounded: Decimal, part: str) -> str:
    """Return a part with a number in the place of its digits."""
    return DIGITS.sub(lambda found: f"{rounded:{',' if ',' in found[0] else ''}f}", part, count=1)
