"""The CSV reader: every row comes out, as fields, as a refusal, or as a skipped line."""

from __future__ import annotations

import csv
from random import Random
from typing import TYPE_CHECKING

import pytest

from loaders import batches
from loaders.batches import BATCH_ROWS
from loaders.files import DataFile, Options
from loaders.readers import CsvFile
from loaders.readers import csv as readers_csv
from svp.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from loaders.batches import Batch


def reader(tmp_path: Path, content: bytes) -> CsvFile:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    return CsvFile(DataFile(path))


def only_batch(tmp_path: Path, content: bytes) -> Batch:
    (batch,) = reader(tmp_path, content).batches()
    return batch


def rows_of(batch: Batch) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in batch.rows.to_pylist()]


@pytest.mark.parametrize(
    "content",
    [
        b"id,name\n1,Zo\xc3\xab\n2,b\n",
        b"\xef\xbb\xbfid,name\r\n1,Zo\xc3\xab\r\n2,b\r\n",
        b"id;name\n1;Zo\xc3\xab\n2;b",
        b"id\tname\n1\tZo\xc3\xab\n2\tb\n",
        b"id|name\r1|Zo\xc3\xab\r2|b\r",
        b'"id","name"\n"1","Zo\xc3\xab"\n"2","b"\n',
        b" id , name \n1,Zo\xc3\xab\n2,b\n",
        "id,name\n1,Zoë\n2,b\n".encode("utf-16"),
    ],
    ids=[
        "plain",
        "BOM and CRLF",
        "semicolon, no end",
        "tab",
        "pipe and CR",
        "quoted",
        "spaces",
        "UTF-16",
    ],
)
def test_same_rows_come_out_of_every_form(tmp_path: Path, content: bytes) -> None:
    batch = only_batch(tmp_path, content)
    assert rows_of(batch) == [("1", "Zoë"), ("2", "b")]
    assert batch.lines.to_pylist() == [2, 3]
    assert batch.read_rows == 2


def test_a_line_break_inside_quotes_belongs_to_the_field_and_later_lines_are_still_right(
    tmp_path: Path,
) -> None:
    batch = only_batch(tmp_path, b'id,name\n1,"a\nb\n""c"""\n2,d\n')
    assert rows_of(batch) == [("1", 'a\nb\n"c"'), ("2", "d")]
    assert batch.lines.to_pylist() == [2, 5]
    assert batch.row_text(0) == '1,"a\nb\n""c"""'


@pytest.mark.parametrize(
    ("line", "code", "text"),
    [
        (b"2", "wrong_width", "2"),
        (b"2,b,c", "wrong_width", "2,b,c"),
        (b'"2"x,b', "bad_quotes", '"2"x,b'),
        (b"2,caf\xe9", "not_text", "2,caf\\xe9"),
        (b"2,\xff\x00", "not_text", "2,\\xff\\x00"),
    ],
)
def test_a_broken_row_is_refused_as_it_stands_and_the_rows_around_it_are_read(
    tmp_path: Path, line: bytes, code: str, text: str
) -> None:
    batch = only_batch(tmp_path, b"id,name\r\n1,\xc3\xa9\r\n" + line + b"\r\n3,c\r\n")
    assert rows_of(batch) == [("1", "é"), ("3", "c")]
    assert batch.lines.to_pylist() == [2, 4]
    (refusal,) = batch.refusals
    assert (refusal.line, refusal.code, refusal.row_text) == (3, code, text)
    assert batch.read_rows == 3


def test_blank_lines_and_repeated_headers_are_skipped_and_counted(tmp_path: Path) -> None:
    batch = only_batch(tmp_path, b"id,name\n\n1,a\n,\n  ,\t\nid,name\n id , name\n2,b\n\n")
    assert rows_of(batch) == [("1", "a"), ("2", "b")]
    assert batch.skipped_rows == 6
    assert batch.read_rows == 8


def test_header_alone_has_no_batch(tmp_path: Path) -> None:
    file = reader(tmp_path, b"id,name\n")
    assert file.columns == ("id", "name")
    assert list(file.batches()) == []


def test_nul_in_a_field_is_left_to_the_contract(tmp_path: Path) -> None:
    batch = only_batch(tmp_path, b"id,name\n1,a\x00b\n")
    assert rows_of(batch) == [("1", "a\x00b")]
    assert batch.row_text(0) == "1,a\\x00b"


