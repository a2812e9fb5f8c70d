"""Marts as files: CSV and Excel for spreadsheets, Parquet for programs; a batch of rows in memory at a time."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from svp.core.exports import defused, new_file
from svp.core.sqlfiles import quote_mysql, read_sql
from svp.errors import UsageError, shorten
from warehouse.connections import execute, fetch, stream
from warehouse.mart_sheets import check_excel, write_excel
from warehouse.reading import (
    check_as_of,
    find_mart,
    newest_first,
    open_marts,
    rows_as_of,
    shown_columns,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from svp.core.mysql import Connection
    from svp.settings import Settings
    from warehouse.connections import Row

__all__ = ["Selection", "export_mart"]

BATCH_ROWS = 20_000

DAY_COLUMN = "date_key"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which part of a mart; all of it by default."""

    columns: tuple[str, ...] = ()
    """In this order; none for all."""
    first_day: date | None = None
    last_day: date | None = None
    """Of ``date_key``; that of a month is its first day."""
    as_of: date | None = None
    """The day as of which it is told; that of each row by default."""


def export_mart(
    settings: Settings,
    name: str,
    path: Path,
    *,
    selection: Selection,
    keep_formulas: bool = False,
    is_marked: bool = False,
) -> int:
    """Write a mart to a new .csv, .xlsx or .parquet, the newest rows first; return how many.

    Text that a spreadsheet would take for a formula gets an apostrophe before it in a CSV, unless ``keep_formulas``;
    in a workbook text is text. A CSV is UTF-8, and begins with a byte order mark if ``is_marked``. A file that could
    not be written whole is removed.

    Raises:
        UsageError: there is no such mart, column or day in it, the file is there or has another ending, or Excel can't
            hold so many rows.
        SchemaError: there is no warehouse, or it is older or newer than the program.
    """
    mart = find_mart(name).name
    writers: dict[str, Callable[[pa.Schema, Iterable[list[Row]], BinaryIO], int]] = {
        ".csv": partial(
            _write_csv,
            keep_formulas=keep_formulas,
            encoding="utf-8-sig" if is_marked else "utf-8",
        ),
        ".xlsx": write_excel,
        ".parquet": _write_parquet,
    }
    write = writers.get(path.suffix.lower())
    if write is None:
        message = f"{shorten(path)} is none of .csv, .xlsx and .parquet"
        raise UsageError(message, "the ending of the file says what is written")
    if selection.as_of:
        check_as_of(mart)
    with open_marts(settings) as connection:
        fields = _fields(connection, mart, selection)
        schema = _schema(mart, fields, selection)
        if write is write_excel:
            check_excel(_count(connection, mart, selection))
        with new_file(path) as file:
            rows = _rows(connection, mart, list(fields), schema.names, selection)
            return write(schema, iter(lambda: list(islice(rows, BATCH_ROWS)), []), file)


def _fields(connection: Connection, mart: str, selection: Selection) -> dict[str, pa.Field[Any]]:
    """Return the columns that there are to choose from, with their types."""
    execute(connection, "SET @svp_view = %s", (mart,))
    rows = fetch(connection, read_sql("warehouse.queries", "mart_columns"))
    fields = {name: pa.field(name, _arrow_type(*kind)) for name, *kind in rows}
    names = shown_columns(list(fields)) if selection.as_of else fields
    return {name: fields[name] for name in names}


def _schema(mart: str, fields: dict[str, pa.Field[Any]], selection: Selection) -> pa.Schema:
    """Return the chosen columns with their types."""
    unknown = [name for name in selection.columns if name not in fields]
    if unknown:
        message = f"the mart has no column {shorten(unknown[0])!r}"
        raise UsageError(message, f"its columns are {', '.join(fields)}")
    if (selection.first_day or selection.last_day) and DAY_COLUMN not in fields:
        message = f"the mart {mart} has no days to choose from"
        raise UsageError(message, "leave out --from and --to")
    return pa.schema([fields[name] for name in selection.columns or fields])


def _arrow_type(kind: str, precision: int, scale: int) -> pa.DataType:
    types: dict[str, pa.DataType] = {
        "int": pa.int32(),
        "smallint": pa.int16(),
        "date": pa.date32(),
        "datetime": pa.timestamp("us"),
        "varchar": pa.string(),
    }
    if kind == "decimal":
        return pa.decimal128(precision, scale)
    return types[kind]


def _count(connection: Connection, mart: str, selection: Selection) -> int:
    if selection.as_of:
        return sum(1 for _ in rows_as_of(connection, mart, selection.as_of))
    condition, values = _condition(selection)
    query = f"SELECT count(*) FROM {quote_mysql(mart)} WHERE {condition}"  # noqa: S608  (quoted)
    ((count,),) = fetch(connection, query, values)
    return int(count)


def _rows(
    connection: Connection, mart: str, fields: list[str], names: list[str], selection: Selection
) -> Iterator[Row]:
    if selection.as_of:
        places = [fields.index(name) for name in names]
        for row in rows_as_of(connection, mart, selection.as_of):
            yield tuple(row[place] for place in places)
        return
    columns = ", ".join(map(quote_mysql, names))
    condition, values = _condition(selection)
    query = f"SELECT {columns} FROM {quote_mysql(mart)} WHERE {condition} ORDER BY {newest_first(names)}"  # noqa: S608  (quoted)
    yield from stream(connection, query, values)


def _condition(selection: Selection) -> tuple[str, tuple[int, ...]]:
    """Return the rows of a selection as a condition, and the values to bind to it."""
    key = quote_mysql(DAY_COLUMN)
    bounds = ((f"{key} >= %s", selection.first_day), (f"{key} <= %s", selection.last_day))
    chosen = [(condition, int(f"{day:%Y%m%d}")) for condition, day in bounds if day]
    where = " AND ".join(condition for condition, _ in chosen) or "TRUE"
    return where, tuple(day_key for _, day_key in chosen)


def _write_csv(
    schema: pa.Schema,
    batches: Iterable[list[Row]],
    file: BinaryIO,
    *,
    keep_formulas: bool,
    encoding: str,
) -> int:
    text = io.TextIOWrapper(file, encoding=encoding, newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(schema.names)
    count = 0
    for batch in batches:
        writer.writerows(batch if keep_formulas else _defused_rows(batch))
        count += len(batch)
    text.detach()
    return count


def _defused_rows(rows: Sequence[Row]) -> list[Row]:
    return [tuple(map(defused, row)) for row in rows]


def _write_parquet(schema: pa.Schema, batches: Iterable[list[Row]], file: BinaryIO) -> int:
    count = 0
    with pq.ParquetWriter(file, schema) as writer:
        for batch in batches:
            columns = [
                pa.array(values, field.type)
                for values, field in zip(zip(*batch, strict=True), schema, strict=True)
            ]
            writer.write_batch(pa.record_batch(columns, schema=schema))
            count += len(batch)
    return count
