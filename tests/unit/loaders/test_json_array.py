"""The array reader: elements of an array of any size, or of hits in an envelope; each a row, or refused alone."""

from __future__ import annotations

import gc
import json
import random
from typing import TYPE_CHECKING

import pytest

from loaders.batches import PARSED_ROWS
from loaders.files import DataFile
from loaders.readers import JsonArrayFile, is_json_array, json_array
from loaders.readers.json_rows import JsonRow
from loaders.recognise import recognise
from svp.errors import InputError
from tests.unit.loaders.builders import a_box_log, a_user

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from loaders.batches import Batch


@pytest.fixture(params=[1, 7, 1024 * 1024], ids=lambda size: f"blocks of {size}")
def _blocks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in blocks that end anywhere, behind what may stand before the array."""
    monkeypatch.setattr(json_array, "BLOCK_CHARACTERS", request.param)
    monkeypatch.setattr(json_array, "HEAD_CHARACTERS", 60)


def reader(tmp_path: Path, content: str | bytes) -> JsonArrayFile:
    path = tmp_path / "file.json"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return JsonArrayFile(DataFile(path))


def only_batch(tmp_path: Path, content: str | bytes) -> Batch:
    (batch,) = reader(tmp_path, content).batches()
    return batch


@pytest.mark.usefixtures("_blocks")
@pytest.mark.parametrize("indent", [None, 1, "\t"])
@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ("[", "]"),
        ("\n [ ", " ] \r\n"),
        ('{"took": 3, "hits": {"total": {"value": 3}, "hits": [', "]}}"),
        (
            '{"_shards": {"hits": [], "n": 1}, "hits": {"hits": [',
            '], "max_score": null}, "x": [1]}\n',
        ),
    ],
    ids=["array", "space", "envelope", "envelope with more"],
)
def test_elements_come_out_in_order_whatever_stands_around_them(
    tmp_path: Path, before: str, behind: str, indent: int | str | None
) -> None:
    rows = [{"a": 1, "b": 'x ] } \\ " , ü'}, {"a": 2.5, "b": ["[", {"c": "}"}]}, {"a": None}]
    written = [json.dumps(row, indent=indent) for row in rows]
    batch = only_batch(tmp_path, before + " , ".join(written) + behind)
    assert batch.rows.to_pylist() == [
        {"a": "1", "b": 'x ] } \\ " , ü'},
        {"a": "2.5", "b": '["[", {"c": "}"}]'},
        {"a": None, "b": None},
    ]
    assert batch.lines.to_pylist() == [1, 2, 3]
    assert [batch.row_text(row) for row in range(3)] == written


def test_a_batch_that_waits_holds_no_parsed_rows(tmp_path: Path) -> None:
    rows = json.dumps([{"number": number} for number in range(PARSED_ROWS + 1)])
    found = list(reader(tmp_path, rows).batches())
    assert [batch.rows.num_rows for batch in found] == [PARSED_ROWS, 1]
    assert not [held for held in gc.get_objects() if isinstance(held, JsonRow)]
    assert found[1].row_text(0) == f'{{"number": {PARSED_ROWS}}}'


@pytest.mark.usefixtures("_blocks")
def test_elements_that_are_no_objects_are_refused_and_the_others_kept(tmp_path: Path) -> None:
    deep = "[" * 10_000 + "]" * 10_000
    elements = [
        '{"a": 1}', "7", "null", "[1]", '"{"', '{"a": 1, "a": 2}', '{"a": nul}', '{"a": "x" "y"}', '{"a": "\\udc80"}',
        "", "1.5e3", "yes", f'{{"a": {deep}}}', '{"a": [1, 2}}', '{"a": NaN}', '{"_source": {"a": 1, "a": 2}}',
    ]  # fmt: skip
    batch = only_batch(tmp_path, "[" + ",".join(elements) + "]")
    assert batch.rows.to_pylist() == [
        {"a": "1"},
        {"a": "NaN"},
    ]
    assert [(refusal.line, refusal.code) for refusal in batch.refusals] == [
        (2, "not_an_object"),
        (3, "not_an_object"),
        (4, "not_an_object"),
        (5, "not_an_object"),
        (6, "repeated_key"),
        (7, "not_json"),
        (8, "not_json"),
        (9, "not_text"),
        (10, "not_json"),
        (11, "not_an_object"),
        (12, "not_json"),
        (13, "not_json"),
        (14, "not_json"),
        (16, "repeated_key"),
    ]
    assert batch.refusals[6].row_text == '{"a": "x" "y"}'
    assert batch.read_rows == len(elements)


def test_bytes_that_are_no_text_are_escaped_in_the_row_as_it_is_kept(tmp_path: Path) -> None:
    batch = only_batch(tmp_path, b'[{"a": "caf\xe9"}, {"a": 1}]')
    (refusal,) = batch.refusals
    assert (refusal.line, refusal.code, refusal.row_text) == (1, "not_text", '{"a": "caf\\xe9"}')


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_every_encoding_of_json_is_read(tmp_path: Path, encoding: str) -> None:
    batch = only_batch(tmp_path, '[{"a": "Zoë"}]'.encode(encoding))
    assert batch.rows.to_pylist() == [{"a": "Zoë"}]


@pytest.mark.usefixtures("_blocks")
@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[]", "is an array without elements"),
        ('{"hits": {"hits": []}}', "is an array without elements"),
        ("[", "element 1 of the array is cut off"),
        ('[{"a": 1}', "element 1 of the array is cut off"),
        ('[{"a": 1} ', "element 1 of the array is not followed by a comma"),
        ('[{"a": 1},', "element 2 of the array is cut off"),
        ('[{"a": 1}, {"a": ', "element 2 of the array is cut off"),
        ('[{"a": 1}, {"a": "x}]', "element 2 of the array is cut off"),
        ('[{"a": 1} {"a": 2}]', "element 1 of the array is not followed by a comma"),
        ('[{"a": 1}]x', "is cut off behind its array, or goes on"),
        ('[{"a": 1}][{"a": 1}]', "is cut off behind its array, or goes on"),
        ('{"hits": {"hits": [{"a": 1}]', "is cut off behind its array, or goes on"),
        ('{"hits": {"hits": [{"a": 1}]}, "hits": {}}', "is cut off behind its array, or goes on"),
    ],
)
def test_an_array_that_is_damaged_is_refused_whole(tmp_path: Path, content: str, told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        list(reader(tmp_path, content).batches())
    assert "file.json" in caught.value.message
    assert caught.value.advice


def test_an_element_without_an_end_refuses_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_array, "MAX_ROW_CHARACTERS", 1_000)
    monkeypatch.setattr(json_array, "BLOCK_CHARACTERS", 100)
    content = '[{"a": 1}, {"a": "' + "x" * 5_000_000 + '"}]'
    with pytest.raises(InputError, match="element 2 of the array is longer than 1,000 characters"):
        reader(tmp_path, content)


def some_json(chance: random.Random, depth: int = 0) -> object:
    """Return any JSON value, with what might be taken for its structure in its texts."""
    choices: list[object] = [None, True, 1.5, -7, "", '"', "\\", "[", "}", ",", "ü]", "\n"]
    if depth < 3 and chance.random() < 0.6:
        inner = [some_json(chance, depth + 1) for _ in range(chance.randrange(4))]
        return inner if chance.random() < 0.5 else {f"k{n}]": v for n, v in enumerate(inner)}
    return chance.choice(choices)


def arrays() -> Iterator[list[dict[str, object]]]:
    chance = random.Random(5)
    for _ in range(60):
        yield [{"k": some_json(chance)} for _ in range(chance.randrange(1, 8))]


@pytest.mark.parametrize("block", [1, 3, 50])
def test_whatever_is_written_as_an_array_is_read_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(json_array, "BLOCK_CHARACTERS", block)
    for rows in arrays():
        batch = only_batch(tmp_path, json.dumps(rows))
        assert [json.loads(batch.row_text(row)) for row in range(len(rows))] == rows


def test_arrays_and_envelopes_are_told_from_catalogues_and_lines(tmp_path: Path) -> None:
    path = tmp_path / "20220401.json"
    log, user = json.dumps(a_box_log()), json.dumps(a_user())
    told = {}
    for content in (
        f"[{log}]",
        f'{{"took": 1, "hits": {{"total": 1, "hits": [{log}]}}}}',
        f"[{user}]",
        f"{log}\n{log}\n",
        '{"movies": [{"content_id": "M1", "title": "hits", "x": {"hits": [1]}}]}',
    ):
        path.write_text(content)
        told[content] = (recognise(path).kind.name, is_json_array(DataFile(path)))
    assert list(told.values()) == [
        ("iptv.logs", True),
        ("iptv.logs", True),
        ("relational.users", True),
        ("iptv.logs", False),
        ("relational.content", False),
    ]
