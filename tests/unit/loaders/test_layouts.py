"""Lines read a block at a time say what they say when they are read one by one, whatever is wrong with them."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from loaders import batches
from loaders.contract import check
from loaders.files import DataFile
from loaders.kinds.iptv import LOGS
from loaders.parsers import identifier, text, whole
from loaders.readers import JsonLinesFile, json_lines
from loaders.readers.blocks import CACHED_BYTES, Block, line_ends, places_of
from loaders.readers.json_rows import JsonRow, row_of, value_of
from loaders.readers.layouts import layout_of, read_alike
from loaders.recognise import recognise
from tests.unit.loaders.builders import a_session, write_json_lines

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

SECONDS = ["0", "7", "86400", "2147483648", "123456789012345678", "1234567890123456789", "-1", "-0"]
SECONDS += ["007", "1.0", "1.50", "1e3", '"12"', "null", "true", "[1]", "{}", "NaN", ""]
TEXTS = ['"HNH123456"', '"0"', "null", '"203.0.113.48"', '" hnh1 "', '""', '"-"', '"N/A"', "12"]
TEXTS += [
    '"a:b,c{d}e[f]"',
    '"\\u0041"',
    '"\\ud800"',
    '"a\tb"',
    '"\x7f"',
    '"\u2028\u00e9\u0301"',
    '"\u00a0"',
]
TEXTS += ['"' + "x" * 501 + '"', '"\x00"', '"\\"', '["a","b"]', '{"a":"b"}', '"\ufeff"']
SPOILS = [
    b"\xff",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\\",
    b'"',
    b"\r",
    b"\x00",
    b"\x1f",
    b",",
    b"{",
    b"}",
    b" ",
    b"\xef\xbb\xbf",
]


def a_line(random: Random, seconds: str = "254", contract: str = '"HNH1"') -> str:
    """Return a line in one of the usual ways to write one."""
    fields = [f'"TotalDuration":{seconds}', f'"AppName":{random.choice(TEXTS[:2])}']
    random.shuffle(fields)
    document = ",".join([f'"Contract":{contract}', *fields])
    score = random.choice(['"_score":0,', '"_score":0,', '"_score":null,', ""])
    line = f'{{"_id":"AX_{random.randrange(10**6)}",{score}"_source":{{{document}}}}}'
    return line.replace(":", ": ").replace(",", ", ") if random.random() < 0.1 else line


def a_file(seed: int, lines: int = 400) -> bytes:
    """Return lines of which some have odd values, others are spoiled, and the first are as usual."""
    random = Random(seed)
    written = [a_line(random).encode() for _ in range(60)] + [b'{"note":"x"}'] * 20
    for _ in range(lines):
        line = a_line(random, random.choice(SECONDS), random.choice(TEXTS)).encode()
        if random.random() < 0.3:
            place, spoil = random.randrange(len(line) + 1), random.choice(SPOILS)
            line = line[:place] + spoil + line[place + random.randrange(3) :]
        written.append(line)
        if random.random() < 0.2:
            written += [b"", b"  ", line, b"\xef\xbb\xbf" + line]
    return random.choice([b"\n", b"\r\n"]).join(written) + random.choice([b"", b"\n"])


def outcomes(file: JsonLinesFile, columns: Collection[str] | None = None) -> list[Any]:
    """Return all that is told of every line: its values and text, or why it is none."""
    found: list[Any] = []
    for parted in file.batches(columns):
        batch = parted.in_order()
        for row, (line, values) in enumerate(
            zip(batch.lines.to_pylist(), batch.rows.to_pylist(), strict=True)
        ):
            kept = {name: value for name, value in values.items() if value is not None}
            found.append((line, kept, batch.row_text(row)))
        found += [(refusal.line, refusal.code, refusal.row_text) for refusal in batch.refusals]
        found.append(("skipped", batch.skipped_rows))
        checked = check(parted, LOGS)
        found += [checked.accepted.to_pylist(), checked.refusals[len(batch.refusals) :]]
    return found


@pytest.mark.parametrize("columns", [None, LOGS.columns], ids=["all", "wanted"])
@pytest.mark.parametrize("seed", range(25))
def test_every_line_has_the_outcome_of_being_read_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, columns: Collection[str] | None
) -> None:
    monkeypatch.setattr(batches, "BATCH_ROWS", 150)
    path = tmp_path / "20220401.json"
    path.write_bytes(a_file(seed))
    together, alone = JsonLinesFile(DataFile(path)), JsonLinesFile(DataFile(path))
    assert together._layouts
    alone._layouts = ()
    assert outcomes(together, columns) == outcomes(alone, columns)


def read_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: Iterable[str]
) -> tuple[int, list[int]]:
    """Return how many rows lines become, and which lines were read one by one."""
    path = tmp_path / "20220401.json"
    path.write_bytes("\n".join(lines).encode("utf-8", "surrogateescape"))
    file, found, read = JsonLinesFile(DataFile(path)), list[int](), row_of

    def read_and_note(line: int, text: str, value: object, **options: Any) -> JsonRow:
        found.append(line)
        return read(line, text, value, **options)

    monkeypatch.setattr(json_lines, "row_of", read_and_note)
    (batch,) = file.batches()
    return batch.read_rows, found


def test_usual_lines_are_read_together_and_only_odd_ones_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = [
        f'{{"_id":"{number}","_source":{{"TotalDuration":{number}}}}}' for number in range(300)
    ]
    odd = [usual[7].replace(":7", ":1.5"), usual[7].replace(":", " : ")]
    assert read_alone(tmp_path, monkeypatch, [*usual, *odd]) == (302, [301, 302])


def test_numbers_below_zero_and_those_of_many_digits_are_read_together_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [*range(200), -1, 10**30, -(10**30), "-0", "-", "-01"]
    lines = [
        f'{{"_id":"{line}","_source":{{"TotalDuration":{number}}}}}'
        for line, number in enumerate(numbers)
    ]
    assert read_alone(tmp_path, monkeypatch, lines) == (206, [204, 205, 206])


@pytest.mark.parametrize(
    "odd", ['"a\\tb"', '"a\r"', '"\udcff"'], ids=["escape", "return", "no text"]
)
def test_one_odd_line_does_not_have_the_others_of_a_windows_file_read_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, odd: str
) -> None:
    lines = [f'{{"_id":"{number}","_source":{{"Mac":"A{number}"}}}}\r' for number in range(300)]
    lines[200] = lines[200].replace('"A200"', odd)
    rows, alone = read_alone(tmp_path, monkeypatch, [*lines, ""])
    assert (rows, alone) == (300, [201])


def test_lines_with_commas_in_a_value_are_read_together_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        f'{{"_id":"{number}","_source":{{"Mac":"{"," * (number % 2)}A","TotalDuration":{number}}}}}'
        for number in range(300)
    ]
    assert read_alone(tmp_path, monkeypatch, lines) == (300, [])


def test_a_value_that_the_first_lines_share_may_be_another_in_later_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        f'{{"_id":"{number}","_source":{{"Mac":"{"AB"[number > 200]}","TotalDuration":7}}}}'
        for number in range(300)
    ]
    assert read_alone(tmp_path, monkeypatch, lines) == (300, [])


@pytest.mark.parametrize("gap", [1, 2, 7, 8, 9, 100])
@pytest.mark.parametrize("size", [0, 1, 8, 1000, 3 * CACHED_BYTES + 5])
def test_a_byte_is_found_wherever_it_stands(gap: int, size: int) -> None:
    data = bytes(44 if place % gap == 0 else 43 for place in range(size))
    assert places_of(b",", data).tolist() == list(range(0, size, gap))


@pytest.mark.parametrize(
    "line",
    [
        "{}",
        '{"a":["x"]}',
        '{"a":{"b":"x"}}',
        '{"_source":{"a":{"b":1}}}',
        '{"_source.a":1,"_source":{"a":2}}',
        '{"a":"\\n"}',
        '{"a\\"":1}',
    ],
)
def test_an_object_that_is_more_than_names_and_values_has_no_layout(line: str) -> None:
    values = row_of(1, line, value_of(line)).values
    assert layout_of(line, values, "_source") is None


@pytest.mark.parametrize(
    "end", ["", "\n", "\n\n", "\n\n\n", "\n \n", "\r\n\r\n", "\n{}", "\n{}\n{}\n", "\r", "\n\r\n"]
)
def test_the_end_of_a_file_shifts_no_line(tmp_path: Path, end: str) -> None:
    path = tmp_path / "20220401.json"
    path.write_bytes(('{"_id":"a"}\n\n\n{"_id":"b"}\n{"_id":"c"}' + end).encode())
    together, alone = JsonLinesFile(DataFile(path)), JsonLinesFile(DataFile(path))
    assert together._layouts
    alone._layouts = ()
    assert outcomes(together) == outcomes(alone)


def test_lines_that_name_no_column_of_the_kind_are_rows_that_lack_them(tmp_path: Path) -> None:
    rows: list[dict[str, str]] = [a_session(f"S{number}") for number in range(6)]
    rows[1:1] = rows[4:4] = [{"note": "x"}]
    file = recognise(write_json_lines(tmp_path / "sessions.jsonl", rows))
    ((_, checked),) = file.judged()
    assert checked.accepted.column("line").to_pylist() == [1, 3, 4, 6, 7, 8]
    assert [(refusal.line, refusal.code) for refusal in checked.refusals] == [
        (2, "missing"),
        (5, "missing"),
    ]


def test_a_number_is_taken_only_between_what_stands_around_it() -> None:
    layout = layout_of('{"a":1,"b":"x"}', {"a": "1", "b": "x"}, "_source")
    assert layout
    lines = [
        '{"a":12,"b":"y"}',
        '{"a":1x,"b":"y"}',
        '{"a":01,"b":"y"}',
        '{"a":,"b":"y"}',
        '{"a":1 ,"b":"y"}',
    ]
    data = "\n".join(lines).encode()
    (alike,) = read_alike(Block(1, data, line_ends(data)), [layout])
    assert alike.positions.tolist() == [0]
    assert alike.rows.to_pylist()[0] == {"a": "12", "b": "y"}


ODD_WORDS = [
    "",
    "-",
    "N/A",
    "NaN",
    "null",
    " 5 ",
    "a b",
    "\t",
    "a\x00",
    "\x7f",
    "\u00e9\u0301",
    "\u00a07",
    "x" * 10,
]
ODD_WORDS += ["1.0", "+7", "-3", "007", "51", "9" * 18, "9" * 30, "1.5"]


def texts(random: Random, words: Iterable[str], share: float) -> pa.Array[Any]:
    """Return plain words, and others in a share of the rows; behind rows that are no part of it."""
    odd = list(words)
    rows = [
        random.choice(odd) if random.random() < share else f"{random.randrange(99)}"
        for _ in range(200)
    ]
    return pa.array(
        ["\x00", None, *[None if random.random() < 0.1 else row for row in rows]]
    ).slice(2)


@pytest.mark.parametrize("share", [0.0, 0.05, 0.9])
@pytest.mark.parametrize(
    "parser", [whole(0, 50, pa.int32()), text(max_characters=9), identifier(max_characters=9)]
)
def test_values_among_plain_ones_are_parsed_as_they_are_alone(parser: Any, share: float) -> None:
    values = texts(Random(7), ODD_WORDS, share)
    parsed = parser.parse(values)
    for row, value in enumerate(values):
        alone = parser.parse(pa.array([value], pa.string()))
        codes = [code for code, rows in parsed.faults if rows[row]]
        assert codes == [code for code, rows in alone.faults if rows[0]]
        assert codes or parsed.values[row] == alone.values[0]
