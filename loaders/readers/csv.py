"""Comma-, semicolon-, tab- or pipe-separated text with a header, whatever is wrong with its rows."""

from __future__ import annotations

import csv
import re
from codecs import BOM_UTF8
from dataclasses import replace
from itertools import islice
from typing import IO, TYPE_CHECKING, Literal, NamedTuple, TextIO, cast

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from loaders.arrow import compute, mask, outside, pick
from loaders.batches import MAX_ROW_CHARACTERS, Batch, Refusal, in_batches, is_text
from loaders.readers.blocks import Block, Line, read_blocks
from loaders.readers.layouts import Alike, is_plain, whole
from loaders.readers.text import (
    AS_UTF_8,
    START_BYTES,
    Encoding,
    Places,
    encoding_of,
    open_text,
)
from svp.core.workers import in_order
from svp.errors import InputError, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from loaders.arrow import Mask, Values
    from loaders.files import DataFile

__all__ = ["CsvFile"]

DELIMITERS = ",;\t|"
QUOTE = b'"'
HEADER_LINES = 1

READ_BYTES = 2 * 1024 * 1024
"""How far is read ahead: a few portions are held at a time."""

ARCHIVE_START = b"PK\x03\x04"
"""Of an Office document, or of an archive in an archive; one that is given by itself was looked through already."""


class Row(NamedTuple):
    """One record of the file, of one line or more."""

    line: int
    """Its first line."""
    fields: list[str]
    text: str
    has_bad_quotes: bool = False
    """Whether they leave open what its fields are; then it has none."""


class Portion(NamedTuple):
    """Records that follow one another, and where in the file they begin."""

    rows: list[Row]
    places: Places


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
        # Blocks are of lines that a line feed ends, and of UTF-8.
        self._is_in_blocks = self._encoding.name == AS_UTF_8.name and not first.endswith("\r")
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
            raise InputError(message, "each column needs a name of its own", columns=columns)
        return columns

    def batches(self, columns: Collection[str] | None = None) -> Iterator[Batch]:
        """Yield the rows in order.

        Raises:
            InputError: a quoted field never ends, or a row is longer than any sensible one.
        """
        del columns
        yield from in_order(self._read, self._blocks() if self._is_in_blocks else self._records())

    def _records(self) -> Iterator[Portion]:
        """Yield all rows, read one by one."""
        with open_text(self._file, self._encoding) as stream:
            rows = self._rows(_Lines(stream, self._name))
            header = list(islice(rows, HEADER_LINES))
            start = Places(header, self._encoding.mark_bytes, self._encoding).end
            yield from self._placed(rows, start)

    def _blocks(self) -> Iterator[Block | Portion]:
        """Yield blocks of plain lines as they are, and the rows of other lines, which are read one by one."""
        with self._file.open() as stream:
            header, number = stream.readline(), HEADER_LINES + 1
            blocks = read_blocks(
                stream,
                self._name,
                first_number=number,
                first_byte=len(header),
                read_bytes=READ_BYTES,
            )
            for block in blocks:
                if self._is_plain(block):
                    yield replace(block, first_number=number)
                    number += len(block.ends)
                else:
                    later = (following.text() for following in blocks)
                    lines = _Lines(block.text(), self._name, later, number=number)
                    yield from self._placed(self._rows(lines), block.first_byte)
                    number = lines.number

    def _placed(self, rows: Iterator[Row], start: int) -> Iterator[Portion]:
        """Yield rows in portions that fit a batch; ``start`` is where the first begins."""
        for chunk in in_batches(rows):
            places = Places(chunk, start, self._encoding)
            yield Portion(chunk, places)
            start = places.end

    def _is_plain(self, block: Block) -> bool:
        """Tell whether each line of a block is a row whose fields are what is between the delimiters."""
        is_read_as_it_is = self._delimiter.isascii() and not block.data.startswith(BOM_UTF8)
        return is_read_as_it_is and QUOTE not in block.data and is_plain(block.data)

    def _read(self, portion: Block | Portion) -> Batch:
        if isinstance(portion, Block):
            return self._read_plain(portion)
        return self._batch(portion.rows, portion.places.of)

    def _read_plain(self, block: Block) -> Batch:
        """Return the rows of plain lines: together, but for those that may be none, which are looked at one by one."""
        columns, others = _parted(block.data, self.columns, self._delimiter)
        positions = np.delete(np.arange(len(block.ends)), others)
        is_odd = self._may_be_skipped(columns[0])
        rows = pa.Table.from_arrays(columns, names=list(self.columns))
        alike = [Alike(pick(rows, np.flatnonzero(~is_odd)), positions[~is_odd])]
        odd = np.union1d(np.array(others, np.int64), positions[is_odd])
        lines = [block.line(position) for position in odd.tolist()]
        alone = self._batch(list(map(self._row, lines)), lambda row: lines[row].byte)
        return whole(block, alike, alone, is_counted=True)

    def _row(self, line: Line) -> Row:
        return Row(line.number, line.text.rstrip("\r\n").split(self._delimiter), line.text)

    def _may_be_skipped(self, first: Values) -> Mask:
        """Tell by the first field which rows may be blank, or the header again."""
        has_space = outside(first, ord("!"), ord("~"))
        told = ["", *filter(is_text, self._header[:1])]
        return has_space | mask(compute.is_in(first, value_set=pa.array(told)))

    def _rows(self, lines: _Lines) -> Iterator[Row]:
        """Yield rows until one ends where a block does."""
        csv.field_size_limit(MAX_ROW_CHARACTERS)
        reader = csv.reader(lines, delimiter=self._delimiter, strict=True)
        while not lines.is_between:
            line = lines.number
            try:
                fields = next(reader)
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

    def _batch(self, chunk: list[Row], byte_of: Callable[[int], int | None]) -> Batch:
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
                    row.line, code, self._encoding.storable(row.text), byte_offset=byte_of(number)
                )
                for number, row, code in judged
                if code
            ),
            skipped_rows=len(chunk) - len(judged),
            row_byte=lambda row: byte_of(numbers[row]),
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


