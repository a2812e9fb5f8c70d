"""Rows as text: what is read back is what was written, whatever is in it."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from svp.generate.output import formats
from svp.generate.output.formats import csv_header, csv_lines, json_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

NASTY = [
    "plain",
    "",
    None,
    'a "quoted" word',
    "comma, and more",
    "back\\slash",
    '\\"',
    "line\nbreak",
    "\r\n",
    "".join(map(chr, range(32))),
    "emoji 🎬 and é",
    "\u2028 and \u2029",
    " spaces around ",
    "[1,2]",
    "null",
]
"""What breaks a careless writer."""


def batch_of(values: Sequence[object], type_: pa.DataType) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array(values, type_)], names=["value"])


def json_values(batch: pa.RecordBatch) -> list[object]:
    return [json.loads(line)["value"] for line in json_lines(batch).decode().splitlines()]


def csv_fields(batch: pa.RecordBatch) -> list[list[str]]:
    return list(csv.reader(io.StringIO(csv_lines(batch).decode(), newline="")))


def test_json_texts_read_back() -> None:
    batch = batch_of(NASTY, pa.string())
    lines = json_lines(batch).decode().split("\n")
    assert [json.loads(line)["value"] for line in lines[:-1]] == NASTY
    assert lines[-1] == ""


def test_csv_texts_read_back() -> None:
    batch = batch_of(NASTY, pa.string())
    assert csv_fields(batch) == [[text or ""] if text is not None else [] for text in NASTY]


def test_csv_tells_an_empty_text_from_null() -> None:
    assert csv_lines(batch_of(["", None], pa.string())) == b'""\n\n'


def test_csv_quotes_only_what_needs_it() -> None:
    assert csv_lines(batch_of(["a b", "a,b"], pa.string())) == b'a b\n"a,b"\n'


@pytest.mark.parametrize(
    ("value", "type_", "written"),
    [
        (True, pa.bool_(), "true"),
        (False, pa.bool_(), "false"),
        (-5, pa.int16(), "-5"),
        (2**62, pa.int64(), str(2**62)),
        (Decimal("0.00"), pa.decimal128(12, 2), "0.00"),
        (Decimal("-1234567.50"), pa.decimal128(12, 2), "-1234567.50"),
    ],
)
def test_numbers_and_truths_are_plain(value: object, type_: pa.DataType, written: str) -> None:
    batch = batch_of([value, None], type_)
    assert csv_lines(batch).decode() == f"{written}\n\n"
    assert json_lines(batch).decode() == f'{{"value":{written}}}\n{{"value":null}}\n'


@pytest.mark.parametrize(
    ("value", "type_", "written"),
    [
        (date(2025, 1, 31), pa.date32(), "2025-01-31"),
        (date(1969, 12, 31), pa.date32(), "1969-12-31"),
        (
            datetime(2025, 1, 1, 20, 15, 0, 123_000, tzinfo=UTC),
            pa.timestamp("us", tz="UTC"),
            "2025-01-01T20:15:00.123000Z",
        ),
        (
            datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC),
            pa.timestamp("us", tz="UTC"),
            "1969-12-31T23:59:59.000000Z",
        ),
    ],
)
def test_days_and_instants_are_iso(value: object, type_: pa.DataType, written: str) -> None:
    batch = batch_of([value, None], type_)
    assert csv_lines(batch).decode() == f"{written}\n\n"
    assert json_values(batch) == [written, None]


@pytest.mark.parametrize(
    ("lists", "type_"),
    [
        ([["a", 'b"c', "d\\e", None], [], None, ["🎬,"]], pa.list_(pa.string())),
        ([[8, 14], [], None, [-1]], pa.list_(pa.int16())),
    ],
)
def test_lists_are_json_arrays(lists: list[object], type_: pa.DataType) -> None:
    batch = batch_of(lists, type_)
    assert json_values(batch) == lists
    texts = [fields[0] if fields else None for fields in csv_fields(batch)]
    assert [text and json.loads(text) for text in texts] == lists


def test_a_slice_of_rows_is_written_as_just_these_rows() -> None:
    columns = [pa.array(NASTY, pa.string()), pa.array([[text] for text in NASTY])]
    batch = pa.RecordBatch.from_arrays(columns, names=["value", "list"])
    assert json_values(batch.slice(4, 7)) == NASTY[4:11]
    assert [fields[0] for fields in csv_fields(batch.slice(4, 7))] == NASTY[4:11]


def test_rows_beyond_one_slice_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "SLICE_ROWS", 4)
    assert json_values(batch_of(list(range(11)), pa.int32())) == list(range(11))


def test_no_rows_are_no_lines() -> None:
    assert csv_lines(batch_of([], pa.string())) == json_lines(batch_of([], pa.string())) == b""


def test_columns_stand_in_their_order() -> None:
    batch = pa.RecordBatch.from_pydict({"b": [1], "a": ["x"]})
    assert csv_header(batch.schema.names) + csv_lines(batch) == b"b,a\n1,x\n"
    assert json_lines(batch) == b'{"b":1,"a":"x"}\n'
