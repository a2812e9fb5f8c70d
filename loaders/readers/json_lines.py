"""JSON Lines: an object a line, as tables are exported and as Elasticsearch exports its hits.

The document inside a hit (``_source``) is opened: its values are columns named ``_source.NAME``.
"""

from __future__ import annotations

import codecs
import json
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, TextIO

import numpy as np
import pyarrow as pa

from loaders import batches
from loaders.batches import MAX_ROW_CHARACTERS, Batch, Refusal, is_text
from loaders.files import printable
from loaders.readers.json_values import AmbiguousObject, as_text, parse
from loaders.readers.layouts import Alike, layout_of, line_ends, read_alike, usual_layouts
from svp.core.workers import in_order
from svp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from loaders.arrow import Positions

__all__ = ["JsonLinesFile", "is_json_lines"]

DOCUMENT = "_source"
"""What Elasticsearch wraps a document in."""

FIRST_LINES = 100
"""Lines that tell the columns: a writer may leave out what is null, but hardly so often."""

TELLING_LINES = 3
"""Lines that tell whether a line is a value."""

MAX_NAMES = 1_000

READ_BYTES = 8 * 1024 * 1024
MAX_CHARACTER_BYTES = 4


class Line(NamedTuple):
    """One line of the file, counted from 1."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Read:
    """A line after it was read: a row, or the code of why it is none."""

    line: Line
    values: dict[str, Any]
    fault: str | None = None

    def texts(self) -> dict[str, str | None]:
        """Return the values as text."""
        return {name: as_text(value) for name, value in self.values.items()}


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of a file."""

    first_number: int
    """Of its first line."""
    data: bytes
    ends: Positions
    """Of each line, in the data."""

    def line(self, position: np.integer[Any]) -> Line:
        """Return a line, counted from 0 in the block."""
        start = self.ends[position - 1] if position else 0
        text = self.data[start : self.ends[position]].decode("utf-8", "surrogateescape")
        return Line(self.first_number + int(position), text)


class JsonLinesFile:
    """A file with a JSON object on each line, in UTF-8."""

    def __init__(self, path: Path) -> None:
        """Read the names and the layouts of the first lines.

        Raises:
            InputError: a line is longer than any sensible one.
        """
        self._path = path
        with self._open_text() as stream:
            first = [_read(line) for line in islice(_not_blank(self._lines(stream)), FIRST_LINES)]
        self.columns = tuple(_names(self._path, first))
        self._layouts = usual_layouts(
            layout_of(read.line.text, read.texts(), DOCUMENT) for read in first if not read.fault
        )

    def batches(self) -> Iterator[Batch]:
        """Yield the rows in order; a batch has the columns that its own lines name.

        Raises:
            InputError: a line is longer than any sensible one, or objects have too many different names.
        """
        with self._path.open("rb") as stream:
            yield from in_order(self._batch, self._blocks(stream))

    @contextmanager
    def _open_text(self) -> Iterator[TextIO]:
        with self._path.open(
            encoding="utf-8-sig", errors="surrogateescape", newline="\n"
        ) as stream:
            yield stream

    def _lines(self, stream: TextIO) -> Iterator[Line]:
        number = 0
        while text := stream.readline(MAX_ROW_CHARACTERS):
            number += 1
            self._check_length(number, text)
            yield Line(number, text)

    def _check_length(self, number: int, text: str) -> None:
        if len(text) >= MAX_ROW_CHARACTERS:
            message = f"{printable(self._path)}, line {number}: longer than {MAX_ROW_CHARACTERS:,} characters"
            raise InputError(message, "each line must hold one object")

    def _blocks(self, stream: BinaryIO) -> Iterator[Block]:
        """Yield the lines in blocks that fit a batch, by number and by size."""
        number = 1
        start = stream.read(len(codecs.BOM_UTF8)).removeprefix(codecs.BOM_UTF8)
        # So many bytes more are the rest of a line, or of one that is too long.
        end_bytes = MAX_CHARACTER_BYTES * MAX_ROW_CHARACTERS
        while data := b"".join((start, stream.read(READ_BYTES), stream.readline(end_bytes))):
            start = b""
            for block in _cut(Block(number, data, line_ends(data))):
                self._check_lengths(block)
                yield block
                number += len(block.ends)

    def _check_lengths(self, block: Block) -> None:
        lengths = np.diff(block.ends, prepend=0)
        for position in np.flatnonzero(lengths >= MAX_ROW_CHARACTERS):
            self._check_length(*block.line(position))

    def _batch(self, block: Block) -> Batch:
        alike = list(read_alike(block.data, block.ends, self._layouts))
        others = np.ones(len(block.ends), dtype=np.bool_)
        for each in alike:
            others[each.positions] = False
        lines = [block.line(position) for position in np.flatnonzero(others)]
        filled = list(map(_read, _not_blank(lines)))
        kept = [read for read in filled if read.fault is None]
        alike.append(self._one_by_one(kept, block))
        rows, positions = _together(alike)
        return Batch(
            rows=rows,
            lines=pa.array(positions + block.first_number, pa.int64()),
            row_text=lambda row: _storable(block.line(positions[row]).text),
            refusals=tuple(
                Refusal(read.line.number, read.fault, _storable(read.line.text))
                for read in filled
                if read.fault
            ),
            skipped_rows=len(lines) - len(filled),
        )

    def _one_by_one(self, kept: Sequence[Read], block: Block) -> Alike:
        """Return the rows of lines that were read by themselves."""
        names = _names(self._path, kept) or self.columns
        arrays = [
            pa.array([as_text(read.values.get(name)) for read in kept], pa.string())
            for name in names
        ]
        rows = pa.RecordBatch.from_arrays(arrays, names=list(names))
        numbers = np.array([read.line.number for read in kept], dtype=np.int64)
        return Alike(rows, numbers - block.first_number)


