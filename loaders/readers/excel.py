"""Excel workbooks: each sheet is a file of its own, whose first row with anything in it names the columns."""

from __future__ import annotations

import json
import zipfile
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from loaders.batches import Batch, Refusal, in_batches
from svp.errors import InputError, UsageError, shorten

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from types import ModuleType

    from loaders.files import DataFile

__all__ = ["ExcelSheet", "is_workbook", "list_sheets"]

WORKBOOK = "xl/workbook.xml"
"""The part that makes a zip archive a workbook."""

ZIP_START = b"PK\x03\x04"

MAX_WORKBOOK_BYTES = 224 * 1024 * 1024
"""Of all parts, unpacked: a sheet is held in memory, where it takes up to twice as much; svp stays below 700 MB."""


class Row(NamedTuple):
    """One row of the sheet."""

    line: int
    """As Excel counts, from 1."""
    cells: list[Any]

    @property
    def text(self) -> str:
        """The row for people, as JSON."""
        return json.dumps([_as_text(cell) for cell in self.cells], ensure_ascii=False)


class ExcelSheet:
    """A sheet; days and instants are what Excel says they are, whatever its cells look like."""

    format = "Excel"
    seen_rows = None
    groups = ()
    facts: Mapping[str, str]

    def __init__(self, file: DataFile, sheet: str) -> None:
        """Read the header.

        Raises:
            InputError: the sheet names a column twice, or the workbook is damaged.
            UsageError: the package that reads workbooks is not installed.
        """
        self._file, self._sheet = file, sheet
        self._name = f"{file.name}, sheet {shorten(sheet)}"
        self.facts = {"sheet": sheet}
        header = next(self._rows(), Row(0, []))
        self._header_row = header.line
        self._names = _names(header)
        self.columns = tuple(filter(None, self._names))
        repeated = sorted({name for name in self.columns if self.columns.count(name) > 1})
        if repeated:
            message = f"{self._name}: the header names {shorten(repeated[0])!r} more than once"
            raise InputError(
                message, "each column needs a name of its own", columns=list(self.columns)
            )

    def batches(self, columns: Collection[str] | None = None) -> Iterator[Batch]:
        """Yield the rows below the header, in order; blank ones, which a sheet does not really have, left out."""
        del columns
        rows = (row for row in self._rows() if row.line > self._header_row)
        yield from map(self._batch, in_batches(rows))

    def _rows(self) -> Iterator[Row]:
        """Yield the rows that have anything in them."""
        with _workbook(self._file) as workbook:
            sheet = workbook.get_sheet_by_name(self._sheet)
            for line, cells in enumerate(sheet.iter_rows(), start=1):
                if any(cell != "" for cell in cells):
                    yield Row(line, cells)

    def _batch(self, rows: Sequence[Row]) -> Batch:
        wide = [row for row in rows if self._is_wider(row)]
        narrow = [row for row in rows if not self._is_wider(row)]
        kept = [row for row in narrow if _names(row) != self._names]
        arrays = [
            pa.array(_texts([row.cells[position] for row in kept]), pa.string())
            for position, name in enumerate(self._names)
            if name
        ]
        return Batch(
            rows=pa.RecordBatch.from_arrays(arrays, names=list(self.columns)),
            lines=pa.array([row.line for row in kept], pa.int64()),
            row_text=lambda row: kept[row].text,
            refusals=tuple(Refusal(row.line, "wrong_width", row.text) for row in wide),
            skipped_rows=len(narrow) - len(kept),
        )

    def _is_wider(self, row: Row) -> bool:
        """Tell whether a row has something where the header names no column."""
        return any(
            cell != "" and not name for cell, name in zip(row.cells, self._names, strict=True)
        )


def _names(header: Row) -> list[str]:
    """Return the name of each column; empty for one without."""
    return [(_as_text(cell) or "").strip() for cell in header.cells]


def is_workbook(file: DataFile) -> bool:
    """Tell whether a file is a workbook of Excel, by its content."""
    if file.start(len(ZIP_START)) != ZIP_START:
        return False
    try:
        with file.open_seekable() as stream, zipfile.ZipFile(stream) as parts:
            return WORKBOOK in parts.namelist()
    except (zipfile.BadZipFile, UnicodeDecodeError, ValueError):
        return False


def list_sheets(file: DataFile) -> list[str]:
    """Return the names of the sheets that hold anything, in their order.

    Raises:
        InputError: it is damaged, or larger than can be held.
        UsageError: the package that reads workbooks is not installed.
    """
    with file.open_seekable() as stream, zipfile.ZipFile(stream) as parts:
        unpacked_bytes = sum(part.file_size for part in parts.infolist())
    if unpacked_bytes > MAX_WORKBOOK_BYTES:
        message = f"{file.name} holds more than {MAX_WORKBOOK_BYTES // 1024**2} MB"
        raise InputError(message, "save its sheets as CSV, and give those")
    with _workbook(file) as workbook:
        return [name for name in workbook.sheet_names if workbook.get_sheet_by_name(name).start]


@contextmanager
def _workbook(file: DataFile) -> Iterator[Any]:
    """Open a workbook; what is damaged in it shows only where it is read."""
    package = _package()
    try:
        with file.open_seekable() as stream:
            yield package.CalamineWorkbook.from_filelike(stream)
    except package.PasswordError as error:
        message = f"{file.name} is protected by a password"
        raise InputError(message, "save it without one, and give that") from error
    except (package.CalamineError, OSError) as error:
        message = f"{file.name} is not a whole workbook: {shorten(error)}"
        raise InputError(message, "it may be cut off: write or copy it again") from error


def _package() -> ModuleType:
    try:
        import python_calamine  # noqa: PLC0415  (an extra)
    except ImportError as error:
        message = "reading .xlsx needs the package python-calamine, which is not installed"
        advice = "install svp with its extra 'excel', or save each sheet as CSV and give that"
        raise UsageError(message, advice) from error
    module: ModuleType = python_calamine
    return module


def _texts(cells: Sequence[Any]) -> list[str | None]:
    """Return a column as text; a midnight that Excel shows as a day is an instant where its neighbours are."""
    if any(isinstance(cell, datetime) for cell in cells):
        cells = [
            datetime.combine(cell, time())
            if isinstance(cell, date) and not isinstance(cell, datetime)
            else cell
            for cell in cells
        ]
    return [_as_text(cell) for cell in cells]


def _as_text(cell: object) -> str | None:
    """Return a cell as its parser reads it; whole numbers, which Excel holds as all others, without a point."""
    if cell == "" or cell is None:
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() else repr(cell)
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell.total_seconds()) if isinstance(cell, timedelta) else str(cell)
