"""Which files were given: paths, patterns, folders and archives looked through, standard input.

Of a folder or an archive every file is looked into, whatever it is called, but for those few that are told by their
names to be no delivery.
"""

from __future__ import annotations

import glob
import json
import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import TYPE_CHECKING, Any

from loaders.files import DataFile, Options, printable, unreadable
from loaders.packed import READ_BYTES, is_archive, list_members
from svp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = [
    "STANDARD_INPUT",
    "UNFINISHED_ENDINGS",
    "LeftOut",
    "Listing",
    "list_files",
    "standard_input_kept",
]

UNFINISHED_ENDINGS = (
    ".bak", ".crdownload", ".filepart", ".old", ".orig", ".part", ".partial", ".save", ".swp", ".tmp", "~",
)  # fmt: skip
"""Of what is still being written, or was replaced by what lies beside it: the one thing that content can't tell."""

STANDARD_INPUT = Path("-")
"""Stands for what is piped into the command."""

NO_DATA_FOLDER = "__MACOSX"
"""What one system adds to its archives: remarks on each file, under the file's own ending."""

MANIFEST = "manifest.json"
"""Written beside generated data, and says what each file is; not data."""

MANIFEST_FORMAT = "svp platform"
MAX_MANIFEST_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file of a folder or an archive that is not loaded, which is no fault of it."""

    path: Path
    reason: str
    """One line, which names it."""
    advice: str = ""


@dataclass(slots=True)
class Listing:
    """What was given, once folders and archives are looked through."""

    files: list[DataFile] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    looked_through: dict[Path, int] = field(default_factory=dict)
    """The folders and archives that were given, and how many files are in each."""

    def add(self, given: DataFile) -> None:
        """Add a file, or what is in a folder or an archive.

        Raises:
            InputError: it is missing or none of these, can't be read, or is an archive that is damaged or leads out
                of itself.
        """
        if _is_folder(given.location):
            self._look_through(given)
        else:
            self._unarchive(given)

    def _look_through(self, folder: DataFile) -> None:
        """Add the files of a folder and those below it; links that lead out of it are not followed."""
        inside = folder.path.resolve()
        paths = sorted(
            Path(parent, name)
            for parent, _, names in os.walk(folder.path, onerror=unreadable)
            for name in names
        )
        self.looked_through[folder.path] = len(paths)
        files = [replace(folder, path=path) for path in paths if path.is_file()]
        for file in _data(files, folder.path):
            if not file.path.resolve().is_relative_to(inside):
                self._leave_out(file, "is a link that leads out of the folder")
            elif not self._is_unfinished(file):
                self._unarchive(replace(file, found_in=folder.path))

    def _unarchive(self, file: DataFile) -> None:
        """Add the files of an archive; of anything else, the file itself."""
        try:
            members = _members(file)
        except OSError as error:
            unreadable(error, file.path)
        if members is None:
            self.files.append(file)
            return
        found_in = file.found_in or file.path
        if file.found_in is None:
            self.looked_through[file.path] = len(members)
        self.files.extend(
            replace(member, found_in=found_in)
            for member in _data(members, file.path)
            if not self._is_unfinished(member)
        )

    def _is_unfinished(self, file: DataFile) -> bool:
        if not file.path.name.endswith(UNFINISHED_ENDINGS):
            return False
        self._leave_out(file, "is unfinished, or was replaced, as the end of its name says")
        return True

    def _leave_out(self, file: DataFile, reason: str) -> None:
        self.left_out.append(LeftOut(file.path, f"{file.name} {reason}"))


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


def list_files(given: Iterable[Path | DataFile], options: Options | None = None) -> Listing:
    """Return every file of what was given; folders and archives are looked through, in the order of the names.

    Args:
        given: files, folders, and patterns of their names as ``logs/2022*.json``.
        options: what was said of all of them.

    Raises:
        InputError: a path is missing or no regular file, a folder can't be read, a pattern fits none, or an archive
            is damaged or leads out of itself.
    """
    listing, options = Listing(), options or Options()
    for one in given:
        files = [one] if isinstance(one, DataFile) else map(DataFile, _matching(one))
        for file in files:
            listing.add(replace(file, options=options))
    return listing


def _is_folder(path: Path) -> bool:
    """Tell whether a path is a folder, and not a file."""
    try:
        mode = path.stat().st_mode
    except PermissionError as error:
        unreadable(error, path)
    except OSError as error:
        raise _no_file(path) from error
    if not (S_ISDIR(mode) or S_ISREG(mode)):
        raise _no_file(path)
    return S_ISDIR(mode)


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


def _members(file: DataFile) -> list[DataFile] | None:
    """Return what is in an archive; None if the file is none."""
    if not is_archive(file.location):
        return None
    return [
        replace(file, path=file.path / name, stored=file.location, member=name)
        for name in list_members(file.location, file.name, file.options.limits)
    ]


def _data(files: Sequence[DataFile], root: Path) -> Iterator[DataFile]:
    """Yield what of a folder or an archive is looked into: not what is hidden, nor what svp wrote beside data."""
    manifests = {
        file.path: content
        for file in files
        if file.path.name == MANIFEST and (content := _manifest(file)) is not None
    }
    no_data = {each for path, content in manifests.items() for each in _beside(path, content)}
    no_data.update(manifests)
    return (file for file in files if file.path not in no_data and not _is_hidden(file.path, root))


def _is_hidden(path: Path, root: Path) -> bool:
    """Tell whether a file, or a folder that it is in, is one that systems and tools keep beside data."""
    parts = path.relative_to(root).parts
    return NO_DATA_FOLDER in parts or any(part.startswith(".") for part in parts)


def _manifest(file: DataFile) -> dict[str, Any] | None:
    """Return what a manifest of generated data says; None if it is damaged, or the manifest of something else."""
    try:
        content = json.loads(file.start(MAX_MANIFEST_BYTES))
    except (OSError, ValueError, RecursionError, InputError):
        return None
    is_ours = isinstance(content, dict) and str(content.get("format")).startswith(MANIFEST_FORMAT)
    return content if is_ours else None


def _beside(manifest: Path, content: dict[str, Any]) -> Iterator[Path]:
    """Yield the files that a manifest of generated data names as no data."""
    for entry in _objects(content.get("files")):
        if isinstance(entry.get("path"), str) and entry.get("table", "") is None:
            yield manifest.parent / entry["path"]


def _objects(values: object) -> list[dict[str, Any]]:
    return (
        [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []
    )
