"""Rows in PostgreSQL's text format, written and read back."""

from __future__ import annotations

import io
from datetime import date

import pytest

from warehouse.staging import as_load_data, read_rows, write_rows


def written(*rows: tuple[object, ...]) -> str:
    file = io.BytesIO()
    assert write_rows(rows, file) == len(rows)
    return file.getvalue().decode()


def test_rows_are_lines_of_fields_parted_by_tabs() -> None:
    assert written((date(2024, 1, 31), "TV", 3), (None, "", 0)) == "2024-01-31\tTV\t3\n\\N\t\t0\n"


@pytest.mark.parametrize("text", ["a\tb", "a\nb", "a\rb", "a\\b", "\\N", "\\", "'\"", "映画 🎬"])
def test_text_is_read_back_as_it_was(text: str) -> None:
    lines = written((text, None)).split("\n")[:-1]
    assert list(read_rows(lines)) == [(text, None)]


def test_escapes_of_postgres_are_understood() -> None:
    assert list(read_rows(["a\\bb\\fc\\vd\\\\e\t\\N\n"])) == [("a\bb\fc\vd\\e", None)]


@pytest.mark.parametrize(
    ("copied", "loaded"),
    [
        (rb"a\fb\vc", b"a\fb\vc"),
        (rb"a\\fb\\vc", rb"a\\fb\\vc"),  # a backslash, then a letter
        (rb"a\\\f", b"a\\\\\f"),  # a backslash, then a form feed
        (rb"\N\t\n\r\b\f", b"\\N\\t\\n\\r\\b\f"),
    ],
)
def test_escapes_that_load_data_does_not_know_become_what_they_mean(
    copied: bytes, loaded: bytes
) -> None:
    assert as_load_data(copied) == loaded


def test_no_rows_are_an_empty_file() -> None:
    assert written() == ""
