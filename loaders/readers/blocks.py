"""The lines of a file in blocks of bytes, each as many as a batch takes."""

from __future__ import annotations

import codecs
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, TextIO

import numpy as np

from loaders import batches
from loaders.arrow import true_places
from loaders.readers.text import MAX_CHARACTER_BYTES
from svp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loaders.arrow import Positions

__all__ = ["Block", "Line", "line_ends", "places_of", "read_blocks"]

NEWLINE = b"\n"

READ_BYTES = 8 * 1024 * 1024

CACHED_BYTES = 256 * 1024
"""What is looked through at a time, so that what is noted of it stays near the processor."""


class Line(NamedTuple):
    """One line of the file, counted from 1."""

    number: int
    text: str
    byte: int
    """Bytes before it in the stream."""


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of a file, in UTF-8."""

    first_number: int
    """Of its first line."""
    data: bytes
    ends: Positions
    """Where each line ends in the data."""
    first_byte: int = 0
    """Bytes before it in the stream."""

    def start(self, position: int) -> int:
        """Return where a line begins in the data."""
        return int(self.ends[position - 1]) if position else 0

    def line(self, position: int) -> Line:
        """Return a line, counted from 0 in the block; a byte that is no text becomes a character that no text has."""
        start = self.start(position)
        text = self.data[start : self.ends[position]].decode("utf-8", "surrogateescape")
        return Line(self.first_number + position, text, self.first_byte + start)

    def lines(self) -> Iterator[Line]:
        """Yield every line."""
        return map(self.line, range(len(self.ends)))

    def text(self) -> TextIO:
        """Return all lines, each ended as in the file; bytes that are no text as in ``line``."""
        return io.StringIO(self.data.decode("utf-8", "surrogateescape"), newline="")


def read_blocks(
    stream: BinaryIO,
    name: str,
    *,
    first_number: int = 1,
    first_byte: int = 0,
    read_bytes: int = READ_BYTES,
) -> Iterator[Block]:
    """Yield the lines of a stream in blocks that fit a batch, by number and by size.

    ``first_number`` and ``first_byte`` are those of the next line of the stream, ``read_bytes`` how far it reads ahead.

    Raises:
        InputError: a line is longer than any sensible one; ``name`` is that of the file.
    """
    number, byte, start = first_number, first_byte, b""
    if not byte:
        start = stream.read(len(codecs.BOM_UTF8))
        byte = len(codecs.BOM_UTF8) if start == codecs.BOM_UTF8 else 0
        start = start[byte:]
    # So many bytes more are the rest of a line, or of one that is too long.
    end_bytes = MAX_CHARACTER_BYTES * batches.MAX_ROW_CHARACTERS
    while data := b"".join((start, stream.read(read_bytes), stream.readline(end_bytes))):
        start = b""
        for block in _cut(Block(number, data, line_ends(data), byte)):
            _check_lengths(block, name)
            yield block
            number += len(block.ends)
        byte += len(data)


def line_ends(data: bytes) -> Positions:
    """Return where each line ends, behind its line feed."""
    ends = places_of(NEWLINE, data) + 1
    return np.append(ends, len(data)) if data and not data.endswith(NEWLINE) else ends


def places_of(byte: bytes, data: bytes) -> Positions:
    """Return where a byte stands in some text."""
    view = np.frombuffer(data, np.uint8)
    parts = range(0, len(data), CACHED_BYTES)
    found = [true_places(view[part : part + CACHED_BYTES] == ord(byte)) + part for part in parts]
    return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


def _cut(block: Block) -> Iterator[Block]:
    """Yield the lines of a block in blocks that fit a batch."""
    ends, first = block.ends, 0
    while first < len(ends):
        start = block.start(first)
        full = int(np.searchsorted(ends, start + batches.BATCH_CHARACTERS)) + 1
        last = min(full, first + batches.BATCH_ROWS, len(ends))
        data = block.data[start : ends[last - 1]]
        first_byte = block.first_byte + start
        yield Block(block.first_number + first, data, ends[first:last] - start, first_byte)
        first = last


def _check_lengths(block: Block, name: str) -> None:
    """Raise InputError if a line is too long."""
    longest = batches.MAX_ROW_CHARACTERS
    for position in np.flatnonzero(np.diff(block.ends, prepend=0) >= longest).tolist():
        line = block.line(position)
        if len(line.text) >= longest:
            message = f"{name}, line {line.number}: the row is longer than {longest:,} characters"
            raise InputError(message, "each line must hold one row, or object")
