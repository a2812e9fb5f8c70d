"""Lines of JSON that differ in nothing but their values, read a block at a time.

A program that exports objects writes each of them in one of a few ways: the same names in the same order, the same
spaces. Such a way is a layout, learned from lines that were read one by one. Commas, or quotes where commas are in
values, too, tell where in a line each name must stand; the bytes there, and all others around the values, must be what
the layout says. So what is read here is what a JSON parser reads, and any other line is left to that.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import cache, partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
import pyarrow as pa

from loaders.arrow import Mask, Positions, Values, as_batch, compute, holding, mask, outside
from loaders.readers.blocks import places_of
from loaders.readers.text import AS_UTF_8

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from loaders.batches import Batch
    from loaders.readers.blocks import Block

__all__ = [
    "Alike",
    "Layout",
    "is_plain",
    "layout_of",
    "read_alike",
    "usual_layouts",
    "whole",
]

COMMA, QUOTE = ",", '"'
ESCAPE, LINE_FEED, RETURN = b"\\", b"\n", b"\r"
LAST_ASCII = 0x7F
FIRST_TEXT, LAST_BYTE = 0x20, 0xFF
"""Bytes below the first are in no text of JSON as they are."""

NUMBER = re.compile(r"(\s*:\s*)(?:0|[1-9][0-9]*)(\s*[,}][\s,}]*)")
"""A whole number between its name and what follows."""

BELOW_ZERO = "^-[1-9][0-9]*$"

TEXT_HERE, NUMBER_HERE = "\x00", "\x01"
"""Where a layout has a value; in no JSON as they are."""

MAX_LAYOUTS = 4
MIN_LINES = 2
"""A layout of one line among the first is none."""


class Slot(NamedTuple):
    """A value that is another in each line."""

    name: str
    is_number: bool


class Layout(NamedTuple):
    """One way to write an object on a line."""

    delimiter: str
    """Stands between any two values, and in none."""
    around: tuple[bytes, ...]
    """What stands before each slot, and behind the last."""
    slots: tuple[Slot, ...]
    """In the order of the line."""
    same: tuple[tuple[str, str | None], ...]
    """The columns that have the same value in every line."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of all columns."""
        return (*(slot.name for slot in self.slots), *(name for name, _ in self.same))

    @property
    def delimiter_counts(self) -> tuple[int, ...]:
        """How many delimiters are in each piece of what stands around the slots."""
        return tuple(piece.count(self.delimiter.encode()) for piece in self.around)


class Alike(NamedTuple):
    """Lines of a block that were read together."""

    rows: pa.Table
    positions: Positions
    """Of each row's line in the block, from 0, rising."""


class Parted(NamedTuple):
    """Some lines of a text, and the delimiters in it."""

    data: bytes
    delimiters: Positions
    lines: Positions
    """Of each line its position, as in all that follows."""
    starts: Positions
    stops: Positions
    """Before what ends it."""
    first: Positions
    """Which delimiter is its first."""
    counts: Positions
    """How many delimiters it has."""

    def only(self, chosen: Mask) -> Parted:
        """Return some of the lines."""
        rows = np.flatnonzero(chosen)
        return Parted(self.data, self.delimiters, *(of_lines[rows] for of_lines in self[2:]))


def usual_layouts(
    lines: Sequence[tuple[str, Mapping[str, str | None]]], opened: str
) -> tuple[Layout, ...]:
    """Return the layouts that come most often among lines, each with what it was read as.

    Those come first that have a value in what is around the slots if it is the same in all of these lines.
    """
    seen: dict[str, set[str | None]] = {}
    for _, values in lines:
        for name, value in values.items():
            seen.setdefault(name, set()).add(value)
    same = {name for name, values in seen.items() if len(values) == 1}
    found = (
        Counter(layout_of(line, values, opened, same=kept) for line, values in lines)
        for kept in (same, ())
    )
    return tuple(dict.fromkeys(chain.from_iterable(map(_most_usual, found))))


def _most_usual(counted: Counter[Layout | None]) -> list[Layout]:
    usual = [layout for layout, lines in counted.most_common() if layout and lines >= MIN_LINES]
    return usual[:MAX_LAYOUTS]