def _parted(text: bytes, names: Sequence[str], delimiter: str) -> tuple[list[Values], list[int]]:
    """Return lines as columns of what the delimiter parts; and the positions of lines of another width, left out.

    Nothing quotes the delimiter, and no line is passed over.
    """
    others: list[int] = []

    def leave_out(row: pacsv.InvalidRow) -> Literal["skip"]:
        assert row.number is not None  # noqa: S101  (it is known where there is one thread)
        others.append(row.number - 1)
        return "skip"

    table = pacsv.read_csv(
        cast("IO[bytes]", pa.BufferReader(text)),
        pacsv.ReadOptions(use_threads=False, block_size=len(text) + 1, column_names=list(names)),
        pacsv.ParseOptions(
            delimiter=delimiter,
            quote_char=False,
            escape_char=False,
            ignore_empty_lines=False,
            invalid_row_handler=leave_out,
        ),
        pacsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            strings_can_be_null=False,
            check_utf8=False,
        ),
    )
    return [column.combine_chunks() for column in table.columns], others


class _Lines:
    """The lines of a text and of those behind it, and what was read of them and not taken yet.

    Raises:
        InputError: while iterating, what was not taken is longer than a row may be.
    """

    def __init__(
        self, text: TextIO, name: str, later: Iterable[TextIO] = (), *, number: int = 1
    ) -> None:
        self._text, self._name, self._later = text, name, iter(later)
        self._held: list[str] = []
        self._held_characters = 0
        self._ahead = self._read()
        self.ended = False
        self.number = number
        """Of the next line."""

    @property
    def is_between(self) -> bool:
        """Whether all was taken, and the text is read to its end."""
        return not self._ahead and not self._held

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        while not self._ahead:
            text = next(self._later, None)
            if text is None:
                self.ended = True
                raise StopIteration
            self._text = text
            self._ahead = self._read()
        line, self._ahead = self._ahead, self._read()
        self._held.append(line)
        self._held_characters += len(line)
        if self._held_characters >= MAX_ROW_CHARACTERS:
            message = f"{self._name}, line {self.number}: the row is longer than {MAX_ROW_CHARACTERS:,} characters"
            raise InputError(message, "a quote before it may never end, or it is no text file")
        self.number += 1
        return line

    def _read(self) -> str:
        return self._text.readline(MAX_ROW_CHARACTERS)

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
        message = f"{file.name} is an Office document, or an archive in an archive"
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
