"""Lines of JSON that differ in nothing but their values, read a block at a time.

A program that exports objects writes each of them in one of a few ways: the same names in the same order, the same
spaces. Such a way is a layout, learned from lines that were read one by one. Lines of a known layout are parted at
their commas, all at once, or at their quotes, where commas are in values, too; everything around the values must be,
byte by byte, what the layout says. So what is read here is what a JSON parser reads, and any other line is left to
that.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache, partial, reduce
from itertools import groupby
from operator import attrgetter
from typing import IO, TYPE_CHECKING, Literal, NamedTuple, TypeAlias, cast

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from loaders.arrow import Positions, Values, as_batch, compute, holding, mask, nulls, outside, pick
from loaders.batches import Batch
from loaders.readers.text import AS_UTF_8

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from loaders.readers.blocks import Block

__all__ = [
    "NOWHERE",
    "Alike",
    "Layout",
    "is_plain",
    "layout_of",
    "parted",
    "read_alike",
    "usual_layouts",
    "whole",
]

COMMA, QUOTE = ",", '"'
ESCAPE, RETURN = b"\\", b"\r"
LAST_ASCII = 0x7F
FIRST_TEXT, LAST_BYTE = 0x20, 0xFF
"""Bytes below the first are in no text of JSON as they are."""

NUMBER = re.compile(r"(\s*:\s*)(?:0|[1-9][0-9]*)(\s*[,}][\s,}]*)")
"""A whole number between its name and what follows."""

MAX_DIGITS = 18
"""Of a number that is read here; a longer one, or one with a sign, is read by itself."""

MAX_BYTES = 2**31 - 1
"""Of a token; where Arrow is told no end of a slice, it fails."""

TEXT_HERE, NUMBER_HERE = "\x00", "\x01"
"""Where a layout has a value; in no JSON as they are."""

NOWHERE = -1

MAX_LAYOUTS = 4
MIN_LINES = 2
"""A layout of one line among the first is none."""


class Slot(NamedTuple):
    """A value that is another in each line, and what stands around it up to the delimiters."""

    before: bytes
    after: bytes
    is_number: bool


Token: TypeAlias = bytes | Slot
"""What stands between two delimiters: the same in every line, or with a value in it."""


class Layout(NamedTuple):
    """One way to write an object on a line."""

    delimiter: str
    tokens: tuple[Token, ...]
    columns: tuple[tuple[str, int | str | None], ...]
    """Name, and the token that holds the value; or the value itself, if every line has the same."""

    @property
    def numbers(self) -> tuple[str, ...]:
        """The columns that are numbers, sorted."""
        slots = (
            (name, self.tokens[place]) for name, place in self.columns if isinstance(place, int)
        )
        return tuple(
            sorted(name for name, slot in slots if isinstance(slot, Slot) and slot.is_number)
        )

    @property
    def manner(self) -> tuple[str, int, tuple[str, ...]]:
        """What lines have in common that are read together: delimiter, number of tokens, which columns are numbers."""
        return self.delimiter, len(self.tokens), self.numbers


class Alike(NamedTuple):
    """Lines of a block that were read together."""

    rows: pa.RecordBatch
    positions: Positions
    """Of each row's line in the block, from 0, rising; NOWHERE for a row that is none."""

    @property
    def lines(self) -> Positions:
        """Return the positions of the lines that are rows."""
        lines: Positions = self.positions[self.positions != NOWHERE]
        return lines


@dataclass(frozen=True, slots=True)
class Found:
    """Which of some lines have a layout, and what they say; the values of the others mean nothing."""

    fits: Values
    """Booleans."""
    values: dict[str, Values]

    def __or__(self, other: Found) -> Found:
        """Return what fits either."""
        values = {
            name: self._either(self.values.get(name), other.values.get(name))
            for name in self.values | other.values
        }
        return Found(compute.or_(self.fits, other.fits), values)

    def _either(self, mine: Values | None, theirs: Values | None) -> Values:
        if mine is theirs and mine is not None:
            return mine
        empty = nulls(len(self.fits), pa.string())
        return compute.if_else(
            self.fits,
            empty if mine is None else mine,
            empty if theirs is None else theirs,
        )


def usual_layouts(layouts: Iterable[Layout | None]) -> tuple[Layout, ...]:
    """Return the layouts that come most often, those that are read together side by side."""
    counted = Counter(layout for layout in layouts if layout)
    usual = [layout for layout, lines in counted.most_common(MAX_LAYOUTS) if lines >= MIN_LINES]
    return tuple(sorted(usual, key=attrgetter("manner"), reverse=True))


