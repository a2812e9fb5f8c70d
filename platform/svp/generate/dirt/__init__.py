"""Planted dirt: bad rows as people's files have them, beside the clean ones, and what a contract makes of each."""

from __future__ import annotations

from svp.generate.dirt.planting import (
    Dirt,
    Planted,
    dirt_entry,
    planted_batch,
    planted_line,
)

__all__ = ["Dirt", "Planted", "dirt_entry", "planted_batch", "planted_line"]
