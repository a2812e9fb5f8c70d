"""What every export to a file shares: it is new and whole, and a spreadsheet shows it but runs nothing of it."""

from __future__ import annotations

from contextlib import contextmanager
from errno import EDQUOT, EFBIG, ENOSPC
from typing import TYPE_CHECKING, BinaryIO

from svp.errors import UsageError, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["NO_ROOM", "armed", "defused", "new_file"]

NO_ROOM = frozenset({EDQUOT, EFBIG, ENOSPC})
"""Numbers of errors that say that a disk is full, or a file as long as it may be."""

FORMULA_STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""What makes a spreadsheet take text for a formula; the last four are the first four in full width."""


def defused(value: object) -> object:
    """Return text so that a spreadsheet shows it and runs nothing; anything else as it is."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def armed(text: str) -> str:
    """Return text as it was before ``defused``."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA_STARTS) else text


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file that is not there yet; it is gone again if it could not be written whole.

    Raises:
        UsageError: it is there, or there is no room for it.
    """
    try:
        file = path.open("xb")
    except OSError as error:
        message = f"{shorten(path)} can't be written: {error.strerror}"
        raise UsageError(message, "name a new file in a folder that is there") from error
    try:
        with file:
            yield file
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            message = f"{shorten(path)} can't be written: {error.strerror}"
            raise UsageError(message, "make room there, or name a file elsewhere") from error
        raise
