"""Lines of JSON that differ in nothing but their values, read a block at a time.

A program that exports objects writes each of them in one of a few ways: the same names in the same order, the same
spaces. Such a way is a layout, learned from lines that were read one by one. Lines of a known layout are parted at
their quotes, all at once; everything between the values must be, byte by byte, what the layout says. So what is
read here is what a JSON parser reads, and any other line is left to that.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache, partial, reduce
from itertools import groupby
from typing import IO, TYPE_CHECKING, Literal, NamedTuple, TypeAlias, cast

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from loaders.arrow import Positions, Values, compute, letters, mask, nulls, outside
from loaders.readers.text import AS_UTF_8

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from loaders.batches import Batch
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

QUOTE = '"'
ESCAPE, RETURN = b"\\", b"\r"
LAST_ASCII = 0x7F
FIRST_TEXT, LAST_BYTE = 0x20, 0xFF
"""Bytes below the first are in no text of JSON as they are."""

NUMBER = re.compile(r"(\s*:\s*)(?:0|[1-9][0-9]*)(\s*[,}][\s,}]*)")
"""A whole number between its name and what follows."""

MAX_DIGITS = 18
"""Of a number that is read here; a longer one, or one with a sign, is read by itself."""

NOWHERE = -1

MAX_LAYOUTS = 4
MIN_LINES = 2
"""A layout of one line among the first is none."""


class Number(NamedTuple):
    """What stands around a whole number."""

    before: str
    after: str


Token: TypeAlias = str | Number | None
"""What stands between two quotes: the same in every line, a number, or the text of a value (None)."""


class Layout(NamedTuple):
    """One way to write an object on a line."""

    tokens: tuple[Token, ...]
    columns: tuple[tuple[str, int | str | None], ...]
    """Name, and the token that holds the value; or the value itself, if every line has the same."""


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
    """Return the layouts that come most often, those of one width side by side."""
    counted = Counter(layout for layout in layouts if layout)
    usual = [layout for layout, lines in counted.most_common(MAX_LAYOUTS) if lines >= MIN_LINES]
    return tuple(sorted(usual, key=_width))


def layout_of(line: str, values: Mapping[str, str | None], opened: str) -> Layout | None:
    """Return the layout of a line that was read as these values; None if it has none.

    It has none if it names nothing, or holds an escape, a list, or an object other than ``opened``, whose values are
    the columns ``opened.NAME``.
    """
    written = line.rstrip("\r\n").split(QUOTE)
    tokens: list[Token] = list(written)
    columns: dict[str, int | str | None] = {}
    prefix = ""
    for index in range(1, len(written) - 1, 2):
        name, follows = prefix + written[index], written[index + 1]
        if "{" in follows and name != opened:
            return None
        if "{" in follows:
            prefix = f"{opened}."
        elif follows.lstrip().startswith(":"):
            if name in columns:
                return None
            columns[name] = _place(tokens, index, values.get(name))
        if "}" in follows:
            prefix = ""
    is_flat = "\\" not in line and "[" not in "".join(written[::2])
    if not (columns and is_flat and columns.keys() == values.keys()):
        return None
    return Layout(tuple(tokens), tuple(columns.items()))


def _place(tokens: list[Token], index: int, value: str | None) -> int | str | None:
    """Return and mark the token that holds the value behind a name; the value itself, if it is no text or number."""
    follows = tokens[index + 1]
    assert isinstance(follows, str)  # noqa: S101  (what is behind a name is marked here only)
    if follows.strip() == ":":
        tokens[index + 2] = None
        return index + 2
    if number := NUMBER.fullmatch(follows):
        tokens[index + 1] = Number(number[1], number[2])
        return index + 1
    return value


def read_alike(block: Block, layouts: Sequence[Layout]) -> Iterator[Alike]:
    """Yield the lines of a block that have one of the layouts, those of one width together."""
    left = _plain_lines(block.data, block.ends)
    for width, alike in groupby(layouts, key=_width):
        text = _lines(block, left)
        if not text or text.startswith(codecs.BOM_UTF8):
            return
        tokens, others = parted(text, list(map(str, range(width))), QUOTE)
        positions = np.delete(left, others)
        if not len(positions):
            continue
        found = _find(tokens, alike)
        fits = mask(found.fits)
        positions = np.where(fits, positions, NOWHERE)
        yield Alike(pa.RecordBatch.from_pydict(found.values), positions)
        is_read = np.zeros(len(block.ends), dtype=np.bool_)
        is_read[positions[fits]] = True
        left = left[~is_read[left]]


def together(parts: Sequence[Alike]) -> Alike:
    """Return the rows of a block in the order of their lines; a column that a part doesn't have is null there."""
    positions = np.concatenate([part.positions for part in parts])
    # Each part is in order, which this way of sorting makes use of.
    order = np.argsort(positions, kind="stable")
    order = order[np.count_nonzero(positions == NOWHERE) :]
    tables = [pa.Table.from_batches([part.rows]) for part in parts]
    rows = pa.concat_tables(tables, promote_options="default").combine_chunks()
    if len(parts) > 1 or len(order) < len(positions):
        rows = rows.take(order)
    return Alike(_as_batch(rows), positions[order])


