"""Which kind a file is, told from its content."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from loaders.batches import MAX_LATE_NAMES
from loaders.contract import check, refuse_other_order
from loaders.days import ALL_DAYS, Days
from loaders.files import (
    DataFile,
    Fingerprint,
    Options,
    day_in_name,
    fingerprint,
    fingerprints,
    printable,
    refuse_if_changed,
    unreadable,
)
from loaders.folders import LeftOut, list_files
from loaders.kinds import KINDS
from loaders.readers import (
    CsvFile,
    ExcelSheet,
    JsonArrayFile,
    JsonFile,
    JsonLinesFile,
    ParquetFile,
    Reader,
    is_json_array,
    is_json_lines,
    is_workbook,
    list_sheets,
)
from loaders.readers.text import START_BYTES, encoding_of
from loaders.strangers import may_be_data
from loaders.wanted import Wanted
from svp.core.progress import SILENT
from svp.core.workers import in_order
from svp.errors import InputError, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from loaders.batches import Batch
    from loaders.contract import Checked, Kind
    from loaders.folders import Listing
    from svp.core.progress import Progress

__all__ = ["Delivery", "Recognised", "read_as", "recognise", "recognise_all", "recognise_delivery"]

ANYTHING = Wanted()

EXPECTED = "docs/kinds has what svp understands, docs/maps.md how to load any other table"

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
    said: Mapping[str, str] = field(default_factory=dict)
    """What was said of how it is to be read, where that changes what it means: ``zone``, ``map``, ``encoding``."""

    @property
    def path(self) -> Path:
        """What the file is called."""
        return self.file.path

    @property
    def place(self) -> Path:
        """What the ledger calls it: its path, and the sheet of a workbook."""
        return Path(_with_sheet(str(self.path), self.reader))

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
        return self.kind.missing_from(self.reader.columns)

    @property
    def unused(self) -> tuple[str, ...]:
        """Columns of the file that the kind doesn't know: nothing becomes of them."""
        known = self.kind.explained
        return tuple(name for name in self.reader.columns if name not in known)

    def has_others(self, batch: Batch) -> bool:
        """Tell whether some of its rows may have columns that quarantine doesn't keep."""
        return bool({*self.reader.columns, *batch.late_names} - self.kind.kept_columns)

    @property
    def seen(self) -> str:
        """Where its columns were looked for."""
        rows = self.reader.seen_rows
        return "every row" if rows is None else f"its first {rows:,} rows"

    @property
    def name(self) -> str:
        """What it is called in messages."""
        return _name(self.file, self.reader)

    @property
    def short_name(self) -> str:
        """What it is called where its folder goes without saying."""
        return _with_sheet(shorten(self.path.name), self.reader)

    def judge(self, batch: Batch, *, is_first: bool = False) -> Checked:
        """Return its contract's judgement of some of its rows; the first of them tell more of the whole file.

        Raises:
            InputError: a value leaves open what the whole file means.
        """
        with self._named():
            checked = check(batch, self.kind)
            if is_first:
                refuse_other_order(checked, self.kind)
            return checked

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Let an error say of which file it is."""
        try:
            yield
        except InputError as error:
            message = f"{self.name}, {error.message}"
            raise InputError(message, error.advice) from error

    def remarks(self, rejected: Mapping[str, int], late_names: Mapping[str, int]) -> Iterator[str]:
        """Yield what is to be said of rows that were read: rejected ones by code, and columns that came late."""
        yield from filter(None, (self._doubt(rejected), self._drift(late_names)))

    def _doubt(self, rejected: Mapping[str, int]) -> str | None:
        """Return what is to be said of rows that are no text, counted by code, if nothing tells the file's encoding."""
        rows = rejected.get("not_text", 0)
        if not rows or encoding_of(self.file).is_told:
            return None
        noun, verb = ("row", "is") if rows == 1 else ("rows", "are")
        return (
            f"{self.short_name}: {rows:,} {noun} {verb} not UTF-8, and rejected; if the file is in another encoding,"
            " give it again and say which, as --encoding cp1252"
        )

    def _drift(self, late_names: Mapping[str, int]) -> str | None:
        """Return what is to be said of columns that come only after its first rows, and that the kind doesn't know."""
        known = self.kind.explained
        first = [
            f"{shorten(name)} (first in {line:,})"
            for name, line in late_names.items()
            if name not in known
        ]
        more = ["…"] if len(late_names) == MAX_LATE_NAMES else []
        told = f"{self.short_name}: {', '.join(first + more)} not used; {self.seen} don't name them"
        return told if first else None

    def judged(self) -> Iterator[tuple[Batch, Checked]]:
        """Yield its rows with their judgement, which is made ahead.

        Raises:
            InputError: the file is damaged, or gone, or a value leaves open what it means.
        """

        def judge(numbered: tuple[int, Batch]) -> tuple[Batch, Checked]:
            number, batch = numbered
            return batch, self.judge(batch, is_first=number == 0)

        yield from in_order(judge, enumerate(self.batches()))

    def batches(self, *, also: Collection[str] = ()) -> Iterator[Batch]:
        """Yield its rows, with the columns of its kind at least, and ``also``.

        Raises:
            InputError: the file is damaged, or gone.
        """
        try:
            yield from self.reader.batches(self.kind.columns.union(also))
        except OSError as error:
            unreadable(error, self.path)

    def refuse_if_changed(self) -> None:
        """Raise InputError if somebody wrote to the file since it was recognised."""
        refuse_if_changed(self.file, self.content)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was given, as far as it can be loaded, and what was left out."""

    files: tuple[Recognised, ...]
    left_out: tuple[LeftOut, ...] = ()


def recognise_all(
    given: Iterable[Path | DataFile],
    wanted: Wanted = ANYTHING,
    *,
    options: Options | None = None,
    days: Days = ALL_DAYS,
) -> tuple[Recognised, ...]:
    """Return the files of a delivery; see ``recognise_delivery``."""
    return recognise_delivery(given, wanted, options=options, days=days).files


def recognise_delivery(
    given: Iterable[Path | DataFile],
    wanted: Wanted = ANYTHING,
    *,
    options: Options | None = None,
    days: Days = ALL_DAYS,
    progress: Progress = SILENT,
) -> Delivery:
    """Return every file of what was given, folders and archives looked through, parents before children.

    Args:
        given: files, folders and patterns.
        wanted: which kinds they may be, and how they are to be read.
        options: what was said of all files.
        days: which days of daily files are wanted.
        progress: told of files and bytes.

    Raises:
        InputError: a path is missing, a file that was named is of no known kind, one of a folder looks like data and
            has a fault, a folder holds nothing else, or no file is of a day that is wanted.
        UsageError: a file names no zone, and none was said.
    """
    listing = list_files(given, options)
    files = [file for file in listing.files if not _is_of_other_day(file, days, wanted)]
    seen = list(_look_at_all(files, wanted, progress))
    looked_at = [one for one in seen if isinstance(one, Recognised)]
    listing.left_out.extend(one for one in seen if isinstance(one, LeftOut))
    if not looked_at and len(files) < len(listing.files):
        message = f"no file is of a day in {days}"
        raise InputError(message, "check --from and --to")
    with_data = set(listing.files).difference(files).union(one.file for one in looked_at)
    _refuse_without_data(listing, {file.found_in for file in with_data})
    order = {kind.name: number for number, kind in enumerate((*KINDS, *wanted.kinds))}
    found = sorted(looked_at, key=lambda file: (order[file.kind.name], file.path))
    try:
        return Delivery(tuple(_hash_all(found, progress)), tuple(listing.left_out))
    except OSError as error:
        unreadable(error)


def _refuse_without_data(listing: Listing, filled: Collection[Path | None]) -> None:
    """Raise InputError for a folder or an archive that was given and is not one of those with data in it."""
    for path, files in listing.looked_through.items():
        if path not in filled:
            found = "1 file" if files == 1 else f"{files} files"
            message = f"{printable(path)} holds no file that svp understands; it has {found}"
            reasons = [one.reason for one in listing.left_out if one.path.is_relative_to(path)]
            raise InputError(message, "; ".join((*reasons[:1], EXPECTED)))


def _look_at_all(
    files: Sequence[DataFile], wanted: Wanted, progress: Progress
) -> Iterator[Recognised | LeftOut]:
    """Yield what each file is, told by its beginning and not hashed yet, or why it is left out."""
    if not files:
        return
    with progress.task("recognised", total=len(files), unit="files") as task:
        for file in files:
            try:
                yield from _look_at(file, wanted)
            except OSError as error:
                unreadable(error, file.path)
            task.advance(1)


def _look_at(file: DataFile, wanted: Wanted) -> Iterator[Recognised | LeftOut]:
    """Yield what a file is, or what each sheet of a workbook is."""
    status = file.status
    for opened in _parts(file, wanted):
        try:
            reader = opened()
            kind = _kind_of(file, reader, wanted)
        except InputError as fault:
            if file.found_in is None or may_be_data(file, fault, wanted.kinds):
                raise
            yield LeftOut(file.path, fault.message, fault.advice)
        else:
            yield _recognised(file, status, reader, kind, wanted)


def _parts(file: DataFile, wanted: Wanted) -> Iterator[Callable[[], Reader]]:
    """Yield what opens a file, or each sheet of a workbook."""
    if is_workbook(file):
        yield from (partial(ExcelSheet, file, sheet) for sheet in list_sheets(file))
    else:
        yield partial(_open, file, wanted.delimiter)


def recognise(given: DataFile | Path, wanted: Wanted = ANYTHING) -> Recognised:
    """Return what a file is, of the kinds that are wanted.

    Raises:
        InputError: it is empty, damaged, of no known kind, a column looks renamed, or it holds a day and its name
            doesn't tell which; the message says what was expected and found.
        UsageError: it names no zone, and none was said.
    """
    file = given if isinstance(given, DataFile) else DataFile(given)
    try:
        status, reader = file.status, _open(file, wanted.delimiter)
        found = _recognised(file, status, reader, _kind_of(file, reader, wanted), wanted)
        (hashed,) = _hash_all([found])
    except OSError as error:
        unreadable(error, file.path)
    return hashed


def _recognised(
    file: DataFile, status: tuple[int, int], reader: Reader, fitting: Kind, wanted: Wanted
) -> Recognised:
    """Return a file that is of a kind, not hashed yet; ``status`` is what it was before it was opened.

    Raises:
        InputError: a column looks renamed, or it holds a day and its name doesn't tell which.
        UsageError: it names no zone, and none was said.
    """
    said = wanted.said_of(fitting)
    if encoding := _encoding_said(file, reader):
        said["encoding"] = encoding
    kind = wanted.read_as(fitting, _name(file, reader))
    day = _day_of(file) if kind.is_daily else None
    found = Recognised(file, Fingerprint("", 0, status), kind, reader, day, said)
    for missing in found.missing:
        if alike := _alike(missing, found.unused):
            raise _renamed(found, missing, alike)
    return found


def _hash_all(files: Sequence[Recognised], progress: Progress = SILENT) -> Iterator[Recognised]:
    """Yield files with what makes their content that content; all sheets of a workbook are hashed at once."""
    statuses = {each.file: each.content.status for each in files}
    if not statuses:
        return
    total = sum(file.size for file in statuses)
    with progress.task("hashed", total=total, unit="bytes") as task:
        contents = fingerprints(statuses, task)
    yield from (replace(each, content=_content_of(each, contents[each.file])) for each in files)


def _content_of(file: Recognised, content: Fingerprint) -> Fingerprint:
    """Return what makes a file that content: its bytes, and all that was said of what they mean."""
    said = {**file.said}
    encoding = said.pop("encoding", None)
    sheet = file.reader.facts.get("sheet")
    for one in filter(None, (sheet, " ".join(said.values()), encoding)):
        content = content.also(one)
    return content


def read_as(file: DataFile, kind: Kind) -> Recognised:
    """Return a file that is taken for a kind, whatever its columns are.

    Raises:
        InputError: it is empty, damaged or missing.
    """
    try:
        return Recognised(file, fingerprint(file), kind, _open(file))
    except OSError as error:
        unreadable(error, file.path)


def _is_of_other_day(file: DataFile, days: Days, wanted: Wanted) -> bool:
    """Tell whether a daily file is of a day that is not wanted, without reading more than its beginning.

    One that is empty or damaged there is, by its name: what is wrong with it matters to who wants that day.
    """
    day = day_in_name(file.path.name)
    if day is None or day in days:
        return False
    try:
        if is_workbook(file):
            return False
        return _kind_of(file, _open(file, wanted.delimiter), wanted).is_daily
    except InputError:
        return True
    except OSError as error:
        unreadable(error, file.path)


def _name(file: DataFile, reader: Reader) -> str:
    """Return what a file, or a sheet, is called in messages."""
    return _with_sheet(file.name, reader)


def _with_sheet(name: str, reader: Reader) -> str:
    sheet = reader.facts.get("sheet")
    return f"{name}, sheet {shorten(sheet)}" if sheet else name


def _encoding_said(file: DataFile, reader: Reader) -> str | None:
    """Return the encoding that was said of a file, if its text is read in it and not in what it would be else."""
    read_as = reader.facts.get("encoding")
    unsaid = encoding_of(replace(file, options=replace(file.options, encoding=None)))
    return read_as if file.options.encoding and read_as not in {None, unsaid.title} else None


def _kind_of(file: DataFile, reader: Reader, wanted: Wanted) -> Kind:
    """Return the kind that knows most of a file's columns."""
    fitting = [kind for kind in wanted.kinds if _fits(reader, kind)]
    if not fitting:
        raise _unknown(file, reader, wanted)
    best = max(fitting, key=lambda kind: len(kind.columns.intersection(reader.columns)))
    if not wanted.is_said and _is_rather_another(best, reader, wanted):
        raise _unknown(file, reader, wanted)
    return best