def layout_of(
    line: str, values: Mapping[str, str | None], opened: str, *, same: Collection[str] = ()
) -> Layout | None:
    """Return the layout of a line that was read as these values, ``same`` the same in every line; None if it has none.

    It has none if no value is another, or it holds an escape, a list, or an object other than ``opened``, whose
    values are the columns ``opened.NAME``.
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
            value = values.get(name)
            columns[name] = value if name in same else _mark(marked, index, value)
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


def _parted_layout(line: str, marked: str, columns: Mapping[str, str | None]) -> Layout | None:
    """Return the layout of a line with marks for its values, told by commas if none of these holds one."""
    slots = tuple(
        Slot(name, is_number=value == NUMBER_HERE)
        for name, value in columns.items()
        if value in {TEXT_HERE, NUMBER_HERE}
    )
    if not slots:
        return None
    same = tuple((name, columns[name]) for name in columns.keys() - {slot.name for slot in slots})
    delimiter = COMMA if line.count(COMMA) == marked.count(COMMA) > 0 else QUOTE
    around = re.split(f"[{TEXT_HERE}{NUMBER_HERE}]", marked)
    return Layout(delimiter, tuple(map(str.encode, around)), slots, tuple(sorted(same)))


def read_alike(
    block: Block, layouts: Sequence[Layout], *, columns: Collection[str] | None = None
) -> Iterator[Alike]:
    """Yield the lines of a block that have one of the layouts, those of each together.

    ``columns`` are those that are wanted; all are looked at. Lines that name none of them are left.
    """
    parted_at = cache(partial(_parted, block))
    left = _plain_lines(block.data, block.ends)
    for layout in layouts:
        wanted = {name for name in layout.columns if columns is None or name in columns}
        if not wanted:
            # Rows without a column have no number.
            continue
        alike = _read_layout(parted_at(layout.delimiter), layout, left, wanted)
        if len(alike.positions):
            yield alike
            left[alike.positions] = False


def _parted(block: Block, delimiter: str) -> Parted:
    """Return the lines of a block with the delimiters in them."""
    data, ends = np.frombuffer(block.data, np.uint8), block.ends
    stops = ends - (data[ends - 1] == ord(LINE_FEED))
    if RETURN in block.data:
        stops = stops - (data[stops - 1] == ord(RETURN))
    delimiters = places_of(delimiter.encode(), block.data)
    behind = np.searchsorted(delimiters, ends)
    first = np.append(0, behind[:-1])
    starts, lines = np.append(0, ends[:-1]), np.arange(len(ends))
    return Parted(block.data, delimiters, lines, starts, stops, first, behind - first)


def _read_layout(parted: Parted, layout: Layout, left: Mask, wanted: Collection[str]) -> Alike:
    """Return those of some lines that have a layout, with the columns that are wanted."""
    lines, values = _between(parted, layout, left)
    first = np.arange(0, len(values), len(layout.slots), dtype=np.int32)
    fits = np.ones(len(lines), dtype=np.bool_)
    fits[np.flatnonzero(_is_no_text(values)) // len(layout.slots)] = False
    numbers = dict[str, Values]()
    for place, slot in enumerate(layout.slots):
        if slot.is_number:
            numbers[slot.name] = _chosen(values, first + place)
            fits &= _is_number(numbers[slot.name])
    if not fits.all():
        lines, first, numbers = lines[fits], first[fits], {}
    columns: dict[str, Values] = {
        name: pa.repeat(pa.scalar(value, pa.string()), len(lines))
        for name, value in layout.same
        if name in wanted
    }
    for place, slot in enumerate(layout.slots):
        if slot.name in wanted:
            kept = numbers.get(slot.name)
            columns[slot.name] = _chosen(values, first + place) if kept is None else kept
    return Alike(pa.table(columns), lines)


def _between(parted: Parted, layout: Layout, left: Mask) -> tuple[Positions, Values]:
    """Return which of some lines are as a layout is around its slots, and what is in these, line by line."""
    lines, edges = _edges(parted, layout, left)
    pieces = _pieces(parted.data, edges)
    width = edges.shape[1]
    around = _chosen(pieces, _every_other(len(lines), width, 0))
    fits = _equal(cast("pa.Buffer", around.buffers()[2]), b"".join(layout.around))
    numbers = _every_other(len(lines), width, 1)
    if fits.all():
        return lines, _chosen(pieces, numbers)
    return lines[fits], _chosen(pieces, numbers.take(np.flatnonzero(fits), axis=0))


def _every_other(lines: int, width: int, first: int) -> Positions:
    """Return the numbers of every other piece of some lines, each a row; each of them has ``width`` pieces."""
    starts: Positions = np.arange(first, lines * width, width, dtype=np.int32)
    steps: Positions = np.arange(0, width - 2 * first, 2, dtype=np.int32)
    return starts[:, None] + steps


def _edges(parted: Parted, layout: Layout, left: Mask) -> tuple[Positions, Positions]:
    """Return those of some lines that may have a layout, and where in them what is around the slots starts and stops.

    The edges of a line are a row, start and stop in turns; they rise.
    """
    parted = parted.only(left & (parted.counts == sum(layout.delimiter_counts)))
    # The last name tells most layouts apart.
    last = len(layout.slots) - 1
    places = _places(parted, layout, last)
    parted = parted.only(_may_stand(parted.data, places, layout.around[last]))
    edges = np.empty((2 * len(layout.around), len(parted.lines)), dtype=np.int32)
    for number, piece in enumerate(layout.around):
        edges[2 * number] = _places(parted, layout, number)
        edges[2 * number + 1] = edges[2 * number] + len(piece)
    rises = (edges[1:-1:2] <= edges[2::2]).all(axis=0)
    return (parted.lines, edges.T) if rises.all() else (parted.lines[rises], edges[:, rises].T)


def _places(parted: Parted, layout: Layout, number: int) -> Positions:
    """Return where a piece of what is around the slots would stand in lines with as many delimiters."""
    piece = layout.around[number]
    if number == 0:
        return parted.starts
    if number == len(layout.slots):
        return parted.stops - len(piece)
    first = parted.first + sum(layout.delimiter_counts[:number])
    places: Positions = parted.delimiters[first] - piece.index(layout.delimiter.encode())
    return places


def _may_stand(data: bytes, places: Positions, piece: bytes) -> Mask:
    """Tell at which places of a text a piece may stand, by the byte in its middle."""
    middle = len(piece) // 2
    written = np.frombuffer(data, np.uint8).take(places + middle, mode="clip")
    found: Mask = written == piece[middle]
    return found


def _pieces(data: bytes, edges: Positions) -> Values:
    """Return what stands between one edge of a text and the next, as many pieces as edges."""
    offsets = np.append(edges.ravel(), np.int32(len(data)))
    buffers = [None, pa.py_buffer(offsets.data), pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.string(), len(offsets) - 1, buffers)


def _chosen(texts: Values, numbers: Positions) -> Values:
    """Return some texts by their numbers, of which there is none that they don't have."""
    return compute.take(texts, pa.array(numbers.ravel()), boundscheck=False)


