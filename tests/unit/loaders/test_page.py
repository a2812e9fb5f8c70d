"""docs/ingest.md says what the program does."""

from __future__ import annotations

import re

import pytest

from loaders.contract import Kind
from loaders.folders import DATA_ENDINGS, PACKED_ENDINGS
from svp.core.sqlfiles import list_sql
from tests.unit.loaders.page import PAGE, rendered

TEXT = PAGE.read_text(encoding="utf-8")


def test_tables_of_the_page_are_those_of_the_program() -> None:
    assert rendered(TEXT) == TEXT, "run 'python -m tests.unit.loaders.page'"


def test_marks_that_are_gone_are_missed() -> None:
    with pytest.raises(ValueError, match="a pair of marks for flags"):
        rendered(TEXT.replace("<!-- flags -->", ""))


def test_example_of_a_kind_is_one() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", TEXT, re.S)
    names: dict[str, object] = {}
    exec(compile(example, "docs/ingest.md", "exec"), names)  # noqa: S102  (our own page)
    kind = names["VIEWS"]
    assert isinstance(kind, Kind)
    assert kind.required_columns == {
        "log_id", "user_id", "content_id", "watch_date", "watch_duration_min",
    }  # fmt: skip


def test_page_names_every_ending_and_every_step_of_a_target() -> None:
    assert all(f"`{ending}`" in TEXT for ending in (*DATA_ENDINGS, *PACKED_ENDINGS))
    steps = {file.name for file in list_sql("loaders.targets.viewing_sessions")}
    assert all(f"`{step}.sql`" in TEXT for step in steps)
