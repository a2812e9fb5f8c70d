"""Comma-, semicolon-, tab- or pipe-separated text with a header, whatever is wrong with its rows."""

from __future__ import annotations

import codecs
import csv
from itertools import islice
from typing import TYPE_CHECKING, TextIO

import pyarrow as pa

from loaders.batches import BATCH_ROWS, Batch, Refusal
from svp.errors import InputError, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["CsvFile"]

MAX_FIELD_CHARACTERS = 4 * 1024 * 1024
DELIMITERS = ",;\t|"

Row = tuple[int, list[str]]


class CsvFile:
    """A text file whose first line names its columns."""

    def __init__(self, path: Path) -> None:
        """Read the header.

        Raises:
            InputError: there is none, or it names a column twice.
        """
        self._path = path
        self._encoding = _encoding(path)
        with self._open() as stream:
            first = stream.readline(MAX_FIELD_CHARACTERS)
        self._delimiter = max(DELIMITERS, key=first.count)
        try:
            header = next(csv.reader([first], delimiter=self._delimiter, strict=True), [])
        except csv.Error as error:
            message = f"{path}: the first line is not a header: {error}"
            raise InputError(message, "the first line must name the columns") from error
        self.columns = tuple(name.strip() for name in header)
        repeated = {name for name in self.columns if self.columns.count(name) > 1}
        if repeated:
            message = f"{path}: the header names {shorten(sorted(repeated)[0])!r} more than once"
            raise InputError(message, "each column needs a name of its own")

    def batches(self) -> Iterator[Batch]:
        """Yield the rows in order.

        Raises:
            InputError: a quoted field never ends, or is longer than any sensible one.
        """
        with self._open() as stream:
            rows = self._rows(stream)
            next(rows, None)
            while chunk := list(islice(rows, BATCH_ROWS)):
                yield self._batch(chunk)

    def _open(self) -> TextIO:
        return self._path.open(encoding=self._encoding, errors="surrogateescape", newline="")

    def _rows(self, stream: TextIO) -> Iterator[Row]:
        """Yield the number of a row's first line, and its fields."""
        csv.field_size_limit(MAX_FIELD_CHARACTERS)
        reader = csv.reader(stream, delimiter=self._delimiter, strict=True)
        line = 1
        try:
            for fields in reader:
                yield line, fields
                line = reader.line_num + 1
        except csv.Error as error:
            message = f"{self._path}, line {line}: {error}"
            raise InputError(
                message, "mend the quotes of this line, or the file is cut off"
            ) from error

    def _batch(self, chunk: list[Row]) -> Batch:
        header = list(self.columns)
        filled = [row for row in chunk if any(field.strip() for field in row[1])]
        rows = [row for row in filled if [field.strip() for field in row[1]] != header]
        refusals = [
            Refusal(line, code, _as_line(fields, self._delimiter))
            for line, fields in rows
            if (code := self._fault(fields))
        ]
        refused = {refusal.line for refusal in refusals}
        kept = [row for row in rows if row[0] not in refused] if refused else rows
        values: Sequence[Sequence[str]] = list(zip(*(fields for _, fields in kept), strict=True))
        arrays = [pa.array(column, pa.string()) for column in values]
        empty = [pa.array([], pa.string()) for _ in header]
        return Batch(
            rows=pa.RecordBatch.from_arrays(arrays or empty, names=header),
            lines=pa.array([line for line, _ in kept], pa.int64()),
            refusals=tuple(refusals),
            skipped_rows=len(chunk) - len(rows),
        )

    def _fault(self, fields: list[str]) -> str | None:
        if len(fields) != len(self.columns):
            return "wrong_width"
        return None if _is_text("".join(fields)) else "not_text"


def _encoding(path: Path) -> str:
    """Return the encoding that the first bytes tell.

    Raises:
        InputError: the file is empty, or not text.
    """
    with path.open("rb") as stream:
        start = stream.read(4096)
    if not start.strip():
        message = (
            f"{path} is empty" if not start else f"{path} has nothing but blank lines at its start"
        )
        raise InputError(message, "give a file with a header and rows")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\x00" in start:
        message = f"{path} is not text: it has NUL bytes"
        raise InputError(message, "give a CSV, JSON or Parquet file")
    return "utf-8-sig"


def _is_text(value: str) -> bool:
    """Tell whether no byte had to be escaped while decoding."""
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


def _as_line(fields: list[str], delimiter: str) -> str:
    """Return the row as one line that any store can hold."""
    return (
        delimiter.join(fields).encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")
    )
