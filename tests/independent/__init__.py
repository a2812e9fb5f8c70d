"""What the marts are to say, computed by pandas from what was loaded, after the definitions of metrics.

``viewing.py`` holds what was watched, and marts of that; ``customers.py`` who stays, goes and pays; ``players.py`` what
players and searches told; ``apps.py`` what apps did; ``marts.py`` compares.
"""

from __future__ import annotations

from tests.independent.marts import MARTS, NOT_COMPARED, wrong_marts
from tests.independent.viewing import (
    APPLICATIONS,
    COMPLETE_PERCENT,
    NAMES,
    Viewing,
    titles_of,
)

__all__ = [
    "APPLICATIONS",
    "COMPLETE_PERCENT",
    "MARTS",
    "NAMES",
    "NOT_COMPARED",
    "Viewing",
    "titles_of",
    "wrong_marts",
]
