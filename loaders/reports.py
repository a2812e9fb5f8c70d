"""What became of a file, for people and machines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from loaders.ledger import RowCounts

__all__ = ["FileReport"]


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file, or of refused rows of an earlier one."""

    path: Path
    kind: str
    outcome: str
    """``loaded``; ``already loaded`` when the same content was loaded before; ``replayed`` out of quarantine."""
    counts: RowCounts
    seconds: float
    advice: str | None = None
    """What to do if none of its rows fits its kind."""
