"""How the bytes of a text file become characters, and what is made of those that don't."""

from __future__ import annotations

import codecs
import io
import json
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, BinaryIO, TextIO

from svp.errors import InputError, UsageError, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from _typeshed import WriteableBuffer

    from loaders.batches import Written
    from loaders.files import DataFile

__all__ = [
    "AS_UTF_8",
    "MAX_CHARACTER_BYTES",
    "START_BYTES",
    "Encoding",
    "Places",
    "check_encoding",
    "encoding_of",
    "open_as_utf_8",
    "open_text",
]

START_BYTES = 4096

MAX_CHARACTER_BYTES = 4
"""Of UTF-8."""

UTF_8 = "utf-8-sig"
"""With a byte order mark or without."""

MARKS = {
    codecs.BOM_UTF8: UTF_8,
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""Byte order marks and what they tell; the longer before those that they begin with."""


@dataclass(frozen=True)
class Encoding:
    """How bytes become text, and how those that are none are kept apart."""

    name: str
    is_told: bool
    """Whether the file, its format or a person tells it; else it is taken for UTF-8 because that is usual."""
    mark_bytes: int = 0
    """Of the byte order mark that the file begins with."""

    @property
    def title(self) -> str:
        """What people call it."""
        return self.name.removesuffix("-sig")

    @property
    def is_wide(self) -> bool:
        """Whether every character takes two bytes or more."""
        return self.name.startswith(("utf-16", "utf-32"))

    @property
    def errors(self) -> str:
        """How bytes that are no text are kept as characters that no text has."""
        return "surrogatepass" if self.is_wide else "surrogateescape"

    @cached_property
    def is_counted(self) -> bool:
        """Whether text tells how many bytes it was: each character is one, or it is UTF-8.

        In encodings that shift between alphabets, bytes change what those behind them mean.
        """
        every_byte = bytes(range(256))
        is_shifting = self.name.startswith(("iso2022", "hz"))
        return self.name == UTF_8 or (
            not self.is_wide
            and not is_shifting
            and len(every_byte.decode(self.name, "replace")) == len(every_byte)
        )

    def bytes_of(self, text: str) -> int:
        """Return how many bytes of the file a text was, in an encoding that is counted."""
        is_plain = self.name != UTF_8 or text.isascii()
        return len(text) if is_plain else len(text.encode("utf-8", self.errors))

    def storable(self, text: str) -> str:
        """Return a row without its line end; bytes that are no text, and NUL, are written as escapes."""
        row = text.rstrip("\r\n")
        if not row.isascii():
            row = row.encode("utf-8", self.errors).decode("utf-8", "backslashreplace")
        return row.replace("\x00", "\\x00")


AS_UTF_8 = Encoding(UTF_8, is_told=True)


def check_encoding(name: str) -> None:
    """Raise UsageError unless a name is that of an encoding in which a stream of text can be read."""
    text = "a,1\n"
    try:
        decoder = codecs.getincrementaldecoder(name)(Encoding(name, is_told=True).errors)
        is_usable = decoder.decode(text.encode(name), final=True) == text
    except (LookupError, ValueError):
        is_usable = False
    if not is_usable:
        message = f"{shorten(name)!r} is not an encoding of text"
        raise UsageError(message, "write it as utf-8, utf-16-le, cp1252, latin-1 or shift_jis")


def encoding_of(file: DataFile, *, is_json: bool = False) -> Encoding:
    """Return the encoding that the first bytes of a file tell, or else that was said of it, or else UTF-8.

    JSON is UTF-8 by its standard, or tells UTF-16 and UTF-32 without a mark, as it begins with a character of ASCII.
    """
    start = file.start(START_BYTES)
    mark = next((mark for mark in MARKS if start.startswith(mark)), b"")
    told = (
        MARKS.get(mark)
        or file.options.encoding
        or (json.detect_encoding(start) if is_json else None)
    )
    name = codecs.lookup(told or UTF_8).name
    return Encoding(
        UTF_8 if name == "utf-8" else name, is_told=told is not None, mark_bytes=len(mark)
    )


@contextmanager
def open_text(file: DataFile, encoding: Encoding, *, newline: str = "") -> Iterator[TextIO]:
    """Give the text of a file.

    Raises:
        InputError: while reading, the file ends inside a character.
    """
    try:
        with (
            file.open() as stream,
            io.TextIOWrapper(
                stream, encoding.name, errors=encoding.errors, newline=newline
            ) as text,
        ):
            yield text
    except UnicodeDecodeError as error:
        message = f"{file.name} is cut off inside a character of {encoding.title}"
        raise InputError(message, "write or copy it again") from error


@contextmanager
def open_as_utf_8(file: DataFile, encoding: Encoding) -> Iterator[BinaryIO]:
    """Give a file's bytes as those of UTF-8; what is no text in its own encoding is none in that either.

    Raises:
        InputError: while reading, the file ends inside a character.
    """
    if encoding.name == UTF_8:
        with file.open() as stream:
            yield stream
        return
    with open_text(file, encoding, newline="\n") as text:
        yield io.BufferedReader(_Recoded(text, encoding.errors))


class _Recoded(io.RawIOBase):
    """The characters of a text as bytes of UTF-8."""

    def __init__(self, text: TextIO, errors: str) -> None:
        self._text, self._errors = text, errors

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill the buffer with as many characters as certainly fit."""
        view = memoryview(buffer)
        written = self._text.read(len(view) // MAX_CHARACTER_BYTES).encode("utf-8", self._errors)
        view[: len(written)] = written
        return len(written)


class Places:
    """Where each of some rows that follow one another begins in the file; counted one by one only if somebody asks."""

    def __init__(self, rows: Sequence[Written], start: int, encoding: Encoding) -> None:
        self._rows, self._start, self._encoding = rows, start, encoding

    @property
    def end(self) -> int:
        """Where the last one ends."""
        return self._start + self._encoding.bytes_of("".join(row.text for row in self._rows))

    def of(self, row: int) -> int | None:
        """Return the bytes before a row; None if the encoding doesn't tell them."""
        return self._starts[row] if self._encoding.is_counted else None

    @cached_property
    def _starts(self) -> list[int]:
        widths = (self._encoding.bytes_of(row.text) for row in self._rows)
        return list(accumulate(widths, initial=self._start))
