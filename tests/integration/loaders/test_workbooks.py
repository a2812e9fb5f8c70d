"""A workbook whose sheets are a whole delivery: each is loaded once, parents first."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tests.unit.loaders.builders import a_listed_title, a_user
from tests.unit.loaders.test_excel import table, workbook

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.loaders.stores import Stores


def test_sheets_are_loaded_once_each_and_a_corrected_workbook_updates(
    stores: Stores, tmp_path: Path
) -> None:
    users = [{**a_user(f"U{number}"), "registration_date": date(2024, 1, 5)} for number in (1, 2)]
    titles = table({**a_listed_title("s1"), "date_added": date(2021, 9, 5)})
    path = workbook(tmp_path, Titles=titles, People=table(*users))
    first = stores.load(path)
    assert [(report.kind, report.counts.loaded_rows) for report in first] == [
        ("relational.users", 2),
        ("catalogue.titles", 1),
    ]
    assert [report.outcome for report in stores.load(path)] == ["already loaded"] * 2
    names = [f"{path}, sheet People", f"{path}, sheet Titles"]
    assert stores.rows("SELECT path FROM ops.load ORDER BY load_id") == [(name,) for name in names]
    assert [str(report.path) for report in first] == names
    users[1]["age"] = 31
    again = stores.load(workbook(tmp_path, People=table(*users)))
    assert (again[0].counts.unchanged_rows, again[0].counts.updated_rows) == (1, 1)
    told = "SELECT user_id, age, registered_on::text FROM oltp.users ORDER BY 1"
    assert stores.rows(told) == [("U1", 30, "2024-01-05"), ("U2", 31, "2024-01-05")]
    assert stores.mongodb["content"].distinct("_id") == ["catalogue:s1"]
