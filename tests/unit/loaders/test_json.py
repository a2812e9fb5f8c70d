"""The JSON reader: an object of arrays; elements that are ambiguous or no text are refused alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from loaders.files import DataFile
from loaders.readers import JsonFile
from loaders.readers import json as module
from svp.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from loaders.batches import Batch

MOVIE = '{"content_id": "M1", "title": "Heat"}'


def reader(tmp_path: Path, content: str | bytes) -> JsonFile:
    path = tmp_path / "content.json"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return JsonFile(DataFile(path))


def only_batch(tmp_path: Path, content: str | bytes) -> Batch:
    (batch,) = reader(tmp_path, content).batches()
    return batch


def values(tmp_path: Path, element: str) -> dict[str, object]:
    batch = only_batch(tmp_path, f'{{"movies": [{element}]}}')
    (row,) = batch.rows.to_pylist()
    return {name: value for name, value in row.items() if name != "group"}


def test_elements_of_every_array_are_numbered_through(tmp_path: Path) -> None:
    batch = only_batch(tmp_path, '{"movies": [{"a": 1}, {"a": 2}], "series": [{"b": "x"}]}')
    assert batch.rows.to_pylist() == [
        {"group": "movies", "a": "1", "b": None},
        {"group": "movies", "a": "2", "b": None},
        {"group": "series", "a": None, "b": "x"},
    ]
    assert batch.lines.to_pylist() == [1, 2, 3]
    assert batch.row_text(2) == '{"b": "x"}'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_every_encoding_of_json_is_read(tmp_path: Path, encoding: str) -> None:
    batch = only_batch(tmp_path, '{"movies": [{"title": "Zoë"}]}'.encode(encoding))
    assert batch.rows.column("title").to_pylist() == ["Zoë"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("3.5", "3.5"),
        ("12", "12"),
        ("null", None),
        ("NaN", "NaN"),
        ("Infinity", "Infinity"),
        ("true", "true"),
        ('["a", "ü"]', '["a", "ü"]'),
        ("1" * 5_000, "1" * 5_000),
        ('"a\\u0000b"', "a\x00b"),
        ('{"$oid": "5f"}', "5f"),
        ('{"$numberLong": "12"}', "12"),
        ('{"$numberDecimal": "0.50"}', "0.50"),
        ('{"$date": "2024-01-31T20:15:00Z"}', "2024-01-31T20:15:00Z"),
        ('{"$date": {"$numberLong": "-1500"}}', "1969-12-31T23:59:58.500Z"),
        (
            '{"$date": {"$numberLong": "999999999999999"}}',
            '{"$date": {"$numberLong": "999999999999999"}}',
        ),
        ('{"$date": 7, "$oid": 7}', '{"$date": 7, "$oid": 7}'),
        ('{"$oid": {"a": 1}}', '{"$oid": {"a": 1}}'),
        ('{"$gt": ""}', '{"$gt": ""}'),
    ],
)
def test_values_become_text_that_a_parser_reads_back(
    tmp_path: Path, written: str, expected: str | None
) -> None:
    assert values(tmp_path, f'{{"a": {written}}}') == {"a": expected}


@pytest.mark.parametrize(
    ("element", "code"),
    [
        ("7", "not_an_object"),
        ("null", "not_an_object"),
        ('{"a": 1, "a": 2}', "repeated_key"),
        ('{"a": "\\ud800"}', "not_text"),
        ('{"\\ud800": 1}', "not_text"),
    ],
)
def test_a_broken_element_is_refused_and_those_around_it_are_read(
    tmp_path: Path, element: str, code: str
) -> None:
    batch = only_batch(tmp_path, f'{{"movies": [{MOVIE}, {element}, {MOVIE}]}}')
    assert batch.lines.to_pylist() == [1, 3]
    (refusal,) = batch.refusals
    assert (refusal.line, refusal.code) == (2, code)
    assert refusal.row_text.encode()
    assert batch.read_rows == 3


def test_an_array_whose_name_is_no_text_is_refused_element_by_element(tmp_path: Path) -> None:
    batch = only_batch(tmp_path, f'{{"movies": [{MOVIE}], "\\ud800": [{MOVIE}]}}')
    assert [(refusal.line, refusal.code) for refusal in batch.refusals] == [(2, "not_text")]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[1]", "not an object of arrays"),
        ("{}x", "Extra data"),
        (f"{MOVIE}\n{MOVIE}", "Extra data"),
        ('{"movies": 7}', "'movies' is not an array"),
        ('{"movies": [], "movies": [1]}', "names an array more than once"),
        ('{"movies": [{"title": "He', "line 1, column 23: Unterminated string"),
        ('{"movies": [{"title"', "line 1, column 21"),
        ('{"movies": ' + "[" * 100_000, "nests deeper"),
        ('{"movies": [' + '{"a":' * 100_000, "nests deeper"),
        (b'{"movies": ["\xe9"]}', "byte 13 is not utf-8"),
        ("{", "Expecting property name"),
    ],
)
def test_a_file_of_another_shape_is_refused_with_the_reason(
    tmp_path: Path, content: str | bytes, told: str
) -> None:
    with pytest.raises(InputError, match=told) as caught:
        reader(tmp_path, content)
    assert "content.json" in caught.value.message
    assert caught.value.advice


def test_advice_tells_a_cut_off_file_from_a_mistake_and_from_json_lines(tmp_path: Path) -> None:
    advice = {}
    for content in ('{"movies": [', '{"movies": [}', f"{MOVIE}\n{MOVIE}"):
        with pytest.raises(InputError) as caught:
            reader(tmp_path, content)
        advice[content] = caught.value.advice.partition(":")[0]
    assert list(advice.values()) == [
        "the file is cut off",
        "mend the JSON here",
        'it holds one JSON value after another; expected {"movies"',
    ]


def nested_value(tmp_path: Path, depth: int) -> str | None:
    """Return what is read of a list in a list in a list; None if the file is refused as too deep."""
    nested = "[" * depth + "]" * depth
    try:
        (batch,) = reader(tmp_path, f'{{"movies": [{{"a": {nested}}}]}}').batches()
    except InputError as error:
        return None if "nests deeper" in error.message else error.message
    return str(batch.rows.column("a")[0])


def test_depth_near_the_parsers_limit_is_read_whole_or_refused(tmp_path: Path) -> None:
    for depth in range(300, 1_001, 50):
        assert nested_value(tmp_path, depth) in {None, "[" * depth + "]" * depth}


def test_a_file_too_large_for_memory_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_FILE_BYTES", 10)
    with pytest.raises(InputError, match="is larger than"):
        reader(tmp_path, '{"movies": []}')


def test_objects_with_names_without_end_are_refused(tmp_path: Path) -> None:
    elements = [{f"name{number}": 1} for number in range(1_001)]
    with pytest.raises(InputError, match="1,001 different names"):
        reader(tmp_path, json.dumps({"movies": elements}))


def test_a_catalogue_that_is_read_is_read_to_its_last_byte(tmp_path: Path) -> None:
    path = tmp_path / "content.json"
    path.write_text(json.dumps({"movies": [{"content_id": "M1", "title": "x" * 3_000_000}]}))
    file = DataFile(path)
    assert len(list(JsonFile(file).batches())) == 1
    assert file.counter.bytes_read == path.stat().st_size
