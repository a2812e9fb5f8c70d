"""The pages of docs/ about files say what the program does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from loaders.contract import Kind, check
from loaders.folders import UNFINISHED_ENDINGS
from loaders.kinds import KINDS
from loaders.recognise import recognise
from loaders.wanted import Wanted
from svp.core.sqlfiles import list_sql
from tests.unit.loaders.builders import write_csv
from tests.unit.loaders.page import DOCS, INDEX, INGEST, PAGES, with_tables
from tests.unit.loaders.survival import TOLD_BY_TESTS, Told

if TYPE_CHECKING:
    from pathlib import Path

TEXT = INGEST.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_page_is_that_of_the_program(name: str) -> None:
    told = (DOCS / name).read_text(encoding="utf-8")
    assert told == PAGES[name](), "run 'python -m tests.unit.loaders.page'"


def test_every_kind_has_a_page_and_every_page_a_kind() -> None:
    pages = {path.stem for path in INDEX.parent.iterdir()}
    assert pages == {kind.name for kind in KINDS} | {"README"}


@pytest.mark.parametrize("case", TOLD_BY_TESTS, ids=lambda case: case.name)
def test_what_the_page_of_survival_says_of_stores_is_a_test(case: Told) -> None:
    file, _, name = case.test.partition("::")
    assert f"\ndef {name}(" in (DOCS.parent / file).read_text(encoding="utf-8")


def test_marks_that_are_gone_are_missed() -> None:
    with pytest.raises(ValueError, match="a pair of marks for flags"):
        with_tables(TEXT.replace("<!-- flags -->", ""), {"flags": ""})


def test_example_of_a_kind_reads_the_files_it_is_for(tmp_path: Path) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", INDEX.read_text(encoding="utf-8"), re.S)
    names: dict[str, object] = {}
    exec(compile(example, "docs/kinds/README.md", "exec"), names)  # noqa: S102  (our own page)
    kind = names["PLAYS"]
    assert isinstance(kind, Kind)
    row = {"Play": "1", "Customer": "U1", "Title": "M1", "Day": "31.01.2024", "Minutes": "1.5"}
    path = write_csv(tmp_path / "plays.csv", [{**row, "Device": "TV", "Remark": ""}])
    assert kind.required_columns == row.keys()
    (batch,) = recognise(path, Wanted((kind,))).batches()
    (stored,) = check(batch, kind).accepted.to_pylist()
    assert (f"{stored['started_on']}", stored["watch_seconds"]) == ("2024-01-31", 90)


def test_page_names_every_ending_and_every_step_of_a_target() -> None:
    assert all(f"`{ending}`" in TEXT for ending in UNFINISHED_ENDINGS)
    steps = {file.name for file in list_sql("loaders.targets.viewing_sessions")}
    assert all(f"`{step}.sql`" in INDEX.read_text(encoding="utf-8") for step in steps)