def _is_rather_another(kind: Kind, reader: Reader, wanted: Wanted) -> bool:
    """Tell whether most columns are none of the kind's, and another one that lacks something explains most of them."""
    columns = set(reader.columns)
    if 2 * len(kind.explained & columns) >= len(columns):
        return False
    return any(2 * len(other.explained & columns) > len(columns) for other in wanted.kinds)


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


def _open(file: DataFile, delimiter: str | None = None) -> Reader:
    start = file.start(START_BYTES)
    if start.startswith(b"PAR1"):
        return ParquetFile(file)
    text = start.decode(encoding_of(file, is_json=True).name, "replace").lstrip()
    if not text.startswith(("{", "[")):
        return CsvFile(file, delimiter)
    if is_json_array(file):
        return JsonArrayFile(file)
    return JsonLinesFile(file) if is_json_lines(file) else JsonFile(file)


def _fits(reader: Reader, kind: Kind) -> bool:
    if bool(reader.groups) != bool(kind.groups):
        return False
    if reader.groups and not set(reader.groups) & set(kind.groups):
        return False
    return kind.required_columns <= set(reader.columns)


def _nearness(kind: Kind, columns: set[str]) -> tuple[int, int, int]:
    """Return how much of a kind a file has: more of its columns, then fewer that lack, then fewer in all."""
    lacking = kind.required_columns - columns
    return len(kind.columns & columns), -len(lacking), -len(kind.columns)


