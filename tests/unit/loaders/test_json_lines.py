"""The reader of JSON Lines: an object a line is a row, whatever is wrong with the lines beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from loaders import batches
from loaders.batches import MAX_LATE_NAMES
from loaders.files import DataFile
from loaders.preview import judge
from loaders.readers import JsonLinesFile, is_json_lines, json_rows
from loaders.recognise import recognise
from svp.errors import InputError
from tests.unit.loaders.builders import an_event, write_json_lines

if TYPE_CHECKING:
    from pathlib import Path

    from loaders.batches import Batch


def reader(tmp_path: Path, content: str | bytes) -> JsonLinesFile:
    path = tmp_path / "file.jsonl"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return JsonLinesFile(DataFile(path))


def only_batch(tmp_path: Path, content: str | bytes) -> Batch:
    (batch,) = reader(tmp_path, content).batches()
    return batch.in_order()


def test_values_become_text_that_says_the_same(tmp_path: Path) -> None:
    line = (
        '{"text": "ü\\n\\"x\\"", "empty": "", "nothing": null, "whole": 12, "part": 0.50, "truth": true,'
        ' "list": ["a", "b|c"], "numbers": [1, 2], "object": {"a": {"b": 1.5}}, "nan": NaN, "long": 1e400}'
    )
    batch = only_batch(tmp_path, line)
    assert batch.rows.to_pylist() == [
        {
            "text": 'ü\n"x"',
            "empty": "",
            "nothing": None,
            "whole": "12",
            "part": "0.5",
            "truth": "true",
            "list": '["a", "b|c"]',
            "numbers": "[1, 2]",
            "object": '{"a": {"b": 1.5}}',
            "nan": "NaN",
            "long": "Infinity",
        }
    ]
    assert batch.row_text(0) == line


def test_the_document_of_a_hit_is_opened_and_no_other_object(tmp_path: Path) -> None:
    batch = only_batch(
        tmp_path, '{"_id": "1", "_source": {"a": {"b": 1}, "c": null}, "d": {"e": 2}}'
    )
    assert batch.rows.to_pylist() == [
        {"_id": "1", "d": '{"e": 2}', "_source.a": '{"b": 1}', "_source.c": None}
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_mark_line_ends_and_blank_lines_are_no_part_of_rows(tmp_path: Path, end: str) -> None:
    content = "\ufeff" + end.join(('{"a": 1}', "", '{"b": "\u2028"}', "  ", '{"a": 3}'))
    batch = only_batch(tmp_path, content)
    assert batch.rows.to_pylist() == [
        {"a": "1", "b": None},
        {"a": None, "b": "\u2028"},
        {"a": "3", "b": None},
    ]
    assert (batch.lines.to_pylist(), batch.skipped_rows, batch.read_rows) == ([1, 3, 5], 2, 5)
    assert batch.row_text(2) == '{"a": 3}'


def test_lines_that_are_no_objects_are_refused_and_the_others_kept(tmp_path: Path) -> None:
    content = (
        b"""{"a": 1}
{"a": 1
[1]
{"a": 1, "a": 2}
{"_source": {"a": 1, "a": 2}}
{"a": "\xe9"}
{"a": "\\udc80"}
{"a": "\\u0000"}
{"a": 1} {"a": 2}
"""
        + b"[" * 10_000
    )
    batch = only_batch(tmp_path, content)
    assert batch.rows.to_pylist() == [{"a": "1"}, {"a": "\x00"}]
    assert [(refusal.line, refusal.code) for refusal in batch.refusals] == [
        (2, "not_json"),
        (3, "not_an_object"),
        (4, "repeated_key"),
        (5, "repeated_key"),
        (6, "not_text"),
        (7, "not_text"),
        (9, "not_json"),
        (10, "not_json"),
    ]
    assert batch.refusals[4].row_text == '{"a": "\\xe9"}'


@pytest.mark.parametrize("shape", ["[{}]", '{{"b": {}}}', '[1, {{"b": {}}}]'])
def test_what_nests_deeper_than_500_is_refused_by_any_python(tmp_path: Path, shape: str) -> None:
    brackets = shape.count("[") + shape.count("{{")

    def nested(depth: int) -> str:
        inner = "0"
        for _ in range((depth - 1) // brackets):
            inner = shape.format(inner)
        return f'{{"a": {"[" * ((depth - 1) % brackets)}{inner}{"]" * ((depth - 1) % brackets)}}}'

    batch = only_batch(tmp_path, f"{nested(500)}\n{nested(501)}\n")
    assert batch.lines.to_pylist() == [1]
    assert [(refusal.line, refusal.code) for refusal in batch.refusals] == [(2, "not_json")]


def test_a_column_that_comes_late_is_read_though_the_first_lines_lack_it(tmp_path: Path) -> None:
    lines = ['{"a": 1}'] * json_rows.FIRST_ROWS + ['{"a": 1, "b": 2}']
    file = reader(tmp_path, "\n".join(lines))
    batch = next(file.batches()).in_order()
    assert (file.columns, batch.rows.schema.names) == (("a",), ["a", "b"])
    assert batch.rows.column("b").to_pylist()[-2:] == [None, "2"]


def test_a_batch_of_broken_lines_has_the_columns_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH_ROWS", 1)
    first, second = reader(tmp_path, '{"a": 1}\n{"a": 1').batches()
    assert (first.rows.num_rows, second.rows.num_rows) == (1, 0)
    assert first.rows.schema == second.rows.schema


def test_batches_are_bounded_by_rows_and_by_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = reader(tmp_path, '{"a": 1}\n' * 100)
    monkeypatch.setattr(batches, "BATCH_ROWS", 30)
    assert [batch.rows.num_rows for batch in file.batches()] == [30, 30, 30, 10]
    monkeypatch.setattr(batches, "BATCH_CHARACTERS", 9 * 20)
    assert [batch.rows.num_rows for batch in file.batches()] == [20] * 5


def test_a_line_without_an_end_refuses_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "MAX_ROW_CHARACTERS", 50)
    with pytest.raises(
        InputError, match=r"file\.jsonl, line 2: the row is longer than 50 characters"
    ):
        reader(tmp_path, '{"a": 1}\n{"a": "' + "x" * 100)


def test_objects_of_ever_other_names_refuse_the_file(tmp_path: Path) -> None:
    names = ", ".join(f'"{number}": 1' for number in range(1_001))
    with pytest.raises(InputError, match="objects with 1,001 different names"):
        reader(tmp_path, f"{{{names}}}")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"a": 1}', True),
        ('{"a": [1], "b": 1}\n', True),
        ('{"a": [1]}', False),
        ('{"a": [1]}\n{"a": [2]}', True),
        ('{"a"\n{"a": 1}\n{"a": 1}', True),
        ("{}", False),
        ("{", False),
        ('{"a": [\n{"b": 1}\n]}', False),
        ('{"a": [\n{"b": 1},\n{"b": 1}]}', False),
    ],
)
def test_a_value_a_line_is_told_from_one_value(tmp_path: Path, content: str, told: bool) -> None:  # noqa: FBT001  (a case)
    path = tmp_path / "a.json"
    path.write_text(content)
    assert is_json_lines(DataFile(path)) is told


@pytest.mark.parametrize("form", ["lines", "flat", "array"])
def test_a_column_that_comes_after_the_first_rows_is_told_with_its_first_line(
    tmp_path: Path, form: str
) -> None:
    rows: list[dict[str, object]] = [an_event(f"e{number}") for number in range(230)]
    rows[150]["later"] = rows[120]["late"] = rows[140]["late"] = 1
    rows[160]["language"] = "fr"
    if form == "flat":
        # Such lines are read together.
        rows = [{name: value for name, value in row.items() if value != {}} for row in rows]
    path = tmp_path / "events.json"
    lines = map(json.dumps, rows)
    path.write_text("\n".join(lines) if form != "array" else json.dumps(rows))
    judgement = judge(recognise(path))
    assert judgement.late_names == {"late": 121, "later": 151, "language": 161}
    (told,) = judgement.file.remarks({}, judgement.late_names)
    assert told.startswith("events.json: late (first in 121), later (first in 151)")
    assert told.endswith("not used; its first 100 rows don't name them")


def test_a_file_with_keys_for_names_tells_as_many_of_them_as_anybody_reads(tmp_path: Path) -> None:
    rows = [an_event(f"e{number}") | {f"k{number}": 1} for number in range(500)]
    judgement = judge(recognise(write_json_lines(tmp_path / "events.json", rows)))
    assert len(judgement.late_names) == MAX_LATE_NAMES
    (told,) = judgement.file.remarks({}, judgement.late_names)
    assert "k119 (first in 120), … not used" in told
