"""One JSON array of any size, by itself or as ``hits.hits`` in the answer of Elasticsearch, read as a stream.

An element that is no JSON is refused alone if its brackets and quotes tell where it ends.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NoReturn, TextIO

from loaders.batches import MAX_ROW_CHARACTERS, Batch, in_batches
from loaders.readers.json_rows import (
    BROKEN,
    FIRST_ROWS,
    batch_of,
    names_of,
    row_of,
    value_of,
)
from loaders.readers.json_values import AmbiguousObject, parse_at
from loaders.readers.text import encoding_of, open_text
from svp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from loaders.files import DataFile
    from loaders.readers.json_rows import JsonRow
    from loaders.readers.text import Encoding

__all__ = ["JsonArrayFile", "is_json_array"]

BLOCK_CHARACTERS = 256 * 1024
HEAD_CHARACTERS = 64 * 1024
"""Of what may stand before the array in an envelope: times, shards, totals."""

ARRAY = re.compile(r"[ \t\r\n]*\[")
OPENED = re.compile(r'"hits"\s*:\s*\[')
SPACE = re.compile(r"[ \t\r\n]+")
SCALAR = re.compile(r"[^,\]]*(?=[,\]])")
"""What stands between two commas; a number is whole only if one follows."""
TOKEN = re.compile(r'"(?:[^"\\]+|\\.)*+(?P<closed>")?|[\[{\]}]', re.DOTALL)
"""What tells where a value ends: its brackets, and its texts, because brackets in those count for nothing."""


class JsonArrayFile:
    """A file that is one array of objects, or an envelope around one; rows are its elements."""

    format = "JSON array"
    groups = ()

    def __init__(self, file: DataFile) -> None:
        """Read the names in the first elements.

        Raises:
            InputError: the array is empty, so that nothing tells what it is; or it is damaged near its start.
        """
        self._file = file
        self._encoding = encoding_of(file, is_json=True)
        with open_text(file, self._encoding) as stream:
            first = list(islice(_Elements(stream, file.name, self._encoding), FIRST_ROWS))
        if not first:
            message = f"{file.name} is an array without elements"
            raise InputError(message, "leave it out: nothing in it tells what it would hold")
        self.columns = names_of(first, file.name)
        self.seen_rows = len(first) if len(first) == FIRST_ROWS else None

    @property
    def facts(self) -> dict[str, str]:
        """How it is written."""
        return {"encoding": self._encoding.title}

    def batches(self, columns: Collection[str] | None = None) -> Iterator[Batch]:
        """Yield the elements in order; a batch has the columns that its own elements name, or those of ``columns``.

        Raises:
            InputError: the array is cut off or damaged, an element is longer than any sensible one, or objects
                have too many different names.
        """
        with open_text(self._file, self._encoding) as stream:
            known = {*self.columns, *(columns or ())}
            elements = _Elements(stream, self._file.name, self._encoding, columns, known)
            for rows in in_batches(elements):
                yield batch_of(
                    rows, name=self._file.name, columns=self.columns, encoding=self._encoding
                )


def is_json_array(file: DataFile) -> bool:
    """Tell whether a file is an array, or the answer of Elasticsearch around one."""
    with open_text(file, encoding_of(file, is_json=True)) as stream:
        return _head(stream.read(HEAD_CHARACTERS)) is not None


def _head(start: str) -> str | None:
    """Return the beginning of a text up to the bracket that opens its array; None if there is none."""
    if opening := ARRAY.match(start):
        return opening[0]
    heads = (start[: found.end()] for found in OPENED.finditer(start))
    return next((head for head in heads if _is_envelope(head + "]}}")), None)


def _is_envelope(text: str) -> bool:
    """Tell whether a text is an object around an empty array ``hits.hits``."""
    value = value_of(text)
    hits = value.get("hits") if isinstance(value, dict) else None
    is_ambiguous = isinstance(value, AmbiguousObject) or isinstance(hits, AmbiguousObject)
    return isinstance(hits, dict) and hits.get("hits") == [] and not is_ambiguous


class _Elements:
    """The elements of the array in a stream of text, in order; never more of it in memory than one needs.

    Raises:
        InputError: while iterating, the array is cut off or damaged, or an element is too long.
    """

    def __init__(
        self,
        stream: TextIO,
        name: str,
        encoding: Encoding,
        columns: Collection[str] | None = None,
        known: Collection[str] | None = None,
    ) -> None:
        self._stream, self._name, self._encoding = stream, name, encoding
        self._columns, self._known = columns, known
        self._counted, self._byte = 0, encoding.mark_bytes
        self._text = stream.read(HEAD_CHARACTERS)
        self._head = _head(self._text) or "["
        self._at = len(self._head)
        self._number = 0

    def __iter__(self) -> Iterator[JsonRow]:
        if self._next_character() == "]":
            self._at += 1
        else:
            yield from self._rows()
        self._check_tail()

    def _rows(self) -> Iterator[JsonRow]:
        mark = ","
        while mark == ",":
            self._number += 1
            yield self._element()
            mark = self._next_character()
            self._at += 1
        if mark != "]":
            self._refuse("is not followed by a comma")

    def _element(self) -> JsonRow:
        """Take the element that begins behind the space here."""
        is_there = bool(self._next_character())
        while is_there:
            start = self._at
            value, end = _value_at(self._text, start)
            if end is not None and end < len(self._text):
                self._at = end
                byte = self._byte_at(start)
                text = self._text[start:end]
                return row_of(
                    self._number,
                    text,
                    value,
                    byte=byte,
                    columns=self._columns,
                    known=self._known,
                )
            is_there = self._read_more()
        return self._refuse("is cut off, or its quotes and brackets leave open where it ends")

    def _byte_at(self, place: int) -> int | None:
        """Return the bytes before a place of the text that is held; it is behind the one asked for last."""
        self._byte += self._encoding.bytes_of(self._text[self._counted : place])
        self._counted = place
        return self._byte if self._encoding.is_counted else None

    def _next_character(self) -> str:
        """Skip space; return the character behind it, nothing at the end of the file."""
        while True:
            if space := SPACE.match(self._text, self._at):
                self._at = space.end()
            if self._at < len(self._text) or not self._read_more():
                return self._text[self._at : self._at + 1]

    def _read_more(self) -> bool:
        """Read on, and let go of what was taken; tell whether there was anything."""
        held = len(self._text) - self._at
        if held >= MAX_ROW_CHARACTERS:
            self._refuse(f"is longer than {MAX_ROW_CHARACTERS:,} characters")
        block = self._stream.read(max(BLOCK_CHARACTERS, held))
        self._byte_at(self._at)
        self._text, self._at, self._counted = self._text[self._at :] + block, 0, 0
        return bool(block)

    def _check_tail(self) -> None:
        """Raise InputError unless the file ends behind the array as it began before it."""
        tail = self._text[self._at :] + self._stream.read(MAX_ROW_CHARACTERS)
        whole = self._head + "]" + tail
        if value_of(whole) != [] and not _is_envelope(whole):
            message = f"{self._name} is cut off behind its array, or goes on"
            raise InputError(message, "it must be one JSON value: write or copy it again")

    def _refuse(self, what: str) -> NoReturn:
        message = f"{self._name}: element {self._number:,} of the array {what}"
        raise InputError(message, "write or copy the file again, or mend the JSON there")


def _value_at(text: str, start: int) -> tuple[object, int | None]:
    """Return what begins at a place of a text, and where it ends; None if it doesn't end in the text."""
    if text[start] not in '{["':
        found = SCALAR.match(text, start)
        return (value_of(found[0]), found.end()) if found else (BROKEN, None)
    try:
        return parse_at(text, start)
    except (ValueError, RecursionError):
        return BROKEN, _end_of(text, start)


def _end_of(text: str, start: int) -> int | None:
    """Return where the brackets and quotes that open at a place of a text are closed; None if they are not."""
    depth = 0
    for token in TOKEN.finditer(text, start):
        character = token[0][0]
        if character == '"' and not token["closed"]:
            return None
        if character != '"':
            depth += 1 if character in "[{" else -1
        if depth == 0:
            return token.end()
    return None