@pytest.mark.parametrize("text", ["id,name\n1,a\n2,café\n", "id,name\n1,a\n2,é"], ids=ascii)
def test_an_encoding_that_nothing_tells_is_not_guessed(tmp_path: Path, text: str) -> None:
    batch = only_batch(tmp_path, text.encode("cp1252"))
    assert rows_of(batch) == [("1", "a")]
    assert [(refusal.line, refusal.code) for refusal in batch.refusals] == [(3, "not_text")]


def test_a_header_in_an_encoding_that_nothing_tells_refuses_the_file(tmp_path: Path) -> None:
    told = r"line 1: the text is not UTF-8.*\nsay its encoding, as --encoding cp1252"
    with pytest.raises(InputError, match=told):
        reader(tmp_path, "id,année\n1,a\n".encode("cp1252"))


def test_bytes_that_are_no_utf8_are_damage_where_others_are(tmp_path: Path) -> None:
    batch = only_batch(tmp_path, b"id,ann\xc3\xa9e\n1,a\n2,\xe9\n")
    assert batch.rows.schema.names == ["id", "année"]
    assert [(refusal.line, refusal.code) for refusal in batch.refusals] == [(3, "not_text")]


@pytest.mark.parametrize(
    ("encoding", "content", "rows"),
    [
        ("cp1252", b"id,ann\xe9e\n1,\x80 3,50\n", []),
        ("cp1252", b"id,ann\xe9e\n1,\x80\n2,caf\xe9\n", [("1", "€"), ("2", "café")]),
        ("cp1252", b"id,ann\xe9e\n1,\x81\n2,a\n", [("2", "a")]),
        ("utf-8", b"id,name\n1,\xe9\n2,a\n", [("2", "a")]),
        ("utf-16-le", "id,name\n1,Zoë\n".encode("utf-16-le"), [("1", "Zoë")]),
        ("shift_jis", "id,name\n1,日本\n".encode("shift_jis"), [("1", "日本")]),
        ("cp1252", "\ufeffid,name\n1,Zoë\n".encode(), [("1", "Zoë")]),
        ("cp1252", "id,name\n1,Zoë\n".encode("utf-16"), [("1", "Zoë")]),
    ],
)
def test_an_encoding_that_is_said_is_used_unless_a_mark_tells_it(
    tmp_path: Path, encoding: str, content: bytes, rows: list[tuple[str, str]]
) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    file = CsvFile(DataFile(path, options=Options(encoding=encoding)))
    assert [row for batch in file.batches() for row in rows_of(batch)] == rows


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "the first line is blank"),
        (b"\n1,a\n", "the first line is blank"),
        (b"id,id\n1,2\n", "the header names 'id' more than once"),
        (b'"id,name\n1,a\n', "the first line is not a header"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "is not text"),
        (b"\x7fELF\x02\x01\x01\x00", "is not text"),
        (b"PK\x03\x04\x14\x00", "is an Office document, or an archive in an archive"),
        (b"\x1f\x8b\x08\x00", "is cut off or damaged"),
        ("id,name\n".encode("utf-16-le"), "is not text"),
        ("id,name\n1,a".encode("utf-16")[:-1], "is cut off inside a character of utf-16"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_the_reason(
    tmp_path: Path, content: bytes, told: str
) -> None:
    with pytest.raises(InputError, match=told) as caught:
        list(reader(tmp_path, content).batches())
    assert "file.csv" in caught.value.message
    assert caught.value.advice


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'id,name\n1,a\n2,"b', r"line 3: a quoted field begins here and never ends"),
        (b'id,name\n1,a\n2,"b\n3,c\n', r"line 3: a quoted field begins here and never ends"),
        (b"id,name\n1," + b"x" * 5_000_000 + b"\n", "line 2: the row is longer than 4,194,304"),
        (b'id,name\n1,"' + b"x\n" * 2_500_000, "the row is longer than 4,194,304"),
        (b'id,name\n1,"' + b'x\n","' * 1_000_000, "the row is longer than 4,194,304"),
    ],
    ids=["cut in a field", "quote not closed", "long field", "long quoted field", "endless fields"],
)
def test_a_row_without_an_end_refuses_the_file(tmp_path: Path, content: bytes, told: str) -> None:
    with pytest.raises(InputError, match=told):
        list(reader(tmp_path, content).batches())