def _cut(block: Block) -> Iterator[Block]:
    """Yield the lines of a block in blocks that fit a batch."""
    ends, first = block.ends, 0
    while first < len(ends):
        start = ends[first - 1] if first else 0
        full = int(np.searchsorted(ends, start + batches.BATCH_CHARACTERS)) + 1
        last = min(full, first + batches.BATCH_ROWS, len(ends))
        data = block.data[start : ends[last - 1]]
        yield Block(block.first_number + first, data, ends[first:last] - start)
        first = last


def _together(parts: Sequence[Alike]) -> Alike:
    """Return the rows of a block in the order of their lines; a column that a part doesn't have is null there."""
    filled = [part for part in parts if len(part.positions)] or parts[-1:]
    if len(filled) == 1:
        return filled[0]
    positions = np.concatenate([part.positions for part in filled])
    order = np.argsort(positions)
    tables = [pa.Table.from_batches([part.rows]) for part in filled]
    (rows,) = pa.concat_tables(tables, promote_options="default").combine_chunks().to_batches()
    return Alike(rows.take(order), positions[order])


def is_json_lines(path: Path) -> bool:
    """Tell whether a file that begins with ``{`` has a value a line, rather than being one value.

    So it is if its first line is a whole object, but not one of arrays, which is a catalogue; or if two of its first
    lines that follow one another are, which has no place in one value: there a comma would part them.
    """
    with path.open(encoding="utf-8-sig", errors="replace", newline="\n") as stream:
        lines = [stream.readline(MAX_ROW_CHARACTERS) for _ in range(TELLING_LINES)]
    values = [_value(line) for line in lines]
    first = values[0]
    if isinstance(first, dict) and not all(isinstance(value, list) for value in first.values()):
        return True
    return any(isinstance(one, dict) and isinstance(next_, dict) for one, next_ in pairwise(values))


def _value(text: str) -> object:
    """Return what a line says; None if it is no value by itself."""
    try:
        return parse(text)
    except (ValueError, RecursionError):
        return None


def _not_blank(lines: Iterable[Line]) -> Iterator[Line]:
    return (line for line in lines if not line.text.isspace())


def _read(line: Line) -> Read:
    if not is_text(line.text):
        return Read(line, {}, "not_text")
    try:
        value = parse(line.text)
    except (ValueError, RecursionError):
        return Read(line, {}, "not_json")
    if not isinstance(value, dict):
        return Read(line, {}, "not_an_object")
    document = value.get(DOCUMENT)
    if isinstance(value, AmbiguousObject) or isinstance(document, AmbiguousObject):
        return Read(line, {}, "repeated_key")
    if "\\u" in line.text and not is_text(json.dumps(value, ensure_ascii=False)):
        return Read(line, {}, "not_text")
    return Read(line, _opened(value, document))


def _opened(value: dict[str, Any], document: object) -> dict[str, Any]:
    """Return the values of an object by column, those of the document in a hit among them."""
    if not isinstance(document, dict):
        return value
    own = {name: inner for name, inner in value.items() if name != DOCUMENT}
    return own | {f"{DOCUMENT}.{name}": inner for name, inner in document.items()}


def _names(path: Path, rows: Iterable[Read]) -> list[str]:
    """Return every name of the rows, in the order in which they come first."""
    names = list(dict.fromkeys(name for read in rows for name in read.values))
    if len(names) > MAX_NAMES:
        message = f"{printable(path)} has objects with {len(names):,} different names"
        raise InputError(message, "a table has the same few names in every object")
    return names


def _storable(text: str) -> str:
    """Return a line without its end; bytes that are no text, and NUL, are written as escapes."""
    raw = text.rstrip("\r\n").encode("utf-8", "surrogateescape")
    return raw.decode("utf-8", "backslashreplace").replace("\x00", "\\x00")
