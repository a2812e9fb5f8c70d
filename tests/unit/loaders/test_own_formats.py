"""The program's own tables as CSV, JSON Lines and Parquet, written here, come back as they were.

These are the rules a writer follows: true and false; days YYYY-MM-DD; instants 2025-01-01T20:15:00.123000Z; decimals
plain; lists as JSON; nothing for null in CSV.
"""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from loaders.canonical import RANGES
from loaders.contract import check
from loaders.recognise import recognise
from svp.model import TABLES, Column, Table
from tests.unit.loaders.builders import own_table, write_json_lines

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from loaders.contract import Checked

Row = dict[str, Any]

WORDS = {"currency": "EUR", "filters": '{"genre": ["Drama"], "kids": false, "q": "a,\\"b\\""}'}
PROSE = ("description", "query_text", "review")
HARD = 'Ünï \u2028, "q"; \'x\' | 東京 🎬 \\n ["a"] {}'


def a_value(table: Table, column: Column) -> object:
    """Return a value that is hard to write."""
    if column.values:
        return column.values[-1]
    if column.name in WORDS:
        return WORDS[column.name]
    least, most = RANGES.get(column.name, (0, 2**15 - 1))
    by_type = {
        pa.string(): f"{HARD}\n\ttwo lines" if column.name in PROSE else HARD,
        pa.list_(pa.string()): ["Drama", 'a "b"', "c|d", "é,;"],
        pa.list_(pa.int16()): [10, 0, 8],
        pa.date32(): date(2024, 2, 29),
        pa.timestamp("us", tz="UTC"): datetime(2025, 1, 1, 20, 15, 0, 123_000, tzinfo=UTC),
        pa.bool_(): False,
    }
    if column.type in by_type:
        return by_type[column.type]
    if isinstance(column.type, pa.Decimal128Type):
        return Decimal(least + most) / 2 + Decimal("0.25")
    return most


def rows_of(table: Table) -> list[Row]:
    """Return a row with every value, and one with those only that it can't do without."""
    full = {column.name: a_value(table, column) for column in table.columns}
    (key,) = table.key
    bare = {
        column.name: ([] if full[column.name].__class__ is list else full[column.name])
        if column.required
        else None
        for column in table.columns
    }
    return [full, bare | {key: "2"}]


def as_text(value: Any) -> str:
    """Return a value as CSV has it."""
    if value is None or isinstance(value, str):
        return value or ""
    written = as_json(value)
    return written if isinstance(written, str) else json.dumps(written, ensure_ascii=False)


def as_json(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def as_csv(folder: Path, table: Table, rows: list[Row]) -> Path:
    path = folder / f"{table.name}.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(table.schema.names)
        writer.writerows([as_text(row[name]) for name in table.schema.names] for row in rows)
    return path


def as_json_lines(folder: Path, table: Table, rows: list[Row]) -> Path:
    written = ({name: as_json(value) for name, value in row.items()} for row in rows)
    return write_json_lines(folder / f"{table.name}.jsonl", written)


def as_parquet(folder: Path, table: Table, rows: list[Row]) -> Path:
    return own_table(folder, table, *rows)


def checked(path: Path, table: Table) -> Checked:
    file = recognise(path)
    assert (file.kind.name, file.missing, file.unused) == (f"platform.{table.name}", (), ())
    (batch,) = file.batches()
    return check(batch, file.kind)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
@pytest.mark.parametrize("write", [as_csv, as_json_lines, as_parquet])
def test_every_table_comes_back_as_it_was_written(
    tmp_path: Path, table: Table, write: Callable[[Path, Table, list[Row]], Path]
) -> None:
    rows = rows_of(table)
    judged = checked(write(tmp_path, table, rows), table)
    assert judged.refusals == ()
    assert judged.accepted.select(table.schema.names).to_pylist() == rows


def test_decimals_are_read_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "users.csv"
    path.write_text(
        "user_id,registered_on,lifetime_watch_hours,is_active,plan,full_name\n1,2024-01-01,0.10,true,,\n"
    )
    (batch,) = recognise(path).batches()
    (row,) = check(batch, recognise(path).kind).accepted.to_pylist()
    assert (row["lifetime_watch_hours"], row["is_active"]) == (Decimal("0.10"), True)


def test_instants_may_have_an_offset_in_place_of_the_letter(tmp_path: Path) -> None:
    path = tmp_path / "search_queries.jsonl"
    search = {"search_id": "1", "user_id": "1", "query_text": "x", "clicked_content_id": None}
    written = "2025-01-01T20:15:00.123456+00:00"
    write_json_lines(path, [search | {"searched_at": written, "filters": None, "result_count": 0}])
    (batch,) = recognise(path).batches()
    (row,) = check(batch, recognise(path).kind).accepted.to_pylist()
    assert row["searched_at"] == datetime.fromisoformat(written)
