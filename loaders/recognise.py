"""Which kind a file is, told from its content."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from loaders.days import ALL_DAYS, Days
from loaders.files import (
    DataFile,
    Fingerprint,
    Options,
    day_in_name,
    fingerprint,
    refuse_if_changed,
    unreadable,
)
from loaders.folders import list_files
from loaders.kinds import KINDS
from loaders.readers import (
    CsvFile,
    JsonArrayFile,
    JsonFile,
    JsonLinesFile,
    ParquetFile,
    Reader,
    is_json_array,
    is_json_lines,
)
from loaders.readers.text import START_BYTES, encoding_of
from svp.errors import InputError, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from loaders.batches import Batch
    from loaders.contract import Kind

__all__ = ["Recognised", "recognise", "recognise_all"]

LIKENESS = 0.75
"""From here on two names are taken for one; ``device_type`` and ``device_name`` are two."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file and what it is."""

    file: DataFile
    content: Fingerprint
    """What it was before anything else was read of it."""
    kind: Kind
    reader: Reader
    day: date | None = None
    """The day it holds, if that is told by its name only."""

    @property
    def path(self) -> Path:
        """What the file is called."""
        return self.file.path

    @property
    def share_read(self) -> float:
        """How much of the file's bytes was read since it was opened last, 0 to 1."""
        return self.file.counter.bytes_read / max(self.content.file_bytes, 1)

    @property
    def missing(self) -> tuple[str, ...]:
        """Columns of the kind that the file doesn't have: null in every row.

        Not of a catalogue: its arrays differ in their columns by nature.
        """
        if self.kind.groups:
            return ()
        return tuple(sorted(self.kind.columns.difference(self.reader.columns)))

    @property
    def unused(self) -> tuple[str, ...]:
        """Columns of the file that the kind doesn't know: nothing becomes of them."""
        known = self.kind.columns | self.kind.unused
        return tuple(name for name in self.reader.columns if name not in known)

    def batches(self) -> Iterator[Batch]:
        """Yield its rows.

        Raises:
            InputError: the file is damaged, or gone.
        """
        try:
            yield from self.reader.batches()
        except OSError as error:
            unreadable(error)

    def refuse_if_changed(self) -> None:
        """Raise InputError if somebody wrote to the file since it was recognised."""
        refuse_if_changed(self.file, self.content)


def recognise_all(
    given: Iterable[Path | DataFile], *, options: Options | None = None, days: Days = ALL_DAYS
) -> tuple[Recognised, ...]:
    """Return every file of what was given, folders and archives looked through, parents before children.

    Args:
        given: files, folders and patterns.
        options: what was said of all files.
        days: which days of daily files are wanted.

    Raises:
        InputError: a path is missing, a data file is of no known kind, a folder holds none, or no file is of a day
            that is wanted.
    """
    files = [file for file in list_files(given, options) if not _is_of_other_day(file, days)]
    if not files:
        message = f"no file is of a day in {days}"
        raise InputError(message, "check --from and --to")
    found = list(map(recognise, files))
    order = {kind.name: number for number, kind in enumerate(KINDS)}
    return tuple(sorted(found, key=lambda file: (order[file.kind.name], file.path)))


def recognise(given: DataFile | Path) -> Recognised:
    """Return what a file is.

    Raises:
        InputError: it is empty, damaged, of no known kind, a column looks renamed, or it holds a day and its name
            doesn't tell which; the message says what was expected and found.
    """
    file = given if isinstance(given, DataFile) else DataFile(given)
    try:
        content = fingerprint(file)
        reader = _open(file)
    except OSError as error:
        unreadable(error)
    kind = _kind_of(file, reader)
    found = Recognised(file, content, kind, reader, _day_of(file) if kind.is_daily else None)
    for missing in found.missing:
        if alike := _alike(missing, found.unused):
            raise _renamed(found, missing, alike)
    return found


def _is_of_other_day(file: DataFile, days: Days) -> bool:
    """Tell whether a daily file is of a day that is not wanted, without reading more than its beginning."""
    day = day_in_name(file.path.name)
    if day is None or day in days:
        return False
    try:
        return _kind_of(file, _open(file)).is_daily
    except OSError as error:
        unreadable(error)


def _kind_of(file: DataFile, reader: Reader) -> Kind:
    """Return the kind that knows most of a file's columns."""
    fitting = [kind for kind in KINDS if _fits(reader, kind)]
    if not fitting:
        raise _unknown(file, reader)
    return max(fitting, key=lambda kind: len(kind.columns.intersection(reader.columns)))


def _day_of(file: DataFile) -> date:
    """Return the day in the name of a file that holds one."""
    day = day_in_name(file.path.name)
    if day is None:
        message = f"{file.name} holds one day, but its name doesn't tell which"
        raise InputError(message, "name it by its day, as 20220401.json, and give it again")
    return day


def _alike(missing: str, unused: Sequence[str]) -> str | None:
    """Return the name that most looks like a missing one, but for case, spaces, ``_`` and ``-``."""
    letters = {_letters(name): name for name in unused}
    close = get_close_matches(_letters(missing), letters, n=1, cutoff=LIKENESS)
    return letters[close[0]] if close else None


def _letters(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).casefold()


def _open(file: DataFile) -> Reader:
    start = file.start(START_BYTES)
    if start.startswith(b"PAR1"):
        return ParquetFile(file)
    text = start.decode(encoding_of(file, is_json=True).name, "replace").lstrip()
    if not text.startswith(("{", "[")):
        return CsvFile(file)
    if is_json_array(file):
        return JsonArrayFile(file)
    return JsonLinesFile(file) if is_json_lines(file) else JsonFile(file)


def _fits(reader: Reader, kind: Kind) -> bool:
    if bool(reader.groups) != bool(kind.groups):
        return False
    if reader.groups and not set(reader.groups) & set(kind.groups):
        return False
    return kind.required_columns <= set(reader.columns)


def _renamed(file: Recognised, missing: str, alike: str) -> InputError:
    """Return the refusal of a file that has a column under another name: its values would be lost."""
    alike = shorten(alike)
    message = f"{file.file.name} looks like {file.kind.name}, but has no column {missing}"
    advice = f"rename its column {alike} to {missing}, or take it out if it is something else"
    return InputError(message, advice, path=file.file.name, columns=list(file.reader.columns))


def _unknown(file: DataFile, reader: Reader) -> InputError:
    columns = set(reader.columns)
    nearest = max(KINDS, key=lambda kind: (len(kind.columns & columns), -len(kind.columns)))
    found = shorten(", ".join(reader.columns) or "none", characters=300)
    message = f"{file.name} is of no kind that svp understands; its columns are {found}"
    missing = sorted(nearest.required_columns - columns)
    if not nearest.columns & columns or not missing:
        kinds = ", ".join(sorted({kind.source for kind in KINDS}))
        advice = (
            f"expected a file of one of these sets: {kinds}; see docs/ingest.md for their columns"
        )
    else:
        advice = f"nearest is {nearest.name}, which also needs the column {', '.join(missing)}"
    return InputError(message, advice, path=file.name, columns=list(reader.columns))
