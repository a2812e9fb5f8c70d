"""The files that were given: found, named, and known again by their content."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from svp.errors import InputError, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "Fingerprint",
    "fingerprint",
    "list_files",
    "printable",
    "refuse_if_changed",
    "unreadable",
]

DATA_ENDINGS = (".csv", ".json", ".jsonl", ".ndjson", ".parquet", ".tsv", ".txt")
OWN_FILES = ("manifest.json",)
"""Written beside generated data; not data."""

READ_BYTES = 1024 * 1024
MAX_PATH_CHARACTERS = 4_096


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What makes a file the same file, under any name."""

    sha256: str
    file_bytes: int
    modified_ns: int


def printable(path: Path) -> str:
    """Return a path as one line that any terminal and any store can take."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return shorten(text, characters=MAX_PATH_CHARACTERS)


def list_files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield every data file of the paths; folders are looked through, in the order of the names.

    Raises:
        InputError: a path is missing or no regular file, or a folder can't be read or holds no data file.
    """
    for path in paths:
        if path.is_dir():
            yield from _data_files(path)
        elif path.is_file():
            yield path
        else:
            raise _no_file(path)


def _no_file(path: Path) -> InputError:
    if os.path.lexists(path) and not path.is_symlink():
        message = f"{printable(path)} is not a regular file"
        return InputError(message, "give a file or a folder; write a stream to a file first")
    return InputError(f"{printable(path)} does not exist", "check the path")


def _data_files(folder: Path) -> list[Path]:
    """Return the data files of a folder and those below it; links that lead out of it are not followed."""
    inside = folder.resolve()
    files = [
        Path(parent, name)
        for parent, _, names in os.walk(folder, onerror=unreadable)
        for name in names
        if not name.startswith(".")
    ]
    data = [
        path
        for path in files
        if path.suffix in DATA_ENDINGS
        and path.name not in OWN_FILES
        and path.is_file()
        and path.resolve().is_relative_to(inside)
    ]
    if not data:
        message = (
            f"{printable(folder)} holds no file that svp understands; it has {len(files)} files"
        )
        raise InputError(message, f"expected files ending in {', '.join(DATA_ENDINGS)}")
    return sorted(data)


def unreadable(error: OSError) -> NoReturn:
    """Raise InputError for a file or folder that the system does not let us read."""
    path = printable(Path(str(error.filename))) if error.filename else "the file"
    message = f"{path} can't be read: {error.strerror}"
    raise InputError(message, "check the path and its permissions") from error


def fingerprint(path: Path) -> Fingerprint:
    """Return the hash and size of a file's content, and when it was written last."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        modified_ns = os.fstat(stream.fileno()).st_mtime_ns
        while block := stream.read(READ_BYTES):
            digest.update(block)
        return Fingerprint(digest.hexdigest(), stream.tell(), modified_ns)


def refuse_if_changed(path: Path, seen: Fingerprint) -> None:
    """Raise InputError if somebody wrote to the file, or put another in its place, since it was seen."""
    try:
        status = path.stat()
    except OSError as error:
        unreadable(error)
    if (status.st_size, status.st_mtime_ns) != (seen.file_bytes, seen.modified_ns):
        message = f"{printable(path)} changed while it was read; nothing of it was loaded"
        raise InputError(message, "run the same command again when it is complete")
