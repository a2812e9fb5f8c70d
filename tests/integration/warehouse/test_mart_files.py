"""A mart as a file says what the view says, and runs nothing in a spreadsheet."""

from __future__ import annotations

import codecs
import csv
import resource
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from svp.errors import UsageError
from tests.integration.warehouse.builders import BoxLog, Play, Title
from warehouse import connections, mart_files, mart_sheets
from warehouse.mart_files import Selection, export_mart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.integration.warehouse.builders import Platform

JAN_31, FEB_1 = date(2024, 1, 31), date(2024, 2, 1)
ALL = Selection()


@pytest.fixture
def watched(platform: Platform) -> Platform:
    platform.load(
        Play(JAN_31, watch_seconds=0),
        titles=[Title("t2", '=HYPERLINK("http://x")\n, and "more"'), Title("t3", "Œuvre")],
        boxes=[
            BoxLog(JAN_31, "HNH1", "CHANNEL", watch_seconds=3600),
            BoxLog(FEB_1, "HNH1", "CHILD", watch_seconds=60),
            BoxLog(FEB_1, "-1+1", "VOD", watch_seconds=0),
        ],
    )
    platform.refresh()
    return platform


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_classic_report_is_a_csv_of_a_month(
    watched: Platform, tmp_path: Path, run: Callable[..., None]
) -> None:
    columns = (
        "Contract,ChildDuration,MovieDuration,SportDuration,TVDuration,RelaxDuration,MostWatch,"
        "Taste,DateCount,Activeness"
    )
    file = tmp_path / "february.csv"
    chosen = ("--columns", columns, "--from", "2024-02-01", "--to", "2024-02-29")
    run("mart", "export", "customer_360_classic", file, *chosen)
    assert file.read_text() == (
        f"{columns}\n'-1+1,0,0,0,0,0,,,0,0.00\nHNH1,60,0,0,0,0,Child,Child,1,3.45\n"
    )


