"""Files that people write, and what they are called."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from svp.errors import UsageError, shorten

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["MAX_TEXT_BYTES", "printable", "read_text"]

MAX_PATH_CHARACTERS = 4_096

MAX_TEXT_BYTES = 16 * 1024 * 1024
"""The rates of thirty currencies for each day of fifty years are fewer."""


def printable(path: Path) -> str:
    """Return a path as one line that any terminal and any store can take."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return shorten(text, characters=MAX_PATH_CHARACTERS)


def read_text(path: Path) -> str:
    """Return the text of a file that a person wrote: without a byte order mark, and each line ended by a line feed.

    Raises:
        UsageError: it can't be read, is larger than anybody writes, or is not UTF-8, with line and byte of the fault.
    """
    data = _read(path)
    if len(data) > MAX_TEXT_BYTES:
        message = f"{printable(path)} has more than {MAX_TEXT_BYTES // 1024**2} MB"
        raise UsageError(message, "check that it is the file that was meant")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = len((data[: error.start] + b".").splitlines())
        message = f"{printable(path)}, line {line}, byte {error.start}: not UTF-8"
        raise UsageError(message, "save it as UTF-8") from error
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _read(path: Path) -> bytes:
    """Return what a file holds; of one that is too large, enough to tell."""
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_TEXT_BYTES + 1)
    except OSError as error:
        message = f"{printable(path)} can't be read: {error.strerror}"
        raise UsageError(message, "check the path and its permissions") from error