def layout_of(line: str, values: Mapping[str, str | None], opened: str) -> Layout | None:
    """Return the layout of a line that was read as these values; None if it has none.

    It has none if it names nothing, or holds an escape, a list, or an object other than ``opened``, whose values are
    the columns ``opened.NAME``.
    """
    line = line.rstrip("\r\n")
    written = line.split(QUOTE)
    marked, columns, prefix = list(written), dict[str, str | None](), ""
    for index in range(1, len(written) - 1, 2):
        name, follows = prefix + written[index], written[index + 1]
        if "{" in follows and name != opened:
            return None
        if "{" in follows:
            prefix = f"{opened}."
        elif follows.lstrip().startswith(":"):
            if name in columns:
                return None
            columns[name] = _mark(marked, index, values.get(name))
        if "}" in follows:
            prefix = ""
    is_flat = "\\" not in line and "[" not in "".join(written[::2])
    if not (columns and is_flat and columns.keys() == values.keys()):
        return None
    return _parted_layout(line, QUOTE.join(marked), columns)


def _mark(written: list[str], index: int, value: str | None) -> str | None:
    """Mark where the value behind a name is, and return the mark; the value itself, if it is no text or number."""
    follows = written[index + 1]
    if follows.strip() == ":":
        written[index + 2] = TEXT_HERE
        return TEXT_HERE
    if number := NUMBER.fullmatch(follows):
        written[index + 1] = f"{number[1]}{NUMBER_HERE}{number[2]}"
        return NUMBER_HERE
    return value


def _parted_layout(line: str, marked: str, columns: Mapping[str, str | None]) -> Layout:
    """Return the layout of a line with marks for its values: parted at commas if none of these holds one."""
    delimiter = COMMA if line.count(COMMA) == marked.count(COMMA) > 0 else QUOTE
    tokens = tuple(map(_token, marked.split(delimiter)))
    places = (index for index, token in enumerate(tokens) if isinstance(token, Slot))
    found = (
        (name, next(places) if value in {TEXT_HERE, NUMBER_HERE} else value)
        for name, value in columns.items()
    )
    return Layout(delimiter, tokens, tuple(found))


def _token(marked: str) -> Token:
    """Return what stands between two delimiters, in which one value at most is marked."""
    for mark in (TEXT_HERE, NUMBER_HERE):
        before, found, after = marked.encode().partition(mark.encode())
        if found:
            return Slot(before, after, is_number=mark == NUMBER_HERE)
    return marked.encode()


def read_alike(
    block: Block, layouts: Sequence[Layout], *, columns: Collection[str] | None = None
) -> Iterator[Alike]:
    """Yield the lines of a block that have one of the layouts, those of one width together.

    ``columns`` are those that are wanted; all are looked at. Lines that name none of them are left.
    """
    left = _plain_lines(block.data, block.ends)
    for _, group in groupby(layouts, key=attrgetter("manner")):
        alike = list(group)
        text = _lines(block, left)
        if not text or text.startswith(codecs.BOM_UTF8):
            return
        names = list(map(str, range(len(alike[0].tokens))))
        tokens, others = parted(text, names, alike[0].delimiter, pa.binary())
        positions = np.delete(left, others)
        if not len(positions):
            continue
        found = _find(tokens, alike)
        fits = mask(found.fits)
        positions = np.where(fits, positions, NOWHERE)
        wanted = {
            name: values
            for name, values in found.values.items()
            if columns is None or name in columns
        }
        if not wanted:
            # Rows without a column have no number.
            continue
        yield Alike(pa.RecordBatch.from_pydict(wanted), positions)
        is_read = np.zeros(len(block.ends), dtype=np.bool_)
        is_read[positions[fits]] = True
        left = left[~is_read[left]]


def whole(block: Block, alike: Sequence[Alike], alone: Batch, *, is_counted: bool) -> Batch:
    """Return all rows of a block: those that were read together, and apart from them those that were read one by one.

    ``is_counted`` says that the bytes of the block are those of the file.
    """
    parts = [_together(block, each, is_counted=is_counted) for each in alike]
    if alone.rows.num_rows or not parts:
        parts.append(replace(alone, refusals=(), skipped_rows=0, late_names={}))
    usual, *apart = parts
    return replace(
        usual,
        refusals=alone.refusals,
        skipped_rows=alone.skipped_rows,
        apart=tuple(apart),
        late_names=alone.late_names,
    )


def _together(block: Block, alike: Alike, *, is_counted: bool) -> Batch:
    """Return the rows of lines that were read together."""
    rows, positions = alike
    is_row = positions != NOWHERE
    if not is_row.all():
        chosen = pick(pa.Table.from_batches([rows]), np.flatnonzero(is_row))
        rows, positions = as_batch(chosen), positions[is_row]
    return Batch(
        rows,
        pa.array(positions + block.first_number, pa.int64()),
        row_text=lambda row: AS_UTF_8.storable(block.line(positions[row]).text),
        row_byte=lambda row: block.line(positions[row]).byte if is_counted else None,
    )


