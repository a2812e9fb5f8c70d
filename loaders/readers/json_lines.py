"""JSON Lines: an object a line, as tables are exported and as Elasticsearch exports its hits."""

from __future__ import annotations

from functools import partial
from itertools import chain, islice, pairwise
from typing import TYPE_CHECKING

import numpy as np

from loaders.batches import MAX_ROW_CHARACTERS
from loaders.readers.blocks import read_blocks
from loaders.readers.json_rows import DOCUMENT, FIRST_ROWS, batch_of, names_of, row_of, value_of
from loaders.readers.layouts import read_alike, usual_layouts, whole
from loaders.readers.text import AS_UTF_8, START_BYTES, encoding_of, open_as_utf_8, open_text
from svp.core.workers import in_order

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from loaders.batches import Batch
    from loaders.files import DataFile
    from loaders.readers.blocks import Block, Line
    from loaders.readers.json_rows import JsonRow

__all__ = ["JsonLinesFile", "is_json_lines"]

TELLING_LINES = 3
"""Lines that tell whether a line is a value."""


class JsonLinesFile:
    """A file with a JSON object on each line."""

    format = "JSON Lines"
    groups = ()

    def __init__(self, file: DataFile) -> None:
        """Read the names and the layouts of the first lines.

        Raises:
            InputError: a line is longer than any sensible one.
        """
        self._file = file
        self._encoding = encoding_of(file, is_json=True)
        # Any other text is read as UTF-8, whose bytes are not those of the file.
        self._is_counted = self._encoding.name == AS_UTF_8.name
        with open_as_utf_8(file, self._encoding) as stream:
            blocks = read_blocks(stream, file.name, read_bytes=START_BYTES)
            lines = chain.from_iterable(block.lines() for block in blocks)
            filled = (line for line in lines if not line.text.isspace())
            first = _rows_of(islice(filled, FIRST_ROWS))
        self.columns = names_of(first, file.name)
        self.seen_rows = len(first) if len(first) == FIRST_ROWS else None
        sound = [(row.text, row.values) for row in first if row.fault is None]
        self._layouts = usual_layouts(sound, DOCUMENT)

    @property
    def facts(self) -> dict[str, str]:
        """How it is written."""
        return {"encoding": self._encoding.title}

    def batches(self, columns: Collection[str] | None = None) -> Iterator[Batch]:
        """Yield the rows in order; a batch has the columns that its own lines name, or those of ``columns``.

        Raises:
            InputError: a line is longer than any sensible one, or objects have too many different names.
        """
        with open_as_utf_8(self._file, self._encoding) as stream:
            blocks = read_blocks(stream, self._file.name)
            yield from in_order(partial(self._batch, columns=columns), blocks)

    def _batch(self, block: Block, *, columns: Collection[str] | None) -> Batch:
        """Return the rows of a block: of lines that have a usual layout together, of the others one by one."""
        alike = list(read_alike(block, self._layouts, columns=columns))
        others = np.ones(len(block.ends), dtype=np.bool_)
        for each in alike:
            others[each.positions] = False
        lines = map(block.line, np.flatnonzero(others).tolist())
        rows_alone = _rows_of(
            lines,
            is_counted=self._is_counted,
            columns=columns,
            known={*self.columns, *(columns or ())},
        )
        alone = batch_of(rows_alone, name=self._file.name, columns=self.columns, encoding=AS_UTF_8)
        return whole(block, alike, alone, is_counted=self._is_counted)


def _rows_of(
    lines: Iterable[Line],
    *,
    is_counted: bool = False,
    columns: Collection[str] | None = None,
    known: Collection[str] | None = None,
) -> list[JsonRow]:
    return [
        row_of(
            line.number,
            line.text,
            value_of(line.text),
            byte=line.byte if is_counted else None,
            columns=columns,
            known=known,
        )
        for line in lines
    ]


def is_json_lines(file: DataFile) -> bool:
    """Tell whether a file that begins with ``{`` has a value a line, rather than being one value.

    So it is if its first line is a whole object, but not one of arrays, which is a catalogue; or if two of its first
    lines that follow one another are, which has no place in one value: there a comma would part them.
    """
    with open_text(file, encoding_of(file, is_json=True), newline="\n") as stream:
        lines = [stream.readline(MAX_ROW_CHARACTERS) for _ in range(TELLING_LINES)]
    values = [value_of(line) for line in lines]
    first = values[0]
    if isinstance(first, dict) and not all(isinstance(value, list) for value in first.values()):
        return True
    return any(isinstance(one, dict) and isinstance(next_, dict) for one, next_ in pairwise(values))
