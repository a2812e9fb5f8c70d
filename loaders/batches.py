"""What a reader hands on: text columns in Arrow, the line of each row, and what was no row at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["BATCH_ROWS", "Batch", "Refusal"]

BATCH_ROWS = 50_000
"""Rows a reader holds in memory at a time."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that can't be stored truly, and why."""

    line: int
    code: str
    row_text: str
    column: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Up to ``BATCH_ROWS`` rows of a file, in its order; every column is text, null where the file has nothing."""

    rows: pa.RecordBatch
    lines: pa.Array
    """Line of the file, or number of the element, counted from 1; int64."""
    refusals: tuple[Refusal, ...] = field(default=())
    """What could not be made a row: the wrong number of fields, bytes that are not text."""
    skipped_rows: int = 0
    """Blank lines and repeated headers."""

    @property
    def read_rows(self) -> int:
        """Rows, refusals and skipped lines: the left side of the row law."""
        return self.rows.num_rows + len(self.refusals) + self.skipped_rows
