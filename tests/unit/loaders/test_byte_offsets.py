"""Refused rows say where they begin in their file: its bytes there are the row."""

from __future__ import annotations

import codecs
import gzip
import json
from typing import TYPE_CHECKING

import pytest

from loaders import batches
from loaders.contract import check
from loaders.files import DataFile, Options
from loaders.readers import blocks, json_array
from loaders.recognise import recognise
from tests.unit.loaders.builders import a_user, own_table, write_csv, write_json_lines

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [
    a_user(
        f"U{number}", country="Perú" if number % 3 else "Chile", age="x" * (number % 5 == 0) + "1"
    )
    for number in range(40)
]
AT_FAULT = [row["user_id"] for row in ROWS if row["age"] != "1"]
HEADER = ",".join(ROWS[0])
CSV = "\r\n".join((HEADER, *(",".join(row.values()) for row in ROWS), "U9,too,few", ""))
LINES = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS) + "[U9]\n"
ANSWER = json.dumps({"hits": {"hits": ROWS}}, ensure_ascii=False, indent=1)
ARRAY = json.dumps(ROWS, ensure_ascii=False)

RECORDS = [*AT_FAULT, "U9"]
OBJECTS = [f'{{"user_id": "{of}"' for of in AT_FAULT]


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every file have many batches, and its rows stand on both sides of what is read at a time."""
    monkeypatch.setattr(batches, "BATCH_ROWS", 7)
    monkeypatch.setattr(blocks, "READ_BYTES", 300)
    monkeypatch.setattr(json_array, "BLOCK_CHARACTERS", 100)
    monkeypatch.setattr(json_array, "HEAD_CHARACTERS", 50)


def offsets(path: Path, options: Options | None = None) -> list[int | None]:
    """Return where the refused rows begin, in the order of their lines."""
    file = recognise(DataFile(path, options=options or Options()))
    refused = [refusal for batch in file.batches() for refusal in check(batch, file.kind).refusals]
    return [refusal.byte_offset for refusal in sorted(refused, key=lambda refusal: refusal.line)]


@pytest.mark.parametrize(
    ("content", "options", "marks"),
    [
        (CSV.encode(), None, RECORDS),
        (codecs.BOM_UTF8 + CSV.encode(), None, RECORDS),
        (CSV.encode("cp1252"), Options(encoding="cp1252"), RECORDS),
        (CSV.replace("U9", "\xff").encode("latin-1"), Options(encoding="utf-8"), None),
        (LINES.encode(), None, [*OBJECTS, "[U9]"]),
        (codecs.BOM_UTF8 + LINES.encode(), None, [*OBJECTS, "[U9]"]),
        (ANSWER.encode(), None, [f'{{\n    "user_id": "{of}"' for of in AT_FAULT]),
        (codecs.BOM_UTF8 + ARRAY.encode(), None, OBJECTS),
    ],
    ids=[
        "CSV",
        "CSV with a mark",
        "cp1252",
        "not text",
        "JSON Lines",
        "JSON Lines with a mark",
        "an answer",
        "an array with a mark",
    ],
)
def test_the_bytes_at_the_offset_are_the_row(
    tmp_path: Path, content: bytes, options: Options | None, marks: list[str] | None
) -> None:
    plain, compressed = tmp_path / "plain", tmp_path / "compressed"
    plain.write_bytes(content)
    compressed.write_bytes(gzip.compress(content))
    found = offsets(plain, options)
    assert found == offsets(compressed, options)
    assert None not in found
    starts = [content[place or 0 :] for place in found]
    if marks is None:
        assert all(content[(place or 1) - 1 : place] == b"\n" for place in found)
        return
    assert [start[: len(mark)] for start, mark in zip(starts, marks, strict=True)] == [
        mark.encode() for mark in marks
    ]


def test_rows_have_no_offset_where_bytes_are_not_counted(tmp_path: Path) -> None:
    from svp.model import USERS

    wide = tmp_path / "wide.csv"
    wide.write_bytes(CSV.encode("utf-16"))
    assert set(offsets(wide)) == {None}
    assert offsets(own_table(tmp_path, USERS, {"user_id": "U1"})) == [None]
    assert offsets(write_json_lines(tmp_path / "a.json", ROWS[:1])) == [0]


def test_a_file_of_odd_rows_alone_says_where_they_begin_too(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "users.csv", [a_user("Zoë"), a_user("U 2")])
    (batch,) = recognise(path).batches()
    assert (batch.rows.num_rows, batch.read_rows, batch.is_placed) == (2, 2, True)