def _equal(texts: pa.Buffer, text: bytes) -> Mask:
    """Tell which of some texts, all as long as another and one behind the other, are that."""
    type_ = pa.binary(len(text))
    array = pa.Array.from_buffers(type_, texts.size // len(text), [None, texts])
    return mask(compute.equal(array, pa.scalar(text, type_)))


def whole(block: Block, alike: Sequence[Alike], alone: Batch, *, is_counted: bool) -> Batch:
    """Return all rows of a block: those that were read together, and behind them those that were read one by one.

    ``is_counted`` says that the bytes of the block are those of the file.
    """
    tables = [each.rows for each in alike]
    numbers = [each.positions + block.first_number for each in alike]
    if alone.rows.num_rows or not alike:
        tables.append(pa.Table.from_batches([alone.rows]))
        numbers.append(alone.lines.to_numpy())
    lines = np.concatenate(numbers)
    positions = lines - block.first_number
    return replace(
        alone,
        rows=as_batch(pa.concat_tables(tables, promote_options="default")),
        lines=pa.array(lines, pa.int64()),
        row_text=lambda row: AS_UTF_8.storable(block.line(int(positions[row])).text),
        row_byte=lambda row: (
            block.first_byte + block.start(int(positions[row])) if is_counted else None
        ),
    )


def _plain_lines(data: bytes, ends: Positions) -> Mask:
    """Tell which lines are text, without escapes, and ended by a line feed or the two of Windows."""
    found = np.ones(len(ends), dtype=np.bool_)
    if ESCAPE not in data and is_plain(data):
        return found
    is_text = _is_utf_8(data)
    view = np.frombuffer(data, np.uint8)
    at_fault = view == ord(RETURN)
    at_fault[:-1] &= view[1:] != ord(LINE_FEED)
    at_fault |= view == ord(ESCAPE)
    if not is_text:
        at_fault |= view > LAST_ASCII
    found[np.searchsorted(ends, np.flatnonzero(at_fault), side="right")] = False
    return found


def is_plain(data: bytes) -> bool:
    """Tell whether bytes are text in which only a line feed ends a line."""
    return _is_utf_8(data) and not _has_lone_return(data)


def _has_lone_return(data: bytes) -> bool:
    return RETURN in data and data.count(RETURN) != data.count(RETURN + b"\n")


def _is_utf_8(data: bytes) -> bool:
    if np.frombuffer(data, np.uint8).max(initial=0) <= LAST_ASCII:
        # As ``isascii`` tells, in a fraction of its time.
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_no_text(values: Values) -> Mask:
    """Tell which values don't stand for themselves between two quotes."""
    return outside(values, FIRST_TEXT, LAST_BYTE) | holding(values, ord(QUOTE))


def _is_number(values: Values) -> Mask:
    """Tell which values are whole numbers; but for -0, which is read as 0."""
    length = compute.binary_length(values)
    begins_well = compute.or_(
        compute.equal(length, 1), compute.invert(compute.starts_with(values, "0"))
    )
    found = mask(compute.and_(compute.greater(length, 0), begins_well))
    found &= ~outside(values, ord("0"), ord("9"))
    others = np.flatnonzero(~found)
    if len(others):
        few = values.take(pa.array(others, pa.int64()))
        found[others] = mask(compute.match_substring_regex(few, BELOW_ZERO))
    return found
