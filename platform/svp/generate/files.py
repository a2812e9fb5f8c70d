"""A platform on disk: one Parquet file a table and a manifest, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from svp import __version__
from svp.core.progress import SILENT
from svp.errors import UsageError
from svp.generate.arguments import Arguments, ArgumentValues
from svp.generate.estimate import estimate
from svp.generate.platform import generate
from svp.model import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    import pyarrow as pa

    from svp.core.progress import Progress, Task
    from svp.model import Table

__all__ = ["MANIFEST_FILE", "Manifest", "WrittenTable", "write"]

MANIFEST_FILE = "manifest.json"
FORMAT = "svp platform 1"
"""Of the folder; a later program that writes another one says so here."""
ROW_GROUP_ROWS = 1_048_576
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class WrittenTable:
    """One file of the folder."""

    table: str
    file: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder holds, and from which arguments it can be made again."""

    version: str
    """Of the program."""
    arguments: ArgumentValues
    tables: tuple[WrittenTable, ...]
    was_there: bool = False
    """The finished folder was found and left as it was."""

    def as_json(self) -> dict[str, Any]:
        """Return the manifest as it stands in the folder."""
        values = {**self.arguments, "start_on": self.arguments["start_on"].isoformat()}
        tables = {entry.table: _without_name(entry) for entry in self.tables}
        return {"format": FORMAT, "version": self.version, "arguments": values, "tables": tables}


def _without_name(entry: WrittenTable) -> dict[str, Any]:
    values = asdict(entry)
    del values["table"]
    return values


def write(
    out: Path,
    *,
    seed: int,
    users: int,
    titles: int,
    start_on: date,
    days: int,
    sessions_per_user: float,
    progress: Progress = SILENT,
) -> Manifest:
    """Write a platform into a new folder; a folder that has exactly it already is left alone.

    The folder appears whole, under its name, when the last byte is on the disk.

    Raises:
        UsageError: an argument is out of range, ``out`` holds something else, or can't be written.
    """
    arguments = Arguments(seed, users, titles, start_on, days, sessions_per_user)
    finished = _finished(out, arguments)
    if finished:
        progress.say(f"{out} already holds this platform; nothing was written")
        return finished
    try:
        with _folder_in_one_piece(out) as folder:
            return _write_folder(folder, arguments, progress)
    except OSError as error:
        message = f"{out} can't be written: {error.strerror}"
        raise UsageError(message, "make room there, or choose another --out") from error


def _finished(out: Path, arguments: Arguments) -> Manifest | None:
    """Return the manifest of a folder that holds this platform; None if nothing is there.

    Raises:
        UsageError: something else is there.
    """
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return None
    manifest = _expected(out, arguments)
    if manifest is None:
        message = f"{out} holds other files"
        raise UsageError(message, "choose another --out, or remove it first")
    return manifest


def _expected(out: Path, arguments: Arguments) -> Manifest | None:
    """Return the manifest if the folder has exactly the files it should have."""
    try:
        found = json.loads((out / MANIFEST_FILE).read_text(encoding="utf-8"))
        tables = tuple(WrittenTable(name, **entry) for name, entry in found["tables"].items())
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    manifest = Manifest(__version__, arguments.values(), tables, was_there=True)
    names = {MANIFEST_FILE, *(entry.file for entry in tables)}
    whole = {path.name for path in out.iterdir()} == names
    if not whole or found != manifest.as_json():
        return None
    intact = all(_sha256(out / entry.file) == entry.sha256 for entry in tables)
    return manifest if intact else None


@contextmanager
def _folder_in_one_piece(out: Path) -> Iterator[Path]:
    """Give a folder beside ``out`` that gets its name when all is on the disk, or goes away."""
    out = out.absolute()
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = out.with_name(f".{out.name}.{os.getpid()}.partial")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
        _sync(folder)
        folder.rename(out)
        _sync(out.parent)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _write_folder(folder: Path, arguments: Arguments, progress: Progress) -> Manifest:
    expected_rows = sum(entry.rows for entry in estimate(arguments))
    with (
        progress.task("generating", total=expected_rows, unit="rows") as task,
        _TableFiles(folder, task) as files,
    ):
        for table, batch in generate(**arguments.values()):
            files.append(table, batch)
    manifest = Manifest(__version__, arguments.values(), tuple(map(files.describe, TABLES)))
    text = json.dumps(manifest.as_json(), indent=2) + "\n"
    (folder / MANIFEST_FILE).write_text(text, encoding="utf-8")
    for path in folder.iterdir():
        _sync(path)
    return manifest


class _TableFiles:
    """The Parquet files of a folder, all open at once; a table without rows has a file too."""

    def __init__(self, folder: Path, task: Task) -> None:
        self._folder, self._task = folder, task
        self._rows = dict.fromkeys((table.name for table in TABLES), 0)
        self._writers = {
            table.name: pq.ParquetWriter(
                folder / _file_name(table), table.schema, compression="zstd", version="2.6"
            )
            for table in TABLES
        }

    def __enter__(self) -> _TableFiles:
        return self

    def __exit__(self, *_: object) -> None:
        for writer in self._writers.values():
            writer.close()

    def append(self, table: Table, batch: pa.RecordBatch) -> None:
        self._writers[table.name].write_batch(batch, row_group_size=ROW_GROUP_ROWS)
        self._rows[table.name] += batch.num_rows
        self._task.advance(batch.num_rows)

    def describe(self, table: Table) -> WrittenTable:
        """Return what was written of a table, once it is closed."""
        path = self._folder / _file_name(table)
        size = path.stat().st_size
        return WrittenTable(table.name, path.name, self._rows[table.name], size, _sha256(path))


def _file_name(table: Table) -> str:
    return f"{table.name}.parquet"


def _sha256(path: Path) -> str:
    """Return the checksum of a file, as hex; of nothing if it is absent."""
    digest = hashlib.sha256()
    if path.is_file():
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                digest.update(chunk)
    return digest.hexdigest()


def _sync(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
