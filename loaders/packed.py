"""Compressed files and archives: told by their content, read as streams, and never unpacked to a disk.

Damage and what looks like a trap refuse the file whole: a stream that is cut off, a wrong checksum, more bytes than
any honest file unpacks to, a member of an archive whose path leads out of it.
"""

from __future__ import annotations

import bz2
import errno
import gzip
import io
import re
import stat
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

import pyarrow as pa

from svp.errors import InputError, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from _typeshed import WriteableBuffer

__all__ = [
    "READ_BYTES",
    "ByteCount",
    "Counted",
    "Limits",
    "is_archive",
    "is_document",
    "list_members",
    "member_bytes",
    "opened_member",
    "refuse_too_much",
    "unpacked",
]

READ_BYTES = 1024 * 1024

MAX_LAYERS = 3
"""Of compression, one inside the other, around a file."""

HARMLESS_BYTES = 100 * 1000**2
"""Whatever unpacks to no more is no trap, however little it was before."""

GIGABYTE = 1000**3

DAMAGE = (
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    ValueError,
    pa.ArrowException,
    zipfile.BadZipFile,
    zlib.error,
)
"""What the unpacking libraries raise for bytes that are not as they were written."""

ARCHIVE_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
"""Of a zip archive with members, and of one without."""

DOCUMENT_MEMBERS = {"[Content_Types].xml", "mimetype"}
"""Each makes an archive an Office document, of Microsoft or others, which is one thing."""

METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)
"""Ways of packing members that need little memory, whatever their header says."""

ENCRYPTED = 0x1


class Source(Protocol):
    """What gives bytes, as far as it is used here."""

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        """Fill the buffer as far as there are bytes, and return how many it got; none at the end."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may come out of a compressed file; what gives more is a trap, or needs another setting."""

    gigabytes: int = 100
    ratio: int = 200
    """Unpacked bytes for each packed one, once there are more than ``HARMLESS_BYTES``."""

    def allowed_bytes(self, packed_bytes: int) -> int:
        """Return how many bytes so many packed ones may become."""
        return min(self.gigabytes * GIGABYTE, max(HARMLESS_BYTES, self.ratio * packed_bytes))


@dataclass(slots=True)
class ByteCount:
    """How many bytes were read."""

    bytes_read: int = 0


class Counted(io.RawIOBase):
    """The bytes of a source, counted as they are read."""

    def __init__(self, source: Source, counter: ByteCount) -> None:
        self._source, self._counter = source, counter

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill the buffer as far as the source does."""
        size = self._source.readinto(buffer) or 0
        self._counter.bytes_read += size
        return size


class _Unpacked(Counted):
    """What a decompressor gives, up to what is allowed."""

    def __init__(self, source: Source, name: str, allowed_bytes: int) -> None:
        self._unpacked = ByteCount()
        super().__init__(source, self._unpacked)
        self._name, self._allowed_bytes = name, allowed_bytes

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill the buffer as far as the decompressor does.

        Raises:
            InputError: the compressed bytes are damaged, or became more than is allowed.
        """
        with _damage_named(self._name):
            size = super().readinto(buffer)
        refuse_too_much(self._name, self._unpacked.bytes_read, self._allowed_bytes)
        return size


@dataclass(frozen=True, slots=True)
class Compression:
    """One way to compress a stream."""

    name: str
    start: re.Pattern[bytes]
    open: Callable[[io.BufferedReader], Source]


def _gzip(stream: io.BufferedReader) -> Source:
    return gzip.GzipFile(fileobj=stream)


def _zstd(stream: io.BufferedReader) -> Source:
    return cast("Source", pa.CompressedInputStream(pa.PythonFile(stream, "r"), "zstd"))


COMPRESSIONS = (
    Compression("gzip", re.compile(rb"\x1f\x8b\x08"), _gzip),
    Compression("bzip2", re.compile(rb"BZh[1-9](1AY&SY|\x17rE8P\x90)"), bz2.BZ2File),
    Compression("zstd", re.compile(rb"\x28\xb5\x2f\xfd"), _zstd),
)

LONGEST_START = 16


def unpacked(
    stream: io.BufferedReader, name: str, allowed_bytes: int
) -> tuple[io.BufferedReader, tuple[str, ...]]:
    """Return the stream without its compression, whatever layers there are, and their names from the outside.

    Raises:
        InputError: there are too many layers; while reading, the bytes are damaged or become more than is allowed.
    """
    layers: list[str] = []
    while found := _compression(stream):
        if len(layers) == MAX_LAYERS:
            message = f"{name} is compressed more than {MAX_LAYERS} times"
            raise InputError(message, "unpack it, and give what is inside")
        layers.append(found.name)
        stream = io.BufferedReader(_Unpacked(found.open(stream), name, allowed_bytes), READ_BYTES)
    return stream, tuple(layers)


def _compression(stream: io.BufferedReader) -> Compression | None:
    start = stream.peek(LONGEST_START)
    return next((found for found in COMPRESSIONS if found.start.match(start)), None)


@lru_cache(maxsize=1)
def _directory(path: Path, status: tuple[int, ...]) -> zipfile.ZipFile:
    """Return an archive with its directory read: once for all of its members, as long as it has that status."""
    del status
    return zipfile.ZipFile(path)


def _archive(path: Path) -> zipfile.ZipFile:
    found = path.stat()
    return _directory(path, (found.st_ino, found.st_size, found.st_mtime_ns))


def is_archive(path: Path) -> bool:
    """Tell whether a file is a zip archive of files, and not one Office document."""
    with path.open("rb") as stream:
        if stream.read(4) not in ARCHIVE_STARTS:
            return False
    try:
        return DOCUMENT_MEMBERS.isdisjoint(_archive(path).namelist())
    except DAMAGE:
        return True


def is_document(file: BinaryIO) -> bool:
    """Tell whether bytes are those of an Office document, which is a zip archive within."""
    try:
        with zipfile.ZipFile(file) as parts:
            return not DOCUMENT_MEMBERS.isdisjoint(parts.namelist())
    except DAMAGE:
        return False


def member_bytes(path: Path, member: str, name: str) -> int:
    """Return how many bytes the directory of an archive says that a file in it has.

    Raises:
        InputError: the archive is damaged.
    """
    with _damage_named(name):
        return _archive(path).getinfo(member).file_size


def list_members(path: Path, name: str, limits: Limits) -> list[str]:
    """Return the files in an archive, in the order of their names.

    Raises:
        InputError: the archive is damaged, leads out of itself, is encrypted, or holds more than is allowed.
    """
    with _damage_named(name):
        members = [member for member in _archive(path).infolist() if not member.is_dir()]
    for member in members:
        _check_member(member, name)
    allowed_bytes = limits.allowed_bytes(path.stat().st_size)
    if sum(member.file_size for member in members) > allowed_bytes:
        raise _too_much(name, allowed_bytes)
    names = sorted(member.filename for member in members)
    for one, following in pairwise(names):
        if one == following:
            message = f"{name} has two members named {shorten(one)}"
            raise InputError(message, "pack them under names of their own")
    return names


def _check_member(member: zipfile.ZipInfo, name: str) -> None:
    path = PurePosixPath(member.filename.replace("\\", "/"))
    is_outside = path.is_absolute() or ".." in path.parts or re.match("[A-Za-z]:", str(path))
    if is_outside or "\x00" in member.orig_filename:
        message = f"{name} has a member whose path leads out of it: {shorten(member.orig_filename)}"
        raise InputError(message, "an honest archive has no such path: ask where it comes from")
    if stat.S_ISLNK(member.external_attr >> 16):
        message = f"{name} has a member that is a link: {shorten(member.filename)}"
        raise InputError(message, "pack the file that it leads to")
    if member.flag_bits & ENCRYPTED or member.compress_type not in METHODS:
        what = "encrypted" if member.flag_bits & ENCRYPTED else "packed in a way svp doesn't read"
        message = f"{name}: {shorten(member.filename)} is {what}"
        raise InputError(message, "unpack it, and give what is inside")


@contextmanager
def opened_member(path: Path, member: str, name: str) -> Iterator[tuple[Source, int]]:
    """Open a file in an archive; give its bytes, and how many they are in the archive.

    Raises:
        InputError: the archive is damaged; while reading, the member is.
    """
    with _damage_named(name):
        archive = _archive(path)
        info = archive.getinfo(member)
        opened = archive.open(info)
    with opened:
        yield _Unpacked(cast("Source", opened), name, info.file_size), info.compress_size


@contextmanager
def _damage_named(name: str) -> Iterator[None]:
    """Raise InputError for what is wrong with compressed bytes; the system's own errors stay as they are.

    A place before the start of the file, which damaged archives name, is to the system an invalid argument.
    """
    try:
        yield
    except DAMAGE as error:
        if isinstance(error, OSError) and error.errno not in {None, errno.EINVAL}:
            raise
        message = f"{name} is cut off or damaged: {shorten(error)}"
        raise InputError(message, "compress or copy it again; nothing of it was loaded") from error


def refuse_too_much(name: str, read_bytes: int, allowed_bytes: int) -> None:
    """Raise InputError if more came out of a file than is allowed."""
    if read_bytes > allowed_bytes:
        raise _too_much(name, allowed_bytes)


def _too_much(name: str, allowed_bytes: int) -> InputError:
    message = f"{name} unpacks to more than {allowed_bytes:,} bytes"
    advice = "if it is no trap, raise the settings max_unpacked_gigabytes or max_unpacked_ratio"
    return InputError(message, advice)
