"""JSON Lines: an object a line, as tables are exported and as Elasticsearch exports its hits.

The document inside a hit (``_source``) is opened: its values are columns named ``_source.NAME``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from itertools import chain, islice, pairwise
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import pyarrow as pa

from loaders.batches import MAX_ROW_CHARACTERS, Batch, Refusal, is_text
from loaders.files import printable
from loaders.readers.blocks import read_blocks
from loaders.readers.json_values import AmbiguousObject, as_text, parse
from loaders.readers.layouts import Alike, layout_of, read_alike, together, usual_layouts
from svp.core.workers import in_order
from svp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from loaders.readers.blocks import Block, Line

__all__ = ["JsonLinesFile", "is_json_lines"]

DOCUMENT = "_source"
"""What Elasticsearch wraps a document in."""

FIRST_LINES = 100
"""Lines that tell the columns: a writer may leave out what is null, but hardly so often."""

TELLING_LINES = 3
"""Lines that tell whether a line is a value."""

MAX_NAMES = 1_000


@dataclass(frozen=True, slots=True)
class Read:
    """A line after it was read: a row, or the code of why it is none."""

    line: Line
    values: dict[str, Any]
    fault: str | None = None

    def texts(self) -> dict[str, str | None]:
        """Return the values as text."""
        return {name: as_text(value) for name, value in self.values.items()}


class JsonLinesFile:
    """A file with a JSON object on each line, in UTF-8."""

    def __init__(self, path: Path) -> None:
        """Read the names and the layouts of the first lines.

        Raises:
            InputError: a line is longer than any sensible one.
        """
        self._path = path
        with path.open("rb") as stream:
            lines = chain.from_iterable(block.lines() for block in self._blocks(stream))
            first = list(map(_read, islice(_not_blank(lines), FIRST_LINES)))
        self.columns = tuple(_names(path, first))
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

    def _blocks(self, stream: BinaryIO) -> Iterator[Block]:
        return read_blocks(stream, printable(self._path))

    def _batch(self, block: Block) -> Batch:
        """Return the rows of a block: of lines that have a usual layout together, of the others one by one."""
        alike = list(read_alike(block, self._layouts))
        others = np.ones(len(block.ends), dtype=np.bool_)
        for each in alike:
            others[each.lines] = False
        read = self._read_alone(list(map(block.line, np.flatnonzero(others))))
        if not alike:
            return read
        if read.rows.num_rows:
            alike.append(Alike(read.rows, read.lines.to_numpy() - block.first_number))
        rows, positions = together(alike)
        return replace(
            read,
            rows=rows,
            lines=pa.array(positions + block.first_number, pa.int64()),
            row_text=lambda row: _storable(block.line(positions[row]).text),
        )

    def _read_alone(self, lines: Sequence[Line]) -> Batch:
        filled = list(map(_read, _not_blank(lines)))
        kept = [read for read in filled if read.fault is None]
        names = _names(self._path, kept) or self.columns
        arrays = [
            pa.array([as_text(read.values.get(name)) for read in kept], pa.string())
            for name in names
        ]
        return Batch(
            rows=pa.RecordBatch.from_arrays(arrays, names=list(names)),
            lines=pa.array([read.line.number for read in kept], pa.int64()),
            row_text=lambda row: _storable(kept[row].line.text),
            refusals=tuple(
                Refusal(read.line.number, read.fault, _storable(read.line.text))
                for read in filled
                if read.fault
            ),
            skipped_rows=len(lines) - len(filled),
        )


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
