"""What every export to a file shares: it is new and whole, and a spreadsheet shows it but runs nothing of it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from svp.errors import UsageError, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["armed", "defused", "new_file"]

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
    """Open a file that is not there yet; it is gone again if it could not be written whole."""
    try:
        file = path.open("xb")
    except OSError as error:
        message = f"{shorten(path)} can't be written: {error.strerror}"
        raise UsageError(message, "name a new file in a folder that is there") from error
    try:
        with file:
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise
