"""Which kind a file is, told from its content."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from loaders.contract import check
from loaders.files import (
    Fingerprint,
    day_in_name,
    fingerprint,
    list_files,
    printable,
    unreadable,
)
from loaders.kinds import KINDS
from loaders.readers import (
    CsvFile,
    ExcelSheet,
    JsonFile,
    JsonLinesFile,
    ParquetFile,
    is_json_lines,
    is_workbook,
    list_sheets,
)
from loaders.wanted import Wanted
from svp.errors import InputError, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from loaders.batches import Batch
    from loaders.contract import Checked, Kind

__all__ = ["Recognised", "recognise", "recognise_all"]

ANYTHING = Wanted()

START_BYTES = 4096

LIKENESS = 0.75
"""From here on two names are taken for one; ``device_type`` and ``device_name`` are two."""

Reader = CsvFile | ExcelSheet | JsonFile | JsonLinesFile | ParquetFile


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file and what it is."""

    path: Path
    content: Fingerprint
    """What it was before anything else was read of it."""
    kind: Kind
    reader: Reader
    day: date | None = None
    """The day it holds, if that is told by its name only."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Columns of the kind that the file doesn't have: null in every row.

        Not of a catalogue: its arrays differ in their columns by nature.
        """
        if self.kind.groups:
            return ()
        return self.kind.missing_from(self.reader.columns)

    @property
    def unused(self) -> tuple[str, ...]:
        """Columns of the file that the kind doesn't know: nothing becomes of them."""
        known = self.kind.columns | self.kind.unused
        return tuple(name for name in self.reader.columns if name not in known)

    @property
    def name(self) -> str:
        """What it is called in messages."""
        return _name(self.path, self.reader)

    def judge(self, batch: Batch) -> Checked:
        """Return its contract's judgement of some of its rows.

        Raises:
            InputError: a value leaves open what the whole file means.
        """
        try:
            return check(batch, self.kind)
        except InputError as error:
            message = f"{self.name}, {error.message}"
            raise InputError(message, error.advice) from error

    def batches(self) -> Iterator[Batch]:
        """Yield its rows.

        Raises:
            InputError: the file is damaged, or gone.
        """
        try:
            yield from self.reader.batches()
        except OSError as error:
            unreadable(error)


def recognise_all(paths: Iterable[Path], wanted: Wanted = ANYTHING) -> tuple[Recognised, ...]:
    """Return every file of the paths, folders looked through, parents before children.

    Raises:
        InputError: a path is missing, a data file is of no known kind, or a folder holds none.
        UsageError: a file names no zone, and none was said.
    """
    found = [file for path in list_files(paths) for file in _recognise_each(path, wanted)]
    order = {kind.name: number for number, kind in enumerate((*KINDS, *wanted.kinds))}
    return tuple(sorted(found, key=lambda file: (order[file.kind.name], file.path)))


def _recognise_each(path: Path, wanted: Wanted) -> Iterator[Recognised]:
    """Yield what a file is, or what each sheet of a workbook is."""
    try:
        if not is_workbook(path):
            yield recognise(path, wanted)
            return
        content = fingerprint(path)
        for sheet in list_sheets(path):
            yield _recognised(path, _with(content, sheet), ExcelSheet(path, sheet), wanted)
    except OSError as error:
        unreadable(error)


def recognise(path: Path, wanted: Wanted = ANYTHING) -> Recognised:
    """Return what a file is, of the kinds that are wanted.

    Raises:
        InputError: it is empty, damaged, of no known kind, a column looks renamed, or it holds a day and its name
            doesn't tell which; the message says what was expected and found.
        UsageError: it names no zone, and none was said.
    """
    try:
        content = fingerprint(path)
        reader = _open(path, wanted.delimiter)
    except OSError as error:
        unreadable(error)
    return _recognised(path, content, reader, wanted)


