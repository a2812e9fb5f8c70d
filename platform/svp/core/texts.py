"""Files that people write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from svp.errors import UsageError, shorten

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_text"]


def read_text(path: Path) -> str:
    """Return the text of a file.

    Raises:
        UsageError: it can't be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        message = f"{shorten(path)} can't be read: {error.strerror}"
        raise UsageError(message, "check the path and its permissions") from error
    except UnicodeDecodeError as error:
        message = f"{shorten(path)}, byte {error.start}: not UTF-8"
        raise UsageError(message, "save it as UTF-8") from error
