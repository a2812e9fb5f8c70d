"""Ids that follow from what they name, so that a second export is the same bytes."""

from __future__ import annotations

import hashlib
from uuid import NAMESPACE_URL, uuid5

__all__ = ["guid", "short_id"]

SPACE = uuid5(NAMESPACE_URL, "streaming-video-platform/report")
SHORT_CHARACTERS = 20
"""Of the names of pages and visuals, which are folders too: short, since paths on Windows end at 260."""


def guid(*parts: str) -> str:
    """Return the id of what these parts name."""
    return str(uuid5(SPACE, "/".join(parts)))


def short_id(*parts: str, characters: int = SHORT_CHARACTERS) -> str:
    """Return the same as so many lower hexadecimal digits."""
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:characters]
