"""A folder that appears whole or not at all."""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["files_in", "folder_in_one_piece", "sha256"]


@contextmanager
def folder_in_one_piece(out: Path) -> Iterator[Path]:
    """Give a folder beside ``out`` that gets its name when all is on the disk, or goes away.

    What killed runs left beside ``out`` goes away, too.

    Raises:
        OSError: it can't be written, or by the end another run has put its own in this place.
    """
    out = out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(out)
    folder = out.with_name(f".{out.name}.{os.getpid()}.partial")
    folder.mkdir()
    try:
        yield folder
        _sync_all(folder)
        folder.rename(out)
        _sync(out.parent)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def files_in(folder: Path) -> set[str]:
    """Return the paths of all files of a folder and those below it, as seen from it."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


def sha256(path: Path) -> str:
    """Return the checksum of a file, as hex.

    Raises:
        OSError: it can't be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _remove_leftovers(out: Path) -> None:
    beginning, end = f".{out.name}.", ".partial"
    for path in out.parent.iterdir():
        if not (path.name.startswith(beginning) and path.name.endswith(end)):
            continue
        process = path.name[len(beginning) : -len(end)]
        if process.isdecimal() and (int(process) == os.getpid() or not _runs(int(process))):
            shutil.rmtree(path)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _sync_all(folder: Path) -> None:
    for path in folder.rglob("*"):
        _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
