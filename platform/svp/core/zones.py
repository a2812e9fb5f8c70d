"""Time zones by one release of the rules, the same on every machine."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

__all__ = ["load_zone"]


@cache
def load_zone(name: str) -> ZoneInfo:
    """Return a zone from the tzdata package, never from the machine, whose rules may be older."""
    area, _, place = name.partition("/")
    with files("tzdata").joinpath("zoneinfo", area, place).open("rb") as rules:
        return ZoneInfo.from_file(rules, key=name)
