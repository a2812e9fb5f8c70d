"""Planted dirt: what the manifest says of a bad row is what the contract of an ingest finds in it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from loaders.codes import FLAGS, REFUSALS
from loaders.contract import check
from loaders.kinds import KINDS as FILE_KINDS
from loaders.recognise import recognise
from svp.errors import shorten
from svp.generate.arguments import SCALES
from svp.generate.dirt import Dirt, Planted, dirt_entry, planted_batch, planted_line
from svp.generate.dirt.box_kinds import BOX_KINDS, BoxKind
from svp.generate.dirt.kinds import KINDS, Kind, kinds_of
from svp.generate.output.formats import csv_header, csv_lines, json_lines
from svp.model import TABLES, TABLES_BY_NAME, Column, Table

if TYPE_CHECKING:
    from pathlib import Path

    from loaders.batches import Refusal

ROWS = 1_000
SHARE = 0.1
FORMATS = ("csv", "jsonl", "parquet")

FOUND_BY_THE_DATABASE = {
    "unknown_parent", "day_differs", "ends_before_start", "over_two_midnights", "repeated_pair", "repeated_play",
    "outcome_differs", "half_an_amount", "longer_than_title", "before_signup",
}  # fmt: skip
"""Codes that take other rows to find, or a whole row: tested with servers."""

STARTED_AT = datetime(2025, 1, 31, 20, 15, tzinfo=UTC)


def value_of(table: Table, column: Column, row: int) -> Any:
    """Return a value that the contract takes; every third is null where it may be."""
    if not column.required and row % 3 == 0 and column.name not in {"started_at", "ended_at"}:
        return None
    if column.values:
        return column.values[row % len(column.values)]
    named = {
        "content_id": f"C{row % 100 + 1:06}",
        "clicked_content_id": f"C{row % 100 + 1:06}",
        "season_count": 2,
        # Of titles with seasons it is the episodes that have a length.
        "duration_minutes": 2 if table.name != "content" else None,
        "release_year": 2020,
        "ended_at": STARTED_AT + timedelta(minutes=row % 60),
        "currency": "EUR",
        "filters": '{"genre": "Drama"}',
    }
    if column.name in named and column.name not in table.key:
        return named[column.name]
    if column.refers_to or column.name in table.key:
        return f"{column.refers_to or table.name}-{row}"
    if pa.types.is_list(column.type):
        return [1, 2] if column.type.value_type == pa.int16() else ["Drama", 'A "B", C']
    return {
        pa.string(): f'Ünï, "{row}"',
        pa.bool_(): row % 2 == 0,
        pa.date32(): date(2025, 1, 31),
        pa.timestamp("us", tz="UTC"): STARTED_AT,
    }.get(column.type, Decimal("4.25") if pa.types.is_decimal(column.type) else 2)


def clean_rows(table: Table, rows: int = ROWS) -> pa.RecordBatch:
    """Return rows that the contract takes without a remark."""
    columns = {
        column.name: [value_of(table, column, row) for row in range(rows)]
        for column in table.columns
    }
    return pa.RecordBatch.from_pydict(columns, schema=table.schema)


def dirt(file_format: str, *, share: float = SHARE) -> Dirt:
    return Dirt(SCALES["tiny"].arguments(), share=share, file_format=file_format)


def write(
    folder: Path, table: Table, clean: pa.RecordBatch, planted: tuple[Planted, ...], ending: str
) -> tuple[Path, int]:
    """Write a file; return it and the line of its first bad row."""
    path = folder / f"{table.name}.{ending}"
    if ending == "parquet":
        pq.write_table(pa.Table.from_batches([clean, planted_batch(table.name, planted)]), path)
        return path, clean.num_rows + 1
    header = csv_header(table.schema.names) if ending == "csv" else b""
    lines = {"csv": csv_lines, "jsonl": json_lines}[ending](clean)
    bad = "".join(planted_line(row, ending) for row in planted)
    path.write_bytes(header + lines + bad.encode())
    return path, (header + lines).count(b"\n") + 1


def found(refusal: Refusal) -> tuple[int, str, str | None, str | None]:
    return refusal.line, refusal.code, refusal.column, refusal.value


def foretold(line: int, row: Planted) -> tuple[int, str | None, str | None, str | None]:
    return line, row.code, row.column, None if row.value is None else shorten(row.value)


@pytest.fixture(params=[(table.name, ending) for table in TABLES for ending in FORMATS])
def case(request: pytest.FixtureRequest) -> tuple[Table, str]:
    name, ending = request.param
    return TABLES_BY_NAME[name], ending


def test_the_contract_refuses_exactly_what_is_planted_to_be_refused(
    case: tuple[Table, str], tmp_path: Path
) -> None:
    table, ending = case
    clean = clean_rows(table)
    planted = dirt(ending).plant(table.name, clean, part=1)
    path, first_line = write(tmp_path, table, clean, planted, ending)
    file = recognise(path)
    refused = {found(r) for batch in file.batches() for r in check(batch, file.kind).refusals}
    expected = {
        foretold(first_line + place, row)
        for place, row in enumerate(planted)
        if row.severity == "reject" and row.code not in FOUND_BY_THE_DATABASE
    }
    assert refused == expected
    assert refused


def test_what_repeats_a_clean_row_is_read_as_that_row(
    case: tuple[Table, str], tmp_path: Path
) -> None:
    table, ending = case
    clean = clean_rows(table)
    planted = dirt(ending).plant(table.name, clean, part=1)
    same = tuple(row for row in planted if row.severity in {"normalise", "unchanged"})
    path, _ = write(tmp_path, table, clean, same, ending)
    file = recognise(path)
    (accepted,) = [check(batch, file.kind).accepted for batch in file.batches()]
    rows = accepted.drop_columns(["line"]).to_pylist()
    key = table.key[0]
    by_id = {row[key]: row for row in rows[: clean.num_rows]}
    assert [by_id[row[key]] for row in rows[clean.num_rows :]] == rows[clean.num_rows :]
    assert len(rows) == clean.num_rows + len(same) > clean.num_rows


def test_remarks_are_made_on_exactly_what_is_planted_for_them(
    case: tuple[Table, str], tmp_path: Path
) -> None:
    table, ending = case
    clean = clean_rows(table)
    planted = dirt(ending).plant(table.name, clean, part=1)
    path, first_line = write(tmp_path, table, clean, planted, ending)
    file = recognise(path)
    remarks = {
        (row["line"], row["quality_flags"])
        for batch in file.batches()
        for row in check(batch, file.kind).accepted.to_pylist()
        if row["quality_flags"]
    }
    assert remarks == {
        (first_line + place, row.code)
        for place, row in enumerate(planted)
        if row.severity == "flag" and row.code not in FOUND_BY_THE_DATABASE
    }


def test_each_kind_of_a_table_is_planted_equally_often() -> None:
    for table in TABLES:
        planted = dirt("csv", share=0.2).plant(table.name, clean_rows(table), part=3)
        counts = Counter(row.kind for row in planted if row.kind != "correction")
        turns = 200 / len(kinds_of(table.name, "csv"))
        assert set(counts) == {kind.name for kind in kinds_of(table.name, "csv")}
        assert sum(counts.values()) == 200
        assert all(abs(count - turns) < 1 for count in counts.values())


def test_the_share_holds_over_parts_that_are_too_small_for_one_bad_row() -> None:
    users = clean_rows(TABLES_BY_NAME["users"], 30)
    planter = dirt("csv", share=0.01)
    planted = [
        row for part in range(1_000) for row in planter.plant("users", users, part=part)
        if row.kind != "correction"
    ]  # fmt: skip
    assert len(planted) == pytest.approx(300, abs=60)
    assert {row.kind for row in planted} == {kind.name for kind in kinds_of("users", "csv")}


def test_refused_and_stored_rows_have_ids_of_their_own_and_the_others_those_of_clean_rows() -> None:
    for table in TABLES:
        clean = clean_rows(table)
        ids = set(clean.column(table.key[0]).to_pylist())
        planted = dirt("csv").plant(table.name, clean, part=1)
        own = [
            row.key for row in planted if row.severity in {"reject", "flag", "accept"} and row.key
        ]
        assert not ids.intersection(own)
        assert len(set(own) - {"-", "N/A", "NULL", "null"}) >= len(own) - 10
        assert all(
            str(row.key).strip() in ids
            for row in planted
            if row.severity in {"normalise", "unchanged", "updated"}
        )


def test_an_earlier_state_differs_from_the_clean_row_which_follows_it_at_once() -> None:
    for table in TABLES:
        clean = clean_rows(table)
        planted = dirt("parquet").plant(table.name, clean, part=1)
        for earlier, correction in pairwise(planted):
            if earlier.severity == "updated":
                assert (correction.kind, correction.severity) == ("correction", "unchanged")
                assert earlier.key == correction.key
                assert earlier.fields != correction.fields
        assert any(row.severity == "updated" for row in planted)


def test_the_same_arguments_plant_the_same_and_another_part_something_else() -> None:
    clean = clean_rows(TABLES_BY_NAME["ratings"])
    once, again, other = (dirt("jsonl").plant("ratings", clean, part=part) for part in (1, 1, 2))
    assert once == again
    assert once != other


def test_no_rows_and_no_share_give_no_dirt() -> None:
    users = TABLES_BY_NAME["users"]
    assert dirt("csv").plant("users", clean_rows(users, 0), part=1) == ()
    assert dirt("csv", share=0.0).plant("users", clean_rows(users), part=1) == ()
    assert dirt("csv").plant_box_lines([], day=20_000, part=1) == ()


def test_every_code_is_one_of_the_contracts() -> None:
    kinds: list[Kind | BoxKind] = [*KINDS, *BOX_KINDS]
    verdicts = {(kind.severity, kind.code) for kind in kinds}
    assert {code for severity, code in verdicts if severity == "reject"} < set(REFUSALS)
    of_other_files = {"no_event_name", "properties_left_out", "rated_unseen"}
    assert {
        code for severity, code in verdicts if severity == "flag"
    } == FLAGS.keys() - of_other_files
    assert {code for severity, code in verdicts if severity not in {"reject", "flag"}} == {None}


def test_the_manifest_names_file_line_key_kind_column_value_and_what_the_contract_does() -> None:
    planted = dirt("csv").plant("users", clean_rows(TABLES_BY_NAME["users"]), part=1)
    row = next(row for row in planted if row.kind == "impossible_age")
    entry = dirt_entry(row, file="users.csv", line=1_024)
    assert entry == {
        "file": "users.csv",
        "line": 1_024,
        "table": "users",
        "key": row.fields["user_id"],
        "kind": "impossible_age",
        "column": "age",
        "value": "212",
        "contract": "reject",
        "code": "out_of_range",
    }


def box_line(number: int) -> bytes:
    hit = {
        "_index": "history",
        "_type": "channel",
        "_id": f"AX_{number:017}",
        "_score": 0,
        "_source": {
            "Contract": f"HNH{number:06}",
            "Mac": f"00005E{number:06}",
            "TotalDuration": 86_400 if number % 50 == 0 else number,
            "AppName": "CHANNEL",
        },
    }
    return json.dumps(hit, separators=(",", ":")).encode()


def test_the_contract_finds_in_box_logs_what_is_planted_there(tmp_path: Path) -> None:
    clean = [box_line(number) for number in range(1, 501)]
    planted = dirt("jsonl", share=0.2).plant_box_lines(clean, day=20_089, part=1)
    path = tmp_path / "20250101.json"
    path.write_bytes(b"\n".join([*clean, *(str(row.raw).encode() for row in planted)]) + b"\n")
    file = recognise(path)
    (batch,) = file.batches()
    checked = check(batch, file.kind)
    assert set(map(found, checked.refusals)) == {
        foretold(len(clean) + place, row)
        for place, row in enumerate(planted, start=1)
        if row.severity == "reject"
    }
    remarks = {
        row["line"]: row["quality_flags"]
        for row in checked.accepted.to_pylist()
        if row["quality_flags"]
    }
    left_on = dict.fromkeys(range(50, 501, 50), "box_left_on")
    assert remarks == left_on | {
        len(clean) + place: row.code
        for place, row in enumerate(planted, start=1)
        if row.severity == "flag"
    }
    accepted = {row.pop("line"): row for row in checked.accepted.to_pylist()}
    clean_by_id = {row["log_id"]: row for line, row in accepted.items() if line <= len(clean)}
    for line, row in enumerate(planted, start=len(clean) + 1):
        if row.severity in {"normalise", "unchanged"}:
            assert accepted[line] == clean_by_id[accepted[line]["log_id"]]
        elif row.severity == "updated":
            assert accepted[line] != clean_by_id[accepted[line]["log_id"]]
    assert {row.kind for row in planted} >= {kind.name for kind in BOX_KINDS}


def test_the_contract_knows_the_file_of_every_table() -> None:
    assert {kind.target.name for kind in FILE_KINDS} >= {table.name for table in TABLES}
