"""What a reader hands on: text columns in Arrow, the line of each row, and what was no row at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from loaders.arrow import Values

__all__ = ["BATCH_ROWS", "Batch", "Refusal", "is_text"]

BATCH_ROWS = 50_000
"""Rows a reader holds in memory at a time."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that can't be stored truly, and why."""

    line: int
    code: str
    row_text: str
    """The row as the file has it; bytes that no store can hold are written as escapes."""
    column: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Up to ``BATCH_ROWS`` rows of a file, in its order; every column is text, null where the file has nothing."""

    rows: pa.RecordBatch
    lines: Values
    """Line of the file, or number of the element, counted from 1; int64."""
    row_text: Callable[[int], str]
    """From the position of a row in the batch to the row as the file has it."""
    refusals: tuple[Refusal, ...] = field(default=())
    """What could not be made a row: the wrong number of fields, bytes that are not text."""
    skipped_rows: int = 0
    """Blank lines and repeated headers."""

    @property
    def read_rows(self) -> int:
        """Rows, refusals and skipped lines: the left side of the row law."""
        return self.rows.num_rows + len(self.refusals) + self.skipped_rows


def is_text(value: str) -> bool:
    """Tell whether every character stands for itself, and none for a byte that could not be decoded."""
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)