def test_a_batch_is_bounded_by_rows_and_by_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = b"id,name\n" + b"".join(b"%d,name\n" % number for number in range(BATCH_ROWS + 1))
    file = reader(tmp_path, content)
    assert [batch.rows.num_rows for batch in file.batches()] == [BATCH_ROWS, 1]
    monkeypatch.setattr(batches, "BATCH_CHARACTERS", 100)
    assert max(batch.rows.num_rows for batch in file.batches()) <= 100 // len("0,name\n") + 1
    assert sum(batch.read_rows for batch in file.batches()) == BATCH_ROWS + 1


def test_whatever_is_written_as_csv_is_read_back(tmp_path: Path) -> None:
    fields = [
        "",
        " ",
        "a",
        '"',
        '""',
        ",",
        "\n",
        "\r\n",
        ";",
        "ü",
        "\u2028",
        "=1+1",
        "\x1b[31m",
        "\\N",
    ]
    rows = [(first, second, "end") for first in fields for second in fields]
    with (tmp_path / "file.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([("a", "b", "c"), *rows])
    (batch,) = CsvFile(DataFile(tmp_path / "file.csv")).batches()
    assert rows_of(batch) == rows


def test_a_first_name_that_is_no_text_is_one_that_no_row_repeats(tmp_path: Path) -> None:
    batch = only_batch(tmp_path, b"\xef\xbb\xbfnote\xff,user_id\n1,2\nnote,3\n")
    assert batch.rows.column("user_id").to_pylist() == ["2", "3"]


@pytest.mark.parametrize(
    ("encoding", "offset"), [("cp1252", 8), ("shift_jis", None), ("iso2022_jp", None)]
)
def test_bytes_of_rows_are_told_where_characters_tell_them(
    tmp_path: Path, encoding: str, offset: int | None
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("a,b\n1,2\n3\n".encode(encoding))
    (batch,) = CsvFile(DataFile(path, options=Options(encoding=encoding))).batches()
    assert [refusal.byte_offset for refusal in batch.refusals] == [offset]


def test_a_long_row_is_named_by_its_line_wherever_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers_csv, "READ_BYTES", 64)
    plain = b"".join(b"%d,name\n" % number for number in range(100))
    file = reader(tmp_path, b"id,name\n" + plain + b'1,"' + b"x" * 5_000_000 + b'"\n')
    with pytest.raises(InputError, match="line 102: the row is longer than"):
        list(file.batches())
    file = reader(tmp_path, b"id,name\n" + plain + b'1,"' + b"x\n" * 2_500_000)
    with pytest.raises(InputError, match="line 2097252: the row is longer than"):
        list(file.batches())


PIECES = [
    b"1,a\n", b"2,b\r\n", b"\n", b",\n", b" ,\t\n", b"id,name\n", b" id , name \n", b"id\n", b"3\n", b"4,b,c\n",
    b'5,"x\ny"\n', b'6,"x"y\n', b"7,a\rb\n", b"8,\xff\n", b"9,\xc3\xa9\n", b"\xc2\xa0,\xe2\x80\x83\n", b"\x1c,\n",
    b"\xef\xbb\xbfid,name\n", b"10,\x00\n", b"11,NULL\n", b"12,'\n",
]  # fmt: skip
"""Lines of every sort; most of them are plain."""


def test_lines_that_are_read_together_are_read_as_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = Random(5)
    monkeypatch.setattr(readers_csv, "READ_BYTES", 64)
    for _ in range(300):
        weights = [9] * 4 + [draw.choice((0, 1)) for _ in PIECES[4:]]
        content = b"id,name\n" + b"".join(draw.choices(PIECES, weights, k=draw.randrange(60)))
        file = reader(tmp_path, content + draw.choice((b"", b"13,end")))
        together = all_of(file)
        with monkeypatch.context() as patched:
            patched.setattr(CsvFile, "_is_plain", lambda *_: False)
            assert together == all_of(file), content


def all_of(file: CsvFile) -> tuple[object, ...]:
    """Return everything that a reader tells of a file, or why it refuses it."""
    try:
        found = [batch.in_order() for batch in file.batches()]
    except InputError as error:
        return (error.message,)
    rows = [
        (line, row, batch.row_text(number))
        for batch in found
        for number, (line, row) in enumerate(
            zip(batch.lines.to_pylist(), rows_of(batch), strict=True)
        )
    ]
    refusals = [refusal for batch in found for refusal in batch.refusals]
    return rows, refusals, sum(batch.read_rows for batch in found)
