"""What a reader hands on: text columns in Arrow, the line of each row, and what was no row at all."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from loaders.arrow import Values

__all__ = [
    "BATCH_ROWS",
    "MAX_LATE_NAMES",
    "MAX_ROW_CHARACTERS",
    "PARSED_ROWS",
    "Batch",
    "Refusal",
    "Written",
    "in_batches",
    "is_text",
]

BATCH_ROWS = 50_000
"""Rows a reader holds in memory at a time."""

PARSED_ROWS = 10_000
"""Rows held at a time as objects of Python, which take several times what their text takes."""

BATCH_CHARACTERS = 16 * 1024 * 1024
"""Text a reader holds at a time, however few rows that is."""

MAX_ROW_CHARACTERS = 4 * 1024 * 1024
"""Of one row with all its lines; a longer one is a quote that never ends, or no text."""

MAX_LATE_NAMES = 20
"""Of the columns that a file names only after its first rows; one with more has keys for names."""


class Refusal(NamedTuple):
    """A row that can't be stored truly, and why."""

    line: int
    code: str
    row_text: str
    """The row as the file has it; bytes that no store can hold are written as escapes."""
    column: str | None = None
    value: str | None = None
    values: Mapping[str, str] | None = None
    """The columns of the file that hold something, if the row could be parted into columns."""
    byte_offset: int | None = None
    """Bytes before the row in the file, without its compression; None where they are not counted."""
    natural_id: str | None = None
    """Id of the row in its source; None if it can't be read."""
    is_whole: bool = True
    """Whether ``values`` are all that the contract reads, so that it can judge them again."""


def uncounted(_row: int) -> int | None:
    """Tell no offset: rows of a workbook or a table of Parquet have none."""
    return None


@dataclass(frozen=True, slots=True)
class Batch:
    """Up to ``BATCH_ROWS`` rows of a file, in any order; every column is text, null where the file has nothing."""

    rows: pa.RecordBatch
    lines: Values
    """Line of the file, or number of the element, counted from 1; int64."""
    row_text: Callable[[int], str]
    """From the position of a row in the batch to the row as the file has it."""
    refusals: tuple[Refusal, ...] = field(default=())
    """What could not be made a row: the wrong number of fields, bytes that are not text."""
    skipped_rows: int = 0
    """Blank lines and repeated headers."""
    row_byte: Callable[[int], int | None] = uncounted
    """From the position of a row in the batch to the bytes before it in the file."""
    late_names: Mapping[str, int] = field(default_factory=dict)
    """Columns that are neither wanted nor among those of the first rows, each with its first line."""

    @property
    def read_rows(self) -> int:
        """Rows, refusals and skipped lines: the left side of the row law."""
        return self.rows.num_rows + len(self.refusals) + self.skipped_rows

    @property
    def is_placed(self) -> bool:
        """Whether it tells where its rows begin."""
        return bool(self.rows.num_rows) and self.row_byte(0) is not None

    def in_order(self) -> Batch:
        """Return the same rows in the order of the file."""
        order = np.argsort(self.lines.to_numpy(), kind="stable")
        positions = pa.array(order, pa.int64())
        return replace(
            self,
            rows=self.rows.take(positions),
            lines=self.lines.take(positions),
            row_text=lambda row: self.row_text(int(order[row])),
            row_byte=lambda row: self.row_byte(int(order[row])),
        )

    def note_late_names(self, noted: dict[str, int]) -> None:
        """Add late names to those of earlier batches, up to as many as are told."""
        for name, line in self.late_names.items():
            if len(noted) < MAX_LATE_NAMES:
                noted.setdefault(name, line)


def is_text(value: str) -> bool:
    """Tell whether every character stands for itself, and none for a byte that could not be decoded."""
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


class Written(Protocol):
    """A row as a reader found it."""

    @property
    def line(self) -> int:
        """Its first line, or the number of the element."""

    @property
    def text(self) -> str:
        """The row as the file has it."""


WrittenRow = TypeVar("WrittenRow", bound=Written)


def in_batches(rows: Iterable[WrittenRow]) -> Iterator[list[WrittenRow]]:
    """Yield parsed rows in lists, as long as may be held, by number and by size."""
    batch: list[WrittenRow] = []
    characters = 0
    for row in rows:
        batch.append(row)
        characters += len(row.text)
        if len(batch) == PARSED_ROWS or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch
