"""Workbooks: each sheet is a file of its own; cells are what Excel says they are, not what they look like."""

from __future__ import annotations

import sys
import zipfile
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from openpyxl import Workbook

from loaders.contract import check
from loaders.days import ALL_DAYS
from loaders.files import DataFile
from loaders.readers import excel, is_workbook
from loaders.recognise import recognise_all
from loaders.terms import Terms
from loaders.wanted import wanted
from svp.cli.preview import describe
from svp.errors import InputError, UsageError
from tests.unit.loaders.builders import a_listed_title, a_session, a_subscriber, a_user

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from loaders.recognise import Recognised

Cells: TypeAlias = "Sequence[Any]"


def workbook(folder: Path, name: str = "book.xlsx", **sheets: Sequence[Cells]) -> Path:
    """Write a workbook of sheets with rows of cells."""
    book = Workbook()
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    del book["Sheet"]
    path = folder / name
    book.save(path)
    return path


def table(*rows: Mapping[str, object]) -> list[Cells]:
    """Return rows as cells, below a header of the first row's names."""
    return [list(rows[0]), *(list(row.values()) for row in rows)]


def accepted(file: Recognised) -> list[dict[str, Any]]:
    (batch,) = file.batches()
    checked = check(batch, file.kind)
    assert checked.refusals == ()
    return checked.accepted.to_pylist()


def test_each_sheet_is_a_file_of_its_own_and_empty_ones_are_passed_over(tmp_path: Path) -> None:
    path = workbook(tmp_path, Plays=table(a_session()), Nothing=[], People=table(a_user()))
    found = recognise_all([path])
    assert [file.kind.name for file in found] == ["relational.users", "relational.viewing_sessions"]
    assert len({file.content.sha256 for file in found}) == 2
    assert [file.kind.name for file in recognise_all([tmp_path])] == [
        file.kind.name for file in found
    ]


def test_days_and_numbers_are_what_excel_says_they_are(tmp_path: Path) -> None:
    user = {**a_user(), "user_id": 7, "age": 30, "registration_date": date(2023, 1, 5)}
    subscriber = {**a_subscriber(), "User ID": 12345678, "Join Date": datetime(2021, 9, 5)}
    title = {**a_listed_title(), "date_added": date(2021, 9, 5), "release_year": 2020.0}
    path = workbook(tmp_path, a=table(user), b=table(subscriber), c=table(title))
    found = {file.kind.name: accepted(file)[0] for file in recognise_all([path])}
    relational = found["relational.users"]
    assert (relational["user_id"], relational["age"]) == ("7", 30)
    assert f"{relational['registered_on']}" == "2023-01-05"
    assert found["subscribers.users"]["user_id"] == "12345678"
    assert f"{found['subscribers.users']['registered_on']}" == "2021-09-05"
    assert f"{found['catalogue.titles']['added_on']}" == "2021-09-05"


def test_instants_are_those_of_the_zone_that_is_said_midnights_too(tmp_path: Path) -> None:
    rows = [
        {"id": number, "user_id": 1, "content_id": 1, "rating": 5, "rating_date": at}
        for number, at in enumerate([datetime(2024, 1, 2), datetime(2024, 1, 2, 8, 0, 0, 250_000)])
    ]
    (file,) = recognise_all([workbook(tmp_path, a=table(*rows))], wanted(zone="UTC"))
    assert [f"{row['rated_at']:%H:%M:%S.%f}" for row in accepted(file)] == [
        "00:00:00.000000",
        "08:00:00.250000",
    ]


def test_rows_are_told_by_their_number_in_excel(tmp_path: Path) -> None:
    header, row = table(a_user())
    rows = [[], [], header, [*row], [], header, [*row, "", "more"], ["U2", "x", *row[2:]]]
    (file,) = recognise_all([workbook(tmp_path, a=rows)])
    (batch,) = file.batches()
    checked = check(batch, file.kind)
    assert checked.accepted.column("line").to_pylist() == [4]
    assert [(refusal.line, refusal.code) for refusal in checked.refusals] == [
        (7, "wrong_width"),
        (8, "not_a_number"),
    ]
    assert checked.refusals[1].row_text.startswith('["U2", "x", "Chile"')
    assert (batch.skipped_rows, batch.read_rows) == (1, 4)


def test_other_cells_are_text_that_the_contract_judges(tmp_path: Path) -> None:
    cells = [True, time(10, 0), timedelta(hours=30), 1.5, "=1/0", None, "0012", 1e20]
    path = workbook(tmp_path, a=table({f"c{number}": cell for number, cell in enumerate(cells)}))
    (batch,) = excel.ExcelSheet(DataFile(path), "a").batches()
    assert list(batch.rows.to_pylist()[0].values()) == [
        "true", "10:00:00", "108000.0", "1.5", None, None, "0012", "100000000000000000000",
    ]  # fmt: skip


def test_a_sheet_of_no_kind_and_a_header_that_repeats_a_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"book.xlsx, sheet Notes is of no kind .* its columns are a, b"
    ):
        recognise_all([workbook(tmp_path, Notes=[["a", "b"]])])
    with pytest.raises(InputError, match="sheet Notes: the header names 'a' more than once"):
        recognise_all([workbook(tmp_path, Notes=[["a", "a"]])])


def test_damaged_and_huge_workbooks_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path, a=table(a_user()))
    whole = path.read_bytes()
    with zipfile.ZipFile(tmp_path / "cut.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "")
        archive.writestr("xl/workbook.xml", "<workbook")
    with pytest.raises(InputError, match=r"cut.xlsx is not a whole workbook"):
        recognise_all([tmp_path / "cut.xlsx"])
    path.write_bytes(whole[: len(whole) // 2])
    assert not is_workbook(DataFile(path))
    path.write_bytes(whole)
    monkeypatch.setattr(excel, "MAX_WORKBOOK_BYTES", 1_000)
    with pytest.raises(InputError, match="save its sheets as CSV, and give those"):
        recognise_all([path])


def test_without_its_package_a_workbook_is_refused_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    told = "install svp with its extra 'excel', or save each sheet as CSV"
    with pytest.raises(UsageError, match=told):
        recognise_all([workbook(tmp_path, a=table(a_user()))])


def test_what_is_said_before_loading_names_the_sheet(tmp_path: Path) -> None:
    users = [{**a_user(), "shoe": "44"}]
    files = recognise_all([workbook(tmp_path, Old=table(*users), New=table(a_user("U2")))])
    assert [line for line in describe(files, ALL_DAYS, Terms()) if "shoe" in line] == [
        "book.xlsx, sheet Old: shoe not used"
    ]