def whole(block: Block, alike: Sequence[Alike], alone: Batch) -> Batch:
    """Return all rows of a block: those that were read together, and those that were read one by one."""
    if not alike:
        return alone
    if alone.rows.num_rows:
        alike = [*alike, Alike(alone.rows, alone.lines.to_numpy() - block.first_number)]
    rows, positions = together(alike)
    return replace(
        alone,
        rows=rows,
        lines=pa.array(positions + block.first_number, pa.int64()),
        row_text=lambda row: AS_UTF_8.storable(block.line(positions[row]).text),
    )


def _as_batch(rows: pa.Table) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [column.combine_chunks() for column in rows.columns], schema=rows.schema
    )


def _width(layout: Layout) -> int:
    return len(layout.tokens)


def _plain_lines(data: bytes, ends: Positions) -> Positions:
    """Return the positions of lines that are text, without escapes, and in which only a line feed ends a line."""
    lines = np.arange(len(ends))
    if ESCAPE not in data and is_plain(data):
        return lines
    is_text = _is_text(data)
    view = np.frombuffer(data, np.uint8)
    at_fault = (view == ord(ESCAPE)) | (view == ord(RETURN))
    if not is_text:
        at_fault |= view > LAST_ASCII
    return np.delete(lines, np.searchsorted(ends, np.flatnonzero(at_fault), side="right"))


def is_plain(data: bytes) -> bool:
    """Tell whether bytes are text in which only a line feed ends a line."""
    return _is_text(data) and not _has_lone_return(data)


def _has_lone_return(data: bytes) -> bool:
    return RETURN in data and data.count(RETURN) != data.count(RETURN + b"\n")


def _is_text(data: bytes) -> bool:
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


def parted(text: bytes, names: Sequence[str], delimiter: str) -> tuple[list[Values], list[int]]:
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


def _find(tokens: Sequence[Values], layouts: Iterable[Layout]) -> Found:
    """Return which lines have one of the layouts, and what each column holds."""
    read = cache(partial(_read_token, tokens))
    found = []
    for layout in layouts:
        read_tokens = [read(index, token) for index, token in enumerate(layout.tokens)]
        fits = reduce(compute.and_, (fits for _, fits in read_tokens))
        values = {
            name: read_tokens[place][0] if isinstance(place, int) else _same(place, len(fits))
            for name, place in layout.columns
        }
        found.append(Found(fits, values))
    return reduce(Found.__or__, found)


def _same(value: str | None, lines: int) -> Values:
    return pa.repeat(pa.scalar(value, pa.string()), lines)


def _read_token(tokens: Sequence[Values], index: int, token: Token) -> tuple[Values, Values]:
    """Return the values of a token, and in which lines it is one."""
    written = tokens[index]
    if token is None:
        return written, compute.invert(pa.array(outside(written, FIRST_TEXT, LAST_BYTE)))
    if isinstance(token, Number):
        return _numbers(written, token)
    return written, _equal(written, token)


def _equal(written: Values, token: str) -> Values:
    """Tell which lines hold a token, at a fraction of the cost if all of them do."""
    starts, found = letters(written)
    expected = token.encode()
    if (np.diff(starts) == len(expected)).all() and found.tobytes() == expected * len(written):
        return pa.repeat(pa.scalar(value=True), len(written))
    return compute.equal(written, token)


def _numbers(written: Values, number: Number) -> tuple[Values, Values]:
    """Return the digits between two constants, and where that is what is there."""
    digits = compute.utf8_slice_codeunits(
        written, start=len(number.before), stop=-len(number.after)
    )
    length = compute.binary_length(digits)
    is_short = compute.or_(
        compute.equal(length, 1),
        compute.and_(
            compute.less_equal(length, MAX_DIGITS), compute.invert(compute.starts_with(digits, "0"))
        ),
    )
    conditions = (
        compute.starts_with(written, number.before),
        compute.ends_with(written, number.after),
        compute.ascii_is_decimal(digits),
        is_short,
    )
    return digits, reduce(compute.and_, conditions)
