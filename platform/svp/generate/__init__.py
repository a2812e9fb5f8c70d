"""Make a whole streaming platform's data from a seed: people, titles, plays and what follows.

Nothing is read but the arguments and this package's own tables, so the same arguments give the same
bytes. Each table draws from random numbers of its own: a change to one does not shift another.
"""

from __future__ import annotations

from svp.generate.arguments import DEFAULT_SCALE, DEFAULT_START_ON, SCALES, Arguments, Scale
from svp.generate.estimate import TableEstimate, estimate
from svp.generate.files import Manifest, WrittenTable, write
from svp.generate.platform import generate

__all__ = [
    "DEFAULT_SCALE",
    "DEFAULT_START_ON",
    "SCALES",
    "Arguments",
    "Manifest",
    "Scale",
    "TableEstimate",
    "WrittenTable",
    "estimate",
    "generate",
    "write",
]
