"""The files that were given: found, named, and known again by their content."""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from svp.errors import InputError, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "Fingerprint",
    "day_in_name",
    "fingerprint",
    "list_files",
    "printable",
    "refuse_if_changed",
    "unreadable",
]

DATA_ENDINGS = (".csv", ".json", ".jsonl", ".ndjson", ".parquet", ".tsv", ".txt", ".xlsx")
MANIFEST = "manifest.json"
"""Written beside generated data, and says what each file is; not data."""

MANIFEST_FORMAT = "svp platform"
MAX_MANIFEST_BYTES = 16 * 1024 * 1024

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
    manifests = [path for path in files if path.name == MANIFEST and path.is_file()]
    no_data = {path for manifest in manifests for path in _beside(manifest)}
    data = [
        path
        for path in files
        if path.suffix in DATA_ENDINGS
        and path.name != MANIFEST
        and path not in no_data
        and path.is_file()
        and path.resolve().is_relative_to(inside)
    ]
    if not data:
        message = (
            f"{printable(folder)} holds no file that svp understands; it has {len(files)} files"
        )
        raise InputError(message, f"expected files ending in {', '.join(DATA_ENDINGS)}")
    return sorted(data)


def _beside(manifest: Path) -> Iterator[Path]:
    """Yield the files that a manifest of generated data names as no data.

    None if it is damaged, or the manifest of something else.
    """
    try:
        content = json.loads(_start_of(manifest))
    except (OSError, ValueError, RecursionError):
        return
    if not isinstance(content, dict) or not str(content.get("format")).startswith(MANIFEST_FORMAT):
        return
    for entry in _objects(content.get("files")):
        if isinstance(entry.get("path"), str) and entry.get("table", "") is None:
            yield manifest.parent / entry["path"]


def _start_of(manifest: Path) -> bytes:
    with manifest.open("rb") as stream:
        return stream.read(MAX_MANIFEST_BYTES)


def _objects(values: object) -> list[dict[str, Any]]:
    return (
        [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []
    )


def day_in_name(name: str) -> date | None:
    """Return the day that a file's name begins with, as ``20220401 (1).json``; None if it begins with none."""
    found = re.match(r"((?:19|20|21)[0-9]{2})([0-9]{2})([0-9]{2})(?![0-9])", name)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


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
