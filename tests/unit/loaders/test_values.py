"""What becomes of each odd value that files are known to hold: one case each, by the names of the kinds' columns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from loaders.contract import check
from loaders.recognise import recognise
from tests.unit.loaders.builders import (
    a_box_log,
    a_session,
    a_user,
    logs_file,
    sessions_file,
    users_file,
)
from tests.unit.loaders.hostile_values import (
    AGES,
    BOX_LINES,
    COMPLETIONS,
    DAYS,
    LENGTHS,
    NOTHING,
    TITLE_FIELDS,
)

if TYPE_CHECKING:
    from pathlib import Path


def outcome(path: Path, column: str) -> object:
    """Return what the one row of a file has in a column and its flags; or the code with which it is refused."""
    file = recognise(path)
    (batch,) = file.batches()
    checked = check(batch, file.kind)
    if checked.refusals:
        (refusal,) = checked.refusals
        return refusal.code
    (row,) = checked.accepted.to_pylist()
    return (f"{row[column]}", row["quality_flags"])


@pytest.mark.parametrize("word", NOTHING)
@pytest.mark.parametrize(
    ("name", "column"),
    [("age", "age"), ("country", "country"), ("total_watch_time_hours", "lifetime_watch_hours")],
)
def test_words_for_nothing_stay_null_and_never_become_0(
    tmp_path: Path, word: str, name: str, column: str
) -> None:
    assert outcome(users_file(tmp_path, a_user(**{name: word})), column) == ("None", "")


@pytest.mark.parametrize(
    ("case", "written", "expected"),
    AGES,
)
def test_ages(tmp_path: Path, case: str, written: str, expected: object) -> None:
    assert outcome(users_file(tmp_path, a_user(age=written)), "age") == expected, case


@pytest.mark.parametrize(
    ("case", "written", "expected"),
    DAYS,
)
def test_days_are_written_one_way_only(
    tmp_path: Path, case: str, written: str, expected: object
) -> None:
    path = sessions_file(tmp_path, a_session(watch_date=written))
    assert outcome(path, "started_on") == expected, case


@pytest.mark.parametrize(
    ("case", "written", "expected"),
    COMPLETIONS,
)
def test_completions(tmp_path: Path, case: str, written: str, expected: object) -> None:
    path = sessions_file(tmp_path, a_session(completion_percentage=written))
    assert outcome(path, "completion_percent") == expected, case


@pytest.mark.parametrize(
    ("case", "written", "expected"),
    LENGTHS,
)
def test_lengths_of_plays(tmp_path: Path, case: str, written: str, expected: object) -> None:
    path = sessions_file(tmp_path, a_session(watch_duration_minutes=written))
    assert outcome(path, "watch_seconds") == expected, case


@pytest.mark.parametrize(
    ("case", "column", "changes", "expected"),
    BOX_LINES,
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_lines_of_set_top_boxes(
    tmp_path: Path, case: str, column: str, changes: dict[str, Any], expected: object
) -> None:
    assert outcome(logs_file(tmp_path, a_box_log(**changes)), column) == expected, case


@pytest.mark.parametrize(
    ("case", "column", "changes", "expected"),
    TITLE_FIELDS,
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_titles_of_a_catalogue(
    tmp_path: Path, case: str, column: str, changes: dict[str, Any], expected: object
) -> None:
    path = tmp_path / "content.json"
    path.write_text(json.dumps({"series": [{"content_id": "S1", "title": "Dark", **changes}]}))
    assert outcome(path, column) == expected, case