def _recognised(path: Path, content: Fingerprint, reader: Reader, wanted: Wanted) -> Recognised:
    fitting = [kind for kind in wanted.kinds if _fits(reader, kind)]
    if not fitting:
        raise _unknown(path, reader, wanted)
    best = max(fitting, key=lambda kind: len(kind.columns.intersection(reader.columns)))
    if said := wanted.said_of(best):
        content = _with(content, said)
    kind = wanted.read_as(best, _name(path, reader))
    found = Recognised(path, content, kind, reader, _day_of(path) if kind.is_daily else None)
    for missing in found.missing:
        if alike := _alike(missing, found.unused):
            raise _renamed(found, missing, alike)
    return found


def _name(path: Path, reader: Reader) -> str:
    """Return what a file, or a sheet, is called in messages."""
    sheet = f", sheet {shorten(reader.sheet)}" if isinstance(reader, ExcelSheet) else ""
    return f"{printable(path)}{sheet}"


def _with(content: Fingerprint, said: str) -> Fingerprint:
    """Return what makes a content another one: the sheet of a workbook, or how it was said to be read."""
    whole = f"{content.sha256} {said}".encode()
    return replace(content, sha256=hashlib.sha256(whole).hexdigest())


def _day_of(path: Path) -> date:
    """Return the day in the name of a file that holds one."""
    day = day_in_name(path.name)
    if day is None:
        message = f"{printable(path)} holds one day, but its name doesn't tell which"
        raise InputError(message, "name it by its day, as 20220401.json, and give it again")
    return day


def _alike(missing: str, unused: Sequence[str]) -> str | None:
    """Return the name that most looks like a missing one, but for case, spaces, ``_`` and ``-``."""
    letters = {_letters(name): name for name in unused}
    close = get_close_matches(_letters(missing), letters, n=1, cutoff=LIKENESS)
    return letters[close[0]] if close else None


def _letters(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).casefold()


def _open(path: Path, delimiter: str | None) -> Reader:
    with path.open("rb") as stream:
        start = stream.read(START_BYTES)
    if start.startswith(b"PAR1"):
        return ParquetFile(path)
    text = start.decode(json.detect_encoding(start), "replace").lstrip()
    if text.startswith("{") and is_json_lines(path):
        return JsonLinesFile(path)
    return JsonFile(path) if text.startswith(("{", "[")) else CsvFile(path, delimiter)


def _fits(reader: Reader, kind: Kind) -> bool:
    if isinstance(reader, JsonFile) != bool(kind.groups):
        return False
    if isinstance(reader, JsonFile) and not set(reader.groups) & set(kind.groups):
        return False
    return kind.required_columns <= set(reader.columns)


def _nearness(kind: Kind, columns: set[str]) -> tuple[int, int, int]:
    """Return how much of a kind a file has: more of its columns, then fewer that lack, then fewer in all."""
    lacking = kind.required_columns - columns
    return len(kind.columns & columns), -len(lacking), -len(kind.columns)


def _renamed(file: Recognised, missing: str, alike: str) -> InputError:
    """Return the refusal of a file that has a column under another name: its values would be lost."""
    alike = shorten(alike)
    message = f"{file.name} looks like {file.kind.name}, but has no column {missing}"
    advice = f"rename its column {alike} to {missing}, or take it out if it is something else"
    return InputError(message, advice, path=printable(file.path), columns=list(file.reader.columns))


def _unknown(path: Path, reader: Reader, wanted: Wanted) -> InputError:
    columns = set(reader.columns)
    nearest = max(wanted.kinds, key=lambda kind: _nearness(kind, columns))
    found = shorten(", ".join(reader.columns), characters=300)
    what = f"not {nearest.name}" if wanted.is_said else "of no kind that svp understands"
    message = f"{_name(path, reader)} is {what}; its columns are {found}"
    missing = sorted(nearest.required_columns - columns)
    if missing and wanted.is_said:
        advice = f"{nearest.name} also needs the column {', '.join(missing)}"
    elif not nearest.columns & columns or not missing:
        kinds = ", ".join(sorted({kind.source for kind in KINDS}))
        advice = f"expected a file of one of these sets: {kinds}; see docs/kinds for their columns"
    else:
        advice = f"nearest is {nearest.name}, which also needs the column {', '.join(missing)}"
    return InputError(message, advice, path=printable(path), columns=list(reader.columns))
