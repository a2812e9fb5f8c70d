"""The files that were given: opened without their compression, and known again by their content."""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import tempfile
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from loaders.packed import (
    READ_BYTES,
    ByteCount,
    Counted,
    Limits,
    member_bytes,
    opened_member,
    unpacked,
)
from svp.core.exports import NO_ROOM
from svp.core.texts import printable
from svp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from svp.core.progress import Task

__all__ = [
    "DataFile",
    "Fingerprint",
    "Options",
    "day_in_name",
    "fingerprint",
    "fingerprints",
    "printable",
    "refuse_if_changed",
    "unreadable",
]

HASHED_AT_ONCE = 2
"""Files; a hash takes one processor, and no interpreter."""


@dataclass(frozen=True, slots=True)
class Options:
    """What was said of files, because nothing in them tells it."""

    encoding: str | None = None
    """Of their text, where it is not what the first bytes tell."""
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file that was given, by itself or as the member of an archive."""

    path: Path
    """What it is called; of a member, the archive's path and its own."""
    stored: Path | None = None
    """Where its bytes are, if not at ``path``."""
    member: str | None = None
    """Its name in the zip archive that is stored there."""
    found_in: Path | None = None
    """The folder or archive that was given, and has it; None of a file that was named itself."""
    options: Options = field(default_factory=Options)
    counter: ByteCount = field(default_factory=ByteCount, init=False, compare=False, repr=False)
    """How much of its bytes was read since it was opened last."""

    @property
    def name(self) -> str:
        """What it is called in messages."""
        return printable(self.path)

    @property
    def location(self) -> Path:
        """Where the file is that holds its bytes."""
        return self.stored or self.path

    @property
    def status(self) -> tuple[int, int]:
        """Size, and when it was written last, of the file on the disk."""
        found = self.location.stat()
        return found.st_size, found.st_mtime_ns

    @property
    def size(self) -> int:
        """Bytes, as they were given."""
        if self.member is None:
            return self.status[0]
        return member_bytes(self.location, self.member, self.name)

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Give its bytes without their compression.

        Raises:
            InputError: while reading, the compressed bytes are damaged or become more than is allowed.
        """
        with self._opened() as (stream, packed_bytes):
            allowed_bytes = self.options.limits.allowed_bytes(packed_bytes)
            yield unpacked(stream, self.name, allowed_bytes)[0]

    @contextmanager
    def open_packed(self) -> Iterator[io.BufferedReader]:
        """Give its bytes as they were given."""
        with self._opened() as (stream, _):
            yield stream

    @contextmanager
    def open_seekable(self) -> Iterator[BinaryIO]:
        """Give its bytes without their compression, in any order; compressed ones are kept on the disk meanwhile."""
        with ExitStack() as stack:
            if self.member is None and not self.compression():
                self.counter.bytes_read = 0
                raw = stack.enter_context(self.location.open("rb", buffering=0))
                yield io.BufferedReader(_Seekable(raw, self.counter), READ_BYTES)
                return
            kept = stack.enter_context(tempfile.TemporaryFile())
            shutil.copyfileobj(stack.enter_context(self.open()), kept, READ_BYTES)
            kept.seek(0)
            yield kept

    def compression(self) -> tuple[str, ...]:
        """Return the ways in which its bytes are compressed, from the outside."""
        with self._opened() as (stream, packed_bytes):
            return unpacked(stream, self.name, self.options.limits.allowed_bytes(packed_bytes))[1]

    def start(self, size: int) -> bytes:
        """Return its first bytes, without their compression."""
        with self.open() as stream:
            return stream.read(size)

    @contextmanager
    def _opened(self) -> Iterator[tuple[io.BufferedReader, int]]:
        """Give its bytes as they were given, counted, and how many they are."""
        self.counter.bytes_read = 0
        if self.member is None:
            with self.location.open("rb", buffering=0) as raw:
                size = os.fstat(raw.fileno()).st_size
                yield io.BufferedReader(Counted(raw, self.counter), READ_BYTES), size
            return
        with opened_member(self.location, self.member, self.name) as (source, packed_bytes):
            yield io.BufferedReader(Counted(source, self.counter), READ_BYTES), packed_bytes


class _Seekable(Counted):
    """The bytes of a file in any order."""

    def __init__(self, file: io.FileIO, counter: ByteCount) -> None:
        super().__init__(file, counter)
        self._file = file

    def seekable(self) -> bool:
        """Tell that it can be sought."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to a place in the file."""
        return self._file.seek(offset, whence)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What makes a file the same file, under any name."""

    sha256: str
    """Of its bytes as they were given: compressed ones are not unpacked for it."""
    file_bytes: int
    status: tuple[int, int]
    """Size, and when it was written last, of the file on the disk."""

    def also(self, said: str) -> Fingerprint:
        """Return what makes the content another one: the sheet of a workbook, or how it was said to be taken."""
        whole = f"{self.sha256} {said}".encode()
        return replace(self, sha256=hashlib.sha256(whole).hexdigest())


def fingerprint(
    file: DataFile, status: tuple[int, int] | None = None, task: Task | None = None
) -> Fingerprint:
    """Return the hash and size of a file's content, and the state in which it was found.

    Args:
        file: the file.
        status: its state before anything else was read of it.
        task: told of the bytes as they are read.
    """
    status = status or file.status
    digest = hashlib.sha256()
    with file.open_packed() as stream:
        while block := stream.read(READ_BYTES):
            digest.update(block)
            if task:
                task.advance(len(block))
    return Fingerprint(digest.hexdigest(), file.counter.bytes_read, status)


def fingerprints(
    statuses: Mapping[DataFile, tuple[int, int]], task: Task
) -> dict[DataFile, Fingerprint]:
    """Return the hashes and sizes of files, of which the states are known; the members of an archive one by one."""
    by_place = defaultdict[Path, list[DataFile]](list)
    for file in statuses:
        by_place[file.location].append(file)
    found: dict[DataFile, Fingerprint] = {}
    with ThreadPoolExecutor(HASHED_AT_ONCE) as pool, _while_waited_for(task) as told:

        def of_place(files: list[DataFile]) -> dict[DataFile, Fingerprint]:
            return {file: fingerprint(file, statuses[file], told) for file in files}

        for some in pool.map(of_place, by_place.values()):
            found.update(some)
    return found


@contextmanager
def _while_waited_for(task: Task) -> Iterator[Task]:
    """Give a task that threads advance, and that breaks them off when nobody waits for them any more."""
    told = _Told(task)
    try:
        yield told
    finally:
        told.is_over = True


class _Told:
    def __init__(self, task: Task) -> None:
        self._task, self.is_over = task, False

    def advance(self, amount: int, *, share: float | None = None) -> None:
        if self.is_over:
            raise InterruptedError
        self._task.advance(amount, share=share)


def refuse_if_changed(file: DataFile, seen: Fingerprint) -> None:
    """Raise InputError if somebody wrote to the file, or put another in its place, since it was seen."""
    try:
        status = file.status
    except OSError as error:
        unreadable(error)
    if status != seen.status:
        message = f"{file.name} changed while it was read; nothing of it was loaded"
        raise InputError(message, "run the same command again when it is complete")


def day_in_name(name: str) -> date | None:
    """Return the day that a file's name begins with, as ``20220401 (1).json``; None if it begins with none."""
    found = re.match(r"((?:19|20|21)[0-9]{2})([0-9]{2})([0-9]{2})(?![0-9])", name)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def unreadable(error: OSError, path: Path | None = None) -> NoReturn:
    """Raise InputError for a file or folder that the system does not let us read; ``path`` if the error names none."""
    named = error.filename or path
    message = (
        f"{printable(Path(str(named))) if named else 'the file'} can't be read: {error.strerror}"
    )
    advice = "check the path and its permissions"
    if error.errno in NO_ROOM:
        advice = f"make room in {tempfile.gettempdir()}, where it is kept meanwhile, or set TMPDIR to another folder"
    raise InputError(message, advice) from error