@pytest.fixture
def small_files() -> Iterator[None]:
    """Let no file become longer than 4 KB."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("small_files")
def test_a_file_for_which_there_is_no_room_ends_the_export_at_once(
    watched: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mart_files, "BATCH_ROWS", 2)
    monkeypatch.setattr(connections, "STREAM_ROWS", 2)
    with pytest.raises(UsageError, match=r"a\.csv can't be written: File too large"):
        export_mart(watched.settings, "calendar", tmp_path / "a.csv", selection=ALL)
    assert not (tmp_path / "a.csv").exists()


def test_csv_holds_all_rows_and_defuses_formulas(
    watched: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mart_files, "BATCH_ROWS", 2)
    titles = Selection(("content_id", "title"))
    assert export_mart(watched.settings, "title", tmp_path / "a.csv", selection=titles) == 4
    assert read_csv(tmp_path / "a.csv") == [
        ["content_id", "title"],
        ["Unknown", "Unknown"],
        ["t1", "A film"],
        ["t2", '\'=HYPERLINK("http://x") , and "more"'],
        ["t3", "Œuvre"],
    ]
    export_mart(watched.settings, "title", tmp_path / "b.csv", selection=titles, keep_formulas=True)
    assert read_csv(tmp_path / "b.csv")[3][1].startswith("=HYPERLINK")


def test_csv_begins_with_a_byte_order_mark_for_excel_only_if_asked(
    watched: Platform, run: Callable[..., None], tmp_path: Path
) -> None:
    plain, marked = tmp_path / "plain.csv", tmp_path / "marked.csv"
    titles = ("--columns", "content_id,title")
    run("mart", "export", "title", plain, *titles)
    run("mart", "export", "title", marked, *titles, "--bom")
    assert plain.read_bytes().startswith(b"content_id,title\n")
    assert marked.read_bytes() == codecs.BOM_UTF8 + plain.read_bytes()


def test_parquet_has_the_types_and_rows_of_the_view(
    watched: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mart_files, "BATCH_ROWS", 1)
    file = tmp_path / "days.parquet"
    assert export_mart(watched.settings, "daily_statistics", file, selection=ALL) == 2
    table = pq.read_table(file)
    assert table.schema.field("stat_date").type == pa.date32()
    assert table.schema.field("watch_hours").type == pa.decimal128(18, 4)
    assert table.schema.field("peak_minute_at").type == pa.timestamp("us")
    assert table.column("stat_date").to_pylist() == [FEB_1, JAN_31]
    assert table.column("tv_hours").to_pylist() == [Decimal(0), Decimal(1)]
    assert table.column("peak_concurrent_streams").to_pylist() == [None, None]


def test_workbook_holds_text_as_text_whatever_it_begins_with(
    watched: Platform, tmp_path: Path
) -> None:
    file = tmp_path / "titles.xlsx"
    titles = Selection(("content_id", "title"))
    assert export_mart(watched.settings, "title", file, selection=titles) == 4
    (sheet,) = load_workbook(file)
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells == [
        ["content_id", "title"],
        ["Unknown", "Unknown"],
        ["t1", "A film"],
        ["t2", '=HYPERLINK("http://x") , and "more"'],
        ["t3", "Œuvre"],
    ]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}
    assert not any(cell.hyperlink for row in sheet.iter_rows() for cell in row)


def test_workbook_has_dates_numbers_a_frozen_header_and_a_filter(
    watched: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mart_files, "BATCH_ROWS", 1)
    watched.load(
        Play(datetime(2024, 2, 1, 20, tzinfo=UTC), ends=datetime(2024, 2, 1, 21, tzinfo=UTC))
    )
    watched.refresh()
    file = tmp_path / "days.xlsx"
    chosen = Selection(("stat_date", "tv_hours", "peak_concurrent_streams", "peak_minute_at"))
    assert export_mart(watched.settings, "daily_statistics", file, selection=chosen) == 2
    (sheet,) = load_workbook(file)
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        [datetime(2024, 2, 1), 0, 1, datetime(2024, 2, 1, 20)],
        [datetime(2024, 1, 31), 1, None, None],
    ]
    assert sheet["A2"].number_format == "yyyy-mm-dd"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:D3")


def test_more_rows_than_a_sheet_holds_are_refused_before_anything_is_written(
    watched: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mart_sheets, "MOST_ROWS", 1)
    file = tmp_path / "days.xlsx"
    with pytest.raises(UsageError, match="2 rows, and a sheet of Excel holds 1") as refused:
        export_mart(watched.settings, "daily_statistics", file, selection=ALL)
    assert "--from and --to" in str(refused.value.advice)
    assert not file.exists()
    one_day = Selection(first_day=FEB_1)
    assert export_mart(watched.settings, "daily_statistics", file, selection=one_day) == 1


def test_workbook_without_its_package_is_refused_with_advice(
    empty_platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(UsageError, match="needs the package xlsxwriter"):
        export_mart(empty_platform.settings, "title", tmp_path / "a.xlsx", selection=ALL)
    assert list(tmp_path.iterdir()) == []


def test_mart_without_rows_is_a_file_without_rows(empty_platform: Platform, tmp_path: Path) -> None:
    for name in ("a.csv", "a.parquet", "a.xlsx"):
        path = tmp_path / name
        assert export_mart(empty_platform.settings, "customer_360", path, selection=ALL) == 0
    assert len(read_csv(tmp_path / "a.csv")) == 1
    assert pq.read_table(tmp_path / "a.parquet").num_rows == 0


@pytest.mark.parametrize(
    ("mart", "name", "selection", "reason"),
    [
        ("nothing", "a.csv", ALL, "there is no mart 'nothing'"),
        ("title", "a.ods", ALL, "none of .csv, .xlsx and .parquet"),
        ("title", "a.csv", Selection(("nothing",)), "no column 'nothing'"),
        ("title", "a.csv", Selection(first_day=JAN_31), "no days to choose from"),
        ("title", "no/such/a.csv", ALL, "can't be written"),
        ("title", "mine.csv", ALL, "can't be written"),
    ],
)
def test_refusal_leaves_no_file(
    empty_platform: Platform,
    tmp_path: Path,
    *,
    mart: str,
    name: str,
    selection: Selection,
    reason: str,
) -> None:
    (tmp_path / "mine.csv").write_text("mine")
    with pytest.raises(UsageError, match=reason):
        export_mart(empty_platform.settings, mart, tmp_path / name, selection=selection)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.csv"]
    assert (tmp_path / "mine.csv").read_text() == "mine"
