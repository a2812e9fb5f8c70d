"""Marts as files: CSV and Excel for spreadsheets, Parquet for programs; a batch of rows in memory at a time."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from svp.core.exports import defused, new_file
from svp.core.mysql import open_connection
from svp.core.sqlfiles import quote_mysql, read_sql
from svp.errors import UsageError, shorten
from warehouse.connections import execute, explained, fetch
from warehouse.mart_sheets import check_excel, write_excel
from warehouse.reading import find_mart, newest_first
from warehouse.store import check_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from svp.core.mysql import Connection
    from svp.settings import Settings

__all__ = ["Selection", "export_mart"]

Row = tuple[Any, ...]

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
    check_tables(settings)
    workspace = settings.workspace
    with (
        open_connection(settings.url("mysql"), workspace.mart_database) as connection,
        explained(),
    ):
        schema = _schema(connection, mart, selection)
        if write is write_excel:
            check_excel(_count(connection, mart, selection))
        with new_file(path) as file:
            return write(schema, _batches(connection, mart, schema, selection), file)


def _schema(connection: Connection, mart: str, selection: Selection) -> pa.Schema:
    """Return the chosen columns with their types."""
    execute(connection, "SET @svp_view = %s", (mart,))
    rows = fetch(connection, read_sql("warehouse.queries", "mart_columns"))
    fields = {name: pa.field(name, _arrow_type(*kind)) for name, *kind in rows}
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
    condition, values = _condition(selection)
    query = f"SELECT count(*) FROM {quote_mysql(mart)} WHERE {condition}"  # noqa: S608  (quoted)
    ((count,),) = fetch(connection, query, values)
    return int(count)


def _batches(
    connection: Connection, mart: str, schema: pa.Schema, selection: Selection
) -> Iterator[list[Row]]:
    columns = ", ".join(map(quote_mysql, schema.names))
    condition, values = _condition(selection)
    order = newest_first(schema.names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM {quote_mysql(mart)} WHERE {condition} ORDER BY {order}",  # noqa: S608  (quoted)
            values,
        )
        while rows := cursor.fetchmany(BATCH_ROWS):
            yield [tuple(row) for row in rows]


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
