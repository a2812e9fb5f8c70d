"""Which files were given: paths, patterns, folders and archives looked through, standard input."""

from __future__ import annotations

import glob
import json
import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import TYPE_CHECKING, Any

from loaders.files import DataFile, Options, printable, unreadable
from loaders.packed import READ_BYTES, is_archive, list_members
from svp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["DATA_ENDINGS", "PACKED_ENDINGS", "STANDARD_INPUT", "list_files", "standard_input_kept"]

DATA_ENDINGS = (".csv", ".json", ".jsonl", ".ndjson", ".parquet", ".tsv", ".txt", ".xlsx")
PACKED_ENDINGS = (".bz2", ".gz", ".zip", ".zst")
"""Of what is looked at in folders and archives; a file that is given by its path may have any name."""

EXPECTED = f"expected files ending in {', '.join((*DATA_ENDINGS, *PACKED_ENDINGS))}"

STANDARD_INPUT = Path("-")
"""Stands for what is piped into the command."""

NO_DATA_FOLDER = "__MACOSX"
"""What one system adds to its archives: remarks on each file, under the file's own ending."""

MANIFEST = "manifest.json"
"""Written beside generated data, and says what each file is; not data."""

MANIFEST_FORMAT = "svp platform"
MAX_MANIFEST_BYTES = 16 * 1024 * 1024


@contextmanager
def standard_input_kept(paths: Iterable[Path]) -> Iterator[list[Path | DataFile]]:
    """Give the paths, and for ``-`` a file with what standard input held.

    It is needed more than once: to be hashed, recognised and read. The file has no name, so nobody else can open
    it, and it is gone when the process is, however that ends.

    Raises:
        InputError: there is no room for it.
    """
    given = list(paths)
    if STANDARD_INPUT not in given:
        yield list(given)
        return
    with tempfile.TemporaryFile() as kept:
        try:
            shutil.copyfileobj(sys.stdin.buffer, kept, READ_BYTES)
            kept.flush()
        except OSError as error:
            unreadable(error)
        stored = Path(f"/proc/self/fd/{kept.fileno()}")
        piped = DataFile(Path("standard input"), stored=stored)
        yield [piped if path == STANDARD_INPUT else path for path in given]


def list_files(
    given: Iterable[Path | DataFile], options: Options | None = None
) -> Iterator[DataFile]:
    """Yield every data file of what was given; folders and archives are looked through, in the order of the names.

    Args:
        given: files, folders, and patterns of their names as ``logs/2022*.json``.
        options: what was said of all of them.

    Raises:
        InputError: a path is missing or no regular file, a folder can't be read or holds no data file, a pattern
            fits none, or an archive is damaged or leads out of itself.
    """
    options = options or Options()
    for one in given:
        files = [one] if isinstance(one, DataFile) else map(DataFile, _paths(one))
        for file in files:
            yield from _unarchived(replace(file, options=options))


def _paths(given: Path) -> Iterator[Path]:
    """Yield the files that a path means."""
    for path in _matching(given):
        try:
            mode = path.stat().st_mode
        except PermissionError as error:
            unreadable(error, path)
        except OSError as error:
            raise _no_file(path) from error
        if S_ISDIR(mode):
            yield from _data_files(path)
        elif S_ISREG(mode):
            yield path
        else:
            raise _no_file(path)


def _matching(given: Path) -> list[Path]:
    """Return the paths that fit a pattern; what exists under that very name is no pattern."""
    if os.path.lexists(given) or not glob.has_magic(str(given)):
        return [given]
    # Not Path.glob, which takes no pattern that begins at the root.
    found = sorted(map(Path, glob.iglob(str(given), recursive=True)))  # noqa: PTH207
    if not found:
        message = f"no file fits {printable(given)}"
        raise InputError(message, "check the pattern")
    return found


def _no_file(path: Path) -> InputError:
    if os.path.lexists(path) and not path.is_symlink():
        message = f"{printable(path)} is not a regular file"
        return InputError(
            message, "give a file or a folder; pipe a stream into the command, and give -"
        )
    return InputError(f"{printable(path)} does not exist", "check the path")


def _data_files(folder: Path) -> list[Path]:
    """Return the data files of a folder and those below it; links that lead out of it are not followed."""
    inside = folder.resolve()
    paths = [
        Path(parent, name)
        for parent, _, names in os.walk(folder, onerror=unreadable)
        for name in names
    ]
    files = [DataFile(path) for path in paths if path.is_file()]
    data = [file.path for file in _data(files) if file.path.resolve().is_relative_to(inside)]
    if not data:
        raise _holds_nothing(folder, len(paths))
    return sorted(data)


def _unarchived(file: DataFile) -> Iterator[DataFile]:
    """Yield the data files of an archive; of anything else, the file itself."""
    try:
        members = _members(file)
    except OSError as error:
        unreadable(error, file.path)
    if members is None:
        yield file
        return
    data = list(_data(members))
    if not data:
        raise _holds_nothing(file.path, len(members))
    yield from data


def _members(file: DataFile) -> list[DataFile] | None:
    """Return what is in an archive; None if the file is none."""
    if not is_archive(file.location):
        return None
    return [
        replace(file, path=file.path / name, stored=file.location, member=name)
        for name in list_members(file.location, file.name, file.options.limits)
    ]


def _data(files: Sequence[DataFile]) -> Iterator[DataFile]:
    """Yield what of a folder or an archive is looked at: told by the name, and by manifests of generated data."""
    manifests = [file for file in files if file.path.name == MANIFEST]
    no_data = {path for manifest in manifests for path in _beside(manifest)}
    return (file for file in files if _is_data(file.path) and file.path not in no_data)


def _is_data(path: Path) -> bool:
    return (
        path.name.lower().endswith((*DATA_ENDINGS, *PACKED_ENDINGS))
        and path.name != MANIFEST
        and not path.name.startswith(".")
        and NO_DATA_FOLDER not in path.parts
    )


def _holds_nothing(path: Path, files: int) -> InputError:
    found = "1 file" if files == 1 else f"{files} files"
    message = f"{printable(path)} holds no file that svp understands; it has {found}"
    return InputError(message, EXPECTED)


def _beside(manifest: DataFile) -> Iterator[Path]:
    """Yield the files that a manifest of generated data names as no data.

    None if it is damaged, or the manifest of something else.
    """
    try:
        content = json.loads(manifest.start(MAX_MANIFEST_BYTES))
    except (OSError, ValueError, RecursionError, InputError):
        return
    if not isinstance(content, dict) or not str(content.get("format")).startswith(MANIFEST_FORMAT):
        return
    for entry in _objects(content.get("files")):
        if isinstance(entry.get("path"), str) and entry.get("table", "") is None:
            yield manifest.path.parent / entry["path"]


def _objects(values: object) -> list[dict[str, Any]]:
    return (
        [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []
    )