def _plain_lines(data: bytes, ends: Positions) -> Positions:
    """Return the positions of lines that are text, without escapes, and in which only a line feed ends a line."""
    lines = np.arange(len(ends))
    if ESCAPE not in data and is_plain(data):
        return lines
    is_text = _is_utf_8(data)
    view = np.frombuffer(data, np.uint8)
    at_fault = (view == ord(ESCAPE)) | (view == ord(RETURN))
    if not is_text:
        at_fault |= view > LAST_ASCII
    return np.delete(lines, np.searchsorted(ends, np.flatnonzero(at_fault), side="right"))


def is_plain(data: bytes) -> bool:
    """Tell whether bytes are text in which only a line feed ends a line."""
    return _is_utf_8(data) and not _has_lone_return(data)


def _has_lone_return(data: bytes) -> bool:
    return RETURN in data and data.count(RETURN) != data.count(RETURN + b"\n")


def _is_utf_8(data: bytes) -> bool:
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _lines(block: Block, chosen: Positions) -> bytes:
    """Return the chosen lines of a block."""
    if len(chosen) == len(block.ends):
        return block.data
    runs = np.split(chosen, np.flatnonzero(np.diff(chosen) != 1) + 1) if len(chosen) else []
    starts = np.append(0, block.ends)
    return b"".join(block.data[starts[run[0]] : starts[run[-1] + 1]] for run in runs)


def parted(
    text: bytes, names: Sequence[str], delimiter: str, type_: pa.DataType
) -> tuple[list[Values], list[int]]:
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
            column_types=dict.fromkeys(names, type_),
            strings_can_be_null=False,
            check_utf8=False,
        ),
    )
    return [column.combine_chunks() for column in table.columns], others


def _find(tokens: Sequence[Values], layouts: Sequence[Layout]) -> Found:
    """Return which lines have one of the layouts, which call the same columns numbers, and what each column holds."""
    read = cache(partial(_read_token, tokens))
    found = reduce(Found.__or__, (_shaped(layout, read, len(tokens[0])) for layout in layouts))
    fits = [
        _is_number(values) if name in layouts[0].numbers else _is_text(values)
        for name, values in found.values.items()
    ]
    return Found(reduce(compute.and_, fits, found.fits), found.values)


def _shaped(
    layout: Layout, read: Callable[[int, Token], tuple[Values, Values]], lines: int
) -> Found:
    """Return which lines are as a layout is around its values, whatever these are."""
    read_tokens = [read(index, token) for index, token in enumerate(layout.tokens)]
    values = {
        name: read_tokens[place][0] if isinstance(place, int) else _same(place, lines)
        for name, place in layout.columns
    }
    return Found(reduce(compute.and_, (fits for _, fits in read_tokens)), values)


def _same(value: str | None, lines: int) -> Values:
    return pa.repeat(pa.scalar(value, pa.string()), lines)


def _read_token(tokens: Sequence[Values], index: int, token: Token) -> tuple[Values, Values]:
    """Return the values in a token, and in which lines it is that token around them."""
    written = tokens[index]
    if isinstance(token, bytes):
        return written, compute.equal(written, token)
    around = token.before + token.after
    is_long = compute.greater_equal(compute.binary_length(written), len(around))
    if token.before and token.after and not mask(is_long).all():
        # What is cut on both sides must have that length.
        written = compute.if_else(is_long, written, around)
    values = compute.binary_slice(written, len(token.before), -len(token.after) or MAX_BYTES)
    conditions = (
        is_long,
        compute.starts_with(written, token.before),
        compute.ends_with(written, token.after),
    )
    return values.view(pa.string()), reduce(compute.and_, conditions)


def _is_text(values: Values) -> Values:
    """Tell which values stand for themselves between two quotes."""
    unfit = outside(values, FIRST_TEXT, LAST_BYTE) | holding(values, ord(QUOTE))
    return compute.invert(pa.array(unfit))


def _is_number(values: Values) -> Values:
    """Tell which values are whole numbers that fit 64 bits."""
    length = compute.binary_length(values)
    conditions = (
        compute.greater(length, 0),
        compute.less_equal(length, MAX_DIGITS),
        compute.or_(compute.equal(length, 1), compute.invert(compute.starts_with(values, b"0"))),
        compute.invert(pa.array(outside(values, ord("0"), ord("9")))),
    )
    return reduce(compute.and_, conditions)
