"""Folders that exports write: refused where something else is in them, and never seen half written."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from svp.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["refuse_filled", "write_files"]


def refuse_filled(folder: Path, *, force: bool) -> None:
    """Raise UsageError for a folder with files in it, unless they may be replaced; or if nobody can look into it."""
    try:
        is_there = folder.exists()
        is_filled = is_there and folder.is_dir() and any(folder.iterdir())
    except OSError as error:
        raise _unwritable(folder, error) from error
    if is_there and not folder.is_dir():
        message = f"{folder} is no folder"
        raise UsageError(message, "name a folder")
    if is_filled and not force:
        message = f"{folder} is not empty"
        raise UsageError(
            message, "name a new folder, or add --force to replace what svp wrote in it"
        )


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write files by their paths aside, then put each part in the place of what has its name.

    Raises:
        UsageError: the folder can't be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".svp-", dir=folder) as made:
            for path, text in files.items():
                file = Path(made, path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8", newline="\n")
            for part in sorted(Path(made).iterdir()):
                replace(part, folder / part.name)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _unwritable(folder: Path, error: OSError) -> UsageError:
    message = f"{error.filename or folder} can't be written: {error.strerror}"
    return UsageError(message, "name a folder that you may write to")


def replace(made: Path, place: Path) -> None:
    """Move a file or folder to its place; an old folder goes whole, so that nothing of it stays."""
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    made.replace(place)
