"""Comma-, semicolon-, tab- or pipe-separated text with a header, whatever is wrong with its rows."""

from __future__ import annotations

import csv
import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, TextIO

import pyarrow as pa

from loaders.batches import MAX_ROW_CHARACTERS, Batch, Refusal, in_batches, is_text
from loaders.readers.text import (
    START_BYTES,
    Encoding,
    Places,
    encoding_of,
    open_text,
)
from svp.errors import InputError, shorten

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from loaders.files import DataFile

__all__ = ["CsvFile"]

DELIMITERS = ",;\t|"

ARCHIVE_START = b"PK\x03\x04"
"""Of an Excel sheet, or of an archive in an archive; one that is given by itself was looked through already."""


class Row(NamedTuple):
    """One record of the file, of one line or more."""

    line: int
    """Its first line."""
    fields: list[str]
    text: str
    has_bad_quotes: bool = False
    """Whether they leave open what its fields are; then it has none."""


class CsvFile:
    """A text file whose first line names its columns."""

    format = "CSV"
    seen_rows = None
    groups = ()

    def __init__(self, file: DataFile, delimiter: str | None = None) -> None:
        """Read the header; ``delimiter`` parts its fields if the first line doesn't tell what does.

        Raises:
            InputError: there is none, it names a column twice, or its encoding can't be told.
        """
        self._file, self._name = file, file.name
        self._encoding = encoding_of(file)
        _refuse_binary(file, self._encoding)
        with open_text(file, self._encoding) as stream:
            first = next(_Lines(stream, self._name), "")
        if not (self._encoding.is_told or is_text(first)):
            message = f"{self._name}, line 1: the text is not UTF-8, and nothing tells what it is"
            raise InputError(message, "say its encoding, as --encoding cp1252")
        self._delimiter = delimiter or max(DELIMITERS, key=first.count)
        self._header = self._read_header(first)
        self.columns = tuple(map(self._encoding.storable, self._header))

    @property
    def facts(self) -> dict[str, str]:
        """How it is written."""
        return {"encoding": self._encoding.title, "delimiter": self._delimiter}

    def _read_header(self, first: str) -> list[str]:
        try:
            header = next(csv.reader([first], delimiter=self._delimiter, strict=True), [])
        except csv.Error as error:
            message = f"{self._name}: the first line is not a header: {shorten(error)}"
            raise InputError(message, "the first line must name the columns") from error
        columns = [name.strip() for name in header]
        if not any(columns):
            message = f"{self._name}: the first line is blank"
            raise InputError(message, "the first line must name the columns")
        repeated = sorted({name for name in columns if columns.count(name) > 1})
        if repeated:
            message = f"{self._name}: the header names {shorten(repeated[0])!r} more than once"
            raise InputError(message, "each column needs a name of its own")
        return columns

    def batches(self, columns: Collection[str] | None = None) -> Iterator[Batch]:
        """Yield the rows in order.

        Raises:
            InputError: a quoted field never ends, or a row is longer than any sensible one.
        """
        del columns
        with open_text(self._file, self._encoding) as stream:
            rows = self._rows(stream)
            header = list(islice(rows, 1))
            start = Places(header, self._encoding.mark_bytes, self._encoding).end
            for chunk in in_batches(rows):
                places = Places(chunk, start, self._encoding)
                yield self._batch(chunk, places)
                start = places.end

    def _rows(self, stream: TextIO) -> Iterator[Row]:
        csv.field_size_limit(MAX_ROW_CHARACTERS)
        lines = _Lines(stream, self._name)
        reader = csv.reader(lines, delimiter=self._delimiter, strict=True)
        while True:
            line = reader.line_num + 1
            try:
                fields = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if lines.ended:
                    message = (
                        f"{self._name}, line {line}: a quoted field begins here and never ends"
                    )
                    advice = "mend the quotes of this line, or the file is cut off"
                    raise InputError(message, advice) from error
                yield Row(line, [], lines.take(), has_bad_quotes=True)
            else:
                yield Row(line, fields, lines.take())

    def _batch(self, chunk: list[Row], places: Places) -> Batch:
        judged = [
            (number, row, self._fault(row))
            for number, row in enumerate(chunk)
            if not self._is_skipped(row)
        ]
        numbers = [number for number, _, code in judged if code is None]
        kept = [chunk[number] for number in numbers]
        values: Sequence[Sequence[str]] = list(zip(*(row.fields for row in kept), strict=True))
        arrays = [pa.array(column, pa.string()) for column in values or [()] * len(self.columns)]
        return Batch(
            rows=pa.RecordBatch.from_arrays(arrays, names=list(self.columns)),
            lines=pa.array([row.line for row in kept], pa.int64()),
            row_text=lambda row: self._encoding.storable(kept[row].text),
            refusals=tuple(
                Refusal(
                    row.line, code, self._encoding.storable(row.text), byte_offset=places.of(number)
                )
                for number, row, code in judged
                if code
            ),
            skipped_rows=len(chunk) - len(judged),
            row_byte=lambda row: places.of(numbers[row]),
        )

    def _is_skipped(self, row: Row) -> bool:
        """Tell whether a row is blank, or the header again."""
        fields = row.fields
        if not any(map(str.strip, fields)):
            return not row.has_bad_quotes
        return fields[0].strip() == self._header[0] and self._header == [
            field.strip() for field in fields
        ]

    def _fault(self, row: Row) -> str | None:
        if row.has_bad_quotes:
            return "bad_quotes"
        if len(row.fields) != len(self.columns):
            return "wrong_width"
        return None if is_text("".join(row.fields)) else "not_text"


class _Lines:
    """The lines of a stream, and the text of those that were not taken yet.

    Raises:
        InputError: while iterating, what was not taken is longer than a row may be.
    """

    def __init__(self, stream: TextIO, name: str) -> None:
        self._stream, self._name = stream, name
        self._held: list[str] = []
        self._held_characters = 0
        self._number = 0
        self.ended = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._stream.readline(MAX_ROW_CHARACTERS)
        if not line:
            self.ended = True
            raise StopIteration
        self._number += 1
        self._held.append(line)
        self._held_characters += len(line)
        if self._held_characters >= MAX_ROW_CHARACTERS:
            message = f"{self._name}, line {self._number}: the row is longer than {MAX_ROW_CHARACTERS:,} characters"
            raise InputError(message, "a quote before it may never end, or it is no text file")
        return line

    def take(self) -> str:
        """Return what was read since the last time."""
        text = "".join(self._held)
        self._held.clear()
        self._held_characters = 0
        return text


def _refuse_binary(file: DataFile, encoding: Encoding) -> None:
    """Raise InputError if the file is empty, or not text."""
    start = file.start(START_BYTES)
    if not start:
        message = f"{file.name} is empty"
        raise InputError(message, "give a file with a header and rows")
    if start.startswith(ARCHIVE_START):
        message = f"{file.name} is an Excel sheet, or an archive in an archive"
        raise InputError(message, "save it as CSV, or unpack it, and give that")
    if not encoding.is_wide and _is_binary(start):
        message = f"{file.name} is not text"
        advice = "give a CSV, JSON or Parquet file; of text that is not UTF-8, say the --encoding"
        raise InputError(message, advice)


def _is_binary(start: bytes) -> bool:
    """Tell whether the first line has bytes that no header has, or NUL follows a line without columns."""
    first = start.split(b"\n", 1)[0]
    if re.search(rb"[\x00-\x08\x0e-\x1f]", first):
        return True
    return b"\x00" in start and not any(delimiter.encode() in first for delimiter in DELIMITERS)
