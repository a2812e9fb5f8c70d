"""JSON Lines: an object a line, as tables are exported and as Elasticsearch exports its hits."""

from __future__ import annotations

from itertools import islice, pairwise
from typing import TYPE_CHECKING, TextIO

from loaders.batches import MAX_ROW_CHARACTERS, Batch, in_batches
from loaders.readers.json_rows import FIRST_ROWS, batch_of, names_of, row_of, value_of
from loaders.readers.text import encoding_of, open_text
from svp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loaders.files import DataFile
    from loaders.readers.json_rows import JsonRow

__all__ = ["JsonLinesFile", "is_json_lines"]

TELLING_LINES = 3
"""Lines that tell whether a line is a value."""


class JsonLinesFile:
    """A file with a JSON object on each line."""

    format = "JSON Lines"
    groups = ()

    def __init__(self, file: DataFile) -> None:
        """Read the names in the first lines.

        Raises:
            InputError: a line is longer than any sensible one.
        """
        self._file = file
        self._encoding = encoding_of(file, is_json=True)
        with open_text(file, self._encoding, newline="\n") as stream:
            filled = (row for row in self._rows(stream) if not row.text.isspace())
            self.columns = names_of(islice(filled, FIRST_ROWS), file.name)

    @property
    def facts(self) -> dict[str, str]:
        """How it is written."""
        return {"encoding": self._encoding.title}

    def batches(self) -> Iterator[Batch]:
        """Yield the rows in order; a batch has the columns that its own lines name.

        Raises:
            InputError: a line is longer than any sensible one, or objects have too many different names.
        """
        with open_text(self._file, self._encoding, newline="\n") as stream:
            for rows in in_batches(self._rows(stream)):
                yield batch_of(
                    rows, name=self._file.name, columns=self.columns, encoding=self._encoding
                )

    def _rows(self, stream: TextIO) -> Iterator[JsonRow]:
        number = 0
        while text := stream.readline(MAX_ROW_CHARACTERS):
            number += 1
            if len(text) == MAX_ROW_CHARACTERS:
                message = f"{self._file.name}, line {number}: longer than {MAX_ROW_CHARACTERS:,} characters"
                raise InputError(message, "each line must hold one object")
            yield row_of(number, text, value_of(text))


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
