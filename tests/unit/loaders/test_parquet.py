"""The Parquet reader: typed columns come out as text that the contract reads back."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from loaders import packed, parsers
from loaders.batches import BATCH_CHARACTERS
from loaders.files import DataFile
from loaders.readers import ParquetFile, parquet
from svp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def written(path: Path, table: pa.Table) -> Path:
    pq.write_table(table, path)
    return path


def test_types_become_text(tmp_path: Path) -> None:
    instant = datetime(2024, 1, 31, 20, 15, tzinfo=UTC)
    table = pa.table(
        {
            "whole": pa.array([7, None]),
            "decimal": pa.array([Decimal("1.50"), None]),
            "day": pa.array([date(2024, 1, 31), None]),
            "instant": pa.array([instant, None], pa.timestamp("us", tz="UTC")),
            "naive": pa.array([instant.replace(tzinfo=None), None], pa.timestamp("us")),
            "truth": pa.array([True, None]),
            "words": pa.array([["ü", "b"], None]),
            "category": pa.array(["a", None]).dictionary_encode(),
            "days": pa.array([[date(2024, 1, 31)], None]),
            "nothing": pa.nulls(2),
        }
    )
    (batch,) = ParquetFile(DataFile(written(tmp_path / "a.parquet", table))).batches()
    first, second = batch.rows.to_pylist()
    assert first == {
        "whole": "7",
        "decimal": "1.50",
        "day": "2024-01-31",
        "instant": "2024-01-31 20:15:00.000000Z",
        "naive": "2024-01-31 20:15:00.000000",
        "truth": "true",
        "words": '["ü", "b"]',
        "category": "a",
        "days": '["2024-01-31"]',
        "nothing": None,
    }
    assert set(second.values()) == {None}
    assert batch.lines.to_pylist() == [1, 2]
    assert json.loads(batch.row_text(0)) == first


def test_lines_are_numbered_over_batches(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", pa.table({"a": pa.array(range(60_000))}))
    lines = [
        line for batch in ParquetFile(DataFile(path)).batches() for line in batch.lines.to_pylist()
    ]
    assert lines == list(range(1, 60_001))


def test_a_column_twice_is_refused(tmp_path: Path) -> None:
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"])
    with pytest.raises(InputError, match="two columns of one name"):
        ParquetFile(DataFile(written(tmp_path / "a.parquet", table)))


@pytest.mark.parametrize("kept", [4, 100, 0.5, -1])
def test_a_cut_off_file_is_refused(tmp_path: Path, kept: float) -> None:
    path = written(tmp_path / "a.parquet", pa.table({"a": ["x"] * 1_000}))
    content = path.read_bytes()
    path.write_bytes(content[: int(kept if abs(kept) >= 1 else len(content) * kept)])
    with pytest.raises(InputError, match="is not a whole Parquet file"):
        ParquetFile(DataFile(path))


def test_a_damaged_page_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": [f"row {n}" for n in range(10_000)]}), path, use_dictionary=False)
    content = bytearray(path.read_bytes())
    content[200:2_000] = b"\xff" * 1_800
    path.write_bytes(content)
    with pytest.raises(InputError, match="after row 0"):
        list(ParquetFile(DataFile(path)).batches())


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", pa.table({"a": pa.array([b"caf\xe9"])}))
    with pytest.raises(InputError, match="after row 0"):
        list(ParquetFile(DataFile(path)).batches())


@pytest.mark.parametrize(
    "type_", [pa.timestamp("s"), pa.timestamp("us"), pa.timestamp("ns")], ids=str
)
def test_days_and_instants_that_pandas_wrote_are_days_and_instants(
    tmp_path: Path, type_: pa.DataType
) -> None:
    midnight, noon = (
        datetime(2024, 1, 1, hour, tzinfo=UTC).replace(tzinfo=None) for hour in (0, 12)
    )
    column = pa.array([midnight, noon, None], type_)
    path = written(tmp_path / "a.parquet", pa.table({"at": column}))
    (batch,) = ParquetFile(DataFile(path)).batches()
    days = parsers.day().parse(batch.rows.column("at"))
    assert days.values[0].as_py() == date(2024, 1, 1)
    assert [code for code, rows in days.faults if rows[1]] == ["not_a_date"]
    instants = parsers.instant(zone="Europe/Paris").parse(batch.rows.column("at"))
    assert instants.values[1].as_py() == datetime(2024, 1, 1, 11, tzinfo=UTC)
    assert not any(rows.any() for _, rows in instants.faults)


def test_batches_are_bounded_by_size_and_only_wanted_columns_are_read(tmp_path: Path) -> None:
    rows = 4_000
    table = pa.table({"id": pa.array(range(rows)), "same": ["x" * 16_000] * rows})
    path = written(tmp_path / "a.parquet", table)
    assert path.stat().st_size < 100_000
    (narrow,) = ParquetFile(DataFile(path)).batches({"id"})
    assert narrow.rows.schema.names == ["id"]
    batches = list(ParquetFile(DataFile(path)).batches())
    assert max(batch.rows.nbytes for batch in batches) < 3 * BATCH_CHARACTERS
    lines = [line for batch in batches for line in batch.lines.to_pylist()]
    assert lines == list(range(1, rows + 1))


def test_few_rows_are_decoded_at_a_time_where_they_may_share_much_unevenly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[int] = []
    light = parquet._light

    def noted(rows: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
        decoded.append(rows.num_rows)
        return light(rows)

    monkeypatch.setattr(parquet, "_light", noted)
    table = pa.table({"text": ["x" * 1_000] * 1_000 + ["y"] * 20_000})
    path = tmp_path / "a.parquet"
    pq.write_table(table, path, use_dictionary=False)
    assert len(list(ParquetFile(DataFile(path)).batches())) == 1
    assert max(decoded) == parquet.READ_ROWS
    decoded.clear()
    monkeypatch.setattr(parquet, "EVEN_BYTES", 1_000_000)
    assert sum(batch.rows.num_rows for batch in ParquetFile(DataFile(path)).batches()) == 21_000
    assert max(decoded) == parquet.UNEVEN_ROWS


def test_what_a_file_says_is_too_much_is_refused_before_it_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "HARMLESS_BYTES", 1_000_000)
    monkeypatch.setattr(parquet, "_light", pytest.fail)
    table = pa.table({"text": ["x" * 100_000] * 100})
    path = tmp_path / "a.parquet"
    pq.write_table(table, path, use_dictionary=False, compression="zstd")
    with pytest.raises(InputError, match=r"a\.parquet unpacks to more than"):
        list(ParquetFile(DataFile(path)).batches())


@pytest.mark.parametrize("is_dictionary", [True, False])
def test_values_that_become_more_than_is_allowed_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_dictionary: bool
) -> None:
    monkeypatch.setattr(packed, "HARMLESS_BYTES", 1_000_000)
    table = pa.table({"same": ["x" * 16_000] * 4_000, "id": range(4_000)})
    path = tmp_path / "a.parquet"
    pq.write_table(table, path, use_dictionary=is_dictionary, compression="zstd")
    with pytest.raises(InputError, match=r"a\.parquet unpacks to more than [0-9,]+ bytes"):
        list(ParquetFile(DataFile(path)).batches())
    assert len(list(ParquetFile(DataFile(path)).batches({"id"}))) == 1