def _renamed(file: Recognised, missing: str, alike: str) -> InputError:
    """Return the refusal of a file that has a column under another name: its values would be lost."""
    alike = shorten(alike)
    where = f" in {file.seen}" if file.reader.seen_rows else ""
    message = f"{file.name} looks like {file.kind.name}, but has no column {missing}{where}"
    advice = f"rename its column {alike} to {missing}, or take it out if it is something else"
    return InputError(message, advice, path=file.file.name, columns=list(file.reader.columns))


def _unknown(file: DataFile, reader: Reader, wanted: Wanted) -> InputError:
    columns = set(reader.columns)
    nearest = max(wanted.kinds, key=lambda kind: _nearness(kind, columns))
    found = shorten(", ".join(reader.columns) or "none", characters=300)
    what = f"not {nearest.name}" if wanted.is_said else "of no kind that svp understands"
    message = f"{_name(file, reader)} is {what}; its columns are {found}"
    missing = sorted(nearest.required_columns - columns)
    if missing and wanted.is_said:
        advice = f"{nearest.name} also needs the column {', '.join(missing)}"
    elif not nearest.columns & columns or not missing:
        kinds = ", ".join(sorted({kind.source for kind in KINDS}))
        advice = (
            f"expected a file of one of these sets: {kinds}; see docs/kinds for their columns, and docs/maps.md"
            " for files of any other shape"
        )
    else:
        advice = f"nearest is {nearest.name}, which also needs the column {', '.join(missing)}"
    return InputError(message, advice, path=file.name, columns=list(reader.columns))
