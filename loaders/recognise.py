"""Which kind a file is, told from its content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from loaders.kinds import KINDS
from loaders.readers import CsvFile, JsonFile, ParquetFile
from svp.errors import InputError, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from loaders.batches import Batch
    from loaders.contract import Kind

__all__ = ["Recognised", "recognise", "recognise_all"]

DATA_ENDINGS = {".csv", ".json", ".jsonl", ".ndjson", ".parquet", ".tsv", ".txt"}
OWN_FILES = {"manifest.json"}
"""Written beside generated data; not data."""

Reader = CsvFile | JsonFile | ParquetFile


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file and what it is."""

    path: Path
    kind: Kind
    reader: Reader

    def batches(self) -> Iterator[Batch]:
        """Yield its rows."""
        return self.reader.batches()


def recognise_all(paths: Iterable[Path]) -> tuple[Recognised, ...]:
    """Return every file of the paths, folders looked through, parents before children.

    Raises:
        InputError: a path is missing, a data file is of no known kind, or a folder holds none.
    """
    found = [recognise(path) for given in paths for path in _files(given)]
    order = {kind.name: number for number, kind in enumerate(KINDS)}
    return tuple(sorted(found, key=lambda file: (order[file.kind.name], file.path)))


def _files(given: Path) -> list[Path]:
    """Return the data files of a path, in the order of their names."""
    if not given.exists():
        message = f"{given} does not exist"
        raise InputError(message, "check the path")
    if not given.is_dir():
        return [given]
    files = sorted(
        path for path in given.rglob("*") if path.is_file() and not path.name.startswith(".")
    )
    data = [path for path in files if path.suffix in DATA_ENDINGS and path.name not in OWN_FILES]
    if not data:
        message = f"{given} holds no file that svp understands; it has {len(files)} files"
        raise InputError(message, f"expected files ending in {', '.join(sorted(DATA_ENDINGS))}")
    return data


def recognise(path: Path) -> Recognised:
    """Return what a file is.

    Raises:
        InputError: it is empty, damaged, or of no known kind; the message says what was expected and found.
    """
    try:
        reader = _open(path)
    except OSError as error:
        message = f"{path} can't be read: {error.strerror}"
        raise InputError(message, "check the path and its permissions") from error
    fitting = [kind for kind in KINDS if _fits(reader, kind)]
    if not fitting:
        raise _unknown(path, reader)
    best = max(fitting, key=lambda kind: len(kind.columns.intersection(reader.columns)))
    return Recognised(path, best, reader)


def _open(path: Path) -> Reader:
    with path.open("rb") as stream:
        start = stream.read(4096)
    if start.startswith(b"PAR1"):
        return ParquetFile(path)
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"[")):
        return JsonFile(path)
    return CsvFile(path)


def _fits(reader: Reader, kind: Kind) -> bool:
    if isinstance(reader, JsonFile) != bool(kind.groups):
        return False
    if isinstance(reader, JsonFile) and not set(reader.groups) & set(kind.groups):
        return False
    return kind.required_columns <= set(reader.columns)


def _unknown(path: Path, reader: Reader) -> InputError:
    columns = set(reader.columns)
    nearest = max(KINDS, key=lambda kind: (len(kind.columns & columns), -len(kind.columns)))
    found = ", ".join(reader.columns) or "none"
    message = f"{path} is of no kind that svp understands; its columns are {shorten(found)}"
    missing = sorted(nearest.required_columns - columns)
    if not nearest.columns & columns or not missing:
        kinds = ", ".join(sorted({kind.source for kind in KINDS}))
        advice = (
            f"expected a file of one of these sets: {kinds}; see docs/ingest.md for their columns"
        )
    else:
        advice = f"nearest is {nearest.name}, which also needs the column {', '.join(missing)}"
    return InputError(message, advice, path=str(path), columns=list(reader.columns))
