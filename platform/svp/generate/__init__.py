"""Make a whole streaming platform's data from a seed: people, titles, plays and what follows.

Nothing is read but the arguments and this package's own tables, so the same arguments give the same bytes. Every random
number is drawn by a row's key and a purpose: more users, more days or another number of workers shift none.
"""

from __future__ import annotations

from svp.generate.arguments import DEFAULT_SCALE, DEFAULT_START_ON, SCALES, Arguments, Scale
from svp.generate.output import (
    KINDS,
    Estimate,
    Manifest,
    Order,
    WrittenFile,
    estimate,
    kinds_of,
    write,
    write_order,
)
from svp.generate.platform import Part, Platform, parts_of

__all__ = [
    "DEFAULT_SCALE",
    "DEFAULT_START_ON",
    "KINDS",
    "SCALES",
    "Arguments",
    "Estimate",
    "Manifest",
    "Order",
    "Part",
    "Platform",
    "Scale",
    "WrittenFile",
    "estimate",
    "kinds_of",
    "parts_of",
    "write",
    "write_order",
]
