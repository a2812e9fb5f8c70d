"""Marts as workbooks of Excel: one sheet, written row by row, in which text is never a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from svp.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from types import ModuleType
    from typing import BinaryIO

__all__ = ["MOST_ROWS", "check_excel", "write_excel"]

MOST_ROWS = 1_048_576 - 1
"""Rows that a sheet holds under its header."""

SHEET = "Mart"
COLUMN_WIDTH = 16
DAY_FORMAT, INSTANT_FORMAT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"


def check_excel(row_count: int) -> None:
    """Raise UsageError unless so many rows fit a sheet, and the package that writes it is installed."""
    _package()
    if row_count > MOST_ROWS:
        message = f"these are {row_count:,} rows, and a sheet of Excel holds {MOST_ROWS:,}"
        raise UsageError(message, "choose fewer days by --from and --to, or write .csv or .parquet")


def write_excel(
    schema: pa.Schema, batches: Iterable[Sequence[Sequence[Any]]], file: BinaryIO
) -> int:
    """Write one sheet: the header frozen, a filter over all columns; return the number of rows.

    Dates are dates and numbers numbers, of which Excel keeps 15 digits. One row is in memory at a time.
    """
    last_column = len(schema.names) - 1
    with _package().Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet(SHEET)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, last_column, COLUMN_WIDTH)
        sheet.write_row(0, 0, schema.names, book.add_format({"bold": True}))
        count = _write_rows(batches, _cell_writers(schema, book, sheet))
        sheet.autofilter(0, 0, count, last_column)
    return count


def _write_rows(
    batches: Iterable[Sequence[Sequence[Any]]], writers: Sequence[Callable[[int, Any], object]]
) -> int:
    count = 0
    for batch in batches:
        for row in batch:
            count += 1
            for write, value in zip(writers, row, strict=True):
                if value is not None:
                    write(count, value)
    return count


def _cell_writers(schema: pa.Schema, book: Any, sheet: Any) -> list[Callable[[int, Any], object]]:
    """Return what writes a value of each column into a row, by the column's type."""
    day = book.add_format({"num_format": DAY_FORMAT})
    instant = book.add_format({"num_format": INSTANT_FORMAT})

    def writer(position: int, kind: pa.DataType) -> Callable[[int, Any], object]:
        if pa.types.is_string(kind):
            return lambda row, text: sheet.write_string(row, position, text)
        if pa.types.is_date(kind):
            return lambda row, on: sheet.write_datetime(row, position, on, day)
        if pa.types.is_timestamp(kind):
            return lambda row, at: sheet.write_datetime(row, position, at, instant)
        return lambda row, number: sheet.write_number(row, position, number)

    return [writer(position, field.type) for position, field in enumerate(schema)]


def _package() -> ModuleType:
    try:
        import xlsxwriter  # noqa: PLC0415  (an extra)
    except ImportError as error:
        message = "writing .xlsx needs the package xlsxwriter, which is not installed"
        raise UsageError(message, "install svp with its extra 'excel', or write .csv") from error
    module: ModuleType = xlsxwriter
    return module
