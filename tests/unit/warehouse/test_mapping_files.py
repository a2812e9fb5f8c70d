"""Mappings as files: what is written is read again, and what is none is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from svp.errors import InputError, UsageError
from warehouse.mapping_files import (
    CategoryMapping,
    TitleRule,
    as_csv,
    as_toml,
    read_mapping,
    read_toml,
    write_mapping,
)

if TYPE_CHECKING:
    from pathlib import Path

APPLICATIONS = {"KPlus": "TV", 'a "b" \\ # = é 📺\x7f': "Relax", "a.b": "Unknown"}
TITLES = (TitleRule("kids", None, None, "Child"), TitleRule(None, "sci-fi, new", "tv-y", "Movie"))
WHOLE = CategoryMapping(APPLICATIONS, TITLES)


@pytest.mark.parametrize(
    "mapping",
    [WHOLE, CategoryMapping({}, ()), CategoryMapping(None, TITLES), CategoryMapping({}, None)],
)
def test_toml_is_read_as_it_was_written(mapping: CategoryMapping) -> None:
    assert read_toml(as_toml(mapping)) == mapping


def test_csv_is_read_as_it_was_written(tmp_path: Path) -> None:
    for part, mapping in (
        ("applications", CategoryMapping(APPLICATIONS, None)),
        ("titles", CategoryMapping(None, TITLES)),
    ):
        file = tmp_path / f"{part}.csv"
        write_mapping(WHOLE, file, part=part)  # type: ignore[arg-type]  # one of the two
        assert file.read_text(encoding="utf-8") == as_csv(mapping)
        assert read_mapping(file) == mapping


def test_names_are_trimmed_and_conditions_without_case() -> None:
    text = '[applications]\n" KPLUS " = "TV"\n[[titles]]\ngenre = " Drama "\ncategory = "Relax"\n'
    assert read_toml(text) == CategoryMapping(
        {"KPLUS": "TV"}, (TitleRule(None, "drama", None, "Relax"),)
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("applications = 1", "applications are a table"),
        ("[other]", "a mapping has no 'other'"),
        ("= 1", "the mapping is not TOML"),
        ('[applications]\nA = "tv"', "there is no category 'tv'"),
        ("[applications]\nA = 1", "there is no category"),
        ('[applications]\nA = "TV"\n" A" = "TV"', "is there twice"),
        ('[applications]\n"" = "TV"', "or has no name"),
        ('[[titles]]\ngenre = "a"', "there is no category"),
        ('[[titles]]\ngenres = "a"\ncategory = "TV"', "is no rule for titles"),
        ('[[titles]]\ngenre = 1\ncategory = "TV"', "genre .1. is no text"),
        (f'[applications]\n{"a" * 101} = "TV"', "more than 100 characters"),
    ],
)
def test_what_is_no_mapping_is_refused(text: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read_toml(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "are those of no mapping"),
        ("a,b\n", "are those of no mapping"),
        ("application,category\nA,TV,more\n", "more fields"),
        ("application,category\nA\n", "there is no category"),
    ],
)
def test_csv_that_is_no_mapping_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / "mapping.csv"
    file.write_text(text)
    with pytest.raises(InputError, match=reason):
        read_mapping(file)


def test_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mapping.json").write_text("{}")
    with pytest.raises(UsageError, match="neither"):
        read_mapping(tmp_path / "mapping.json")
    with pytest.raises(UsageError, match="neither"):
        write_mapping(WHOLE, tmp_path / "mapping.yaml", part="titles")
    with pytest.raises(UsageError, match="can't be read"):
        read_mapping(tmp_path / "absent.toml")


def test_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / "mapping.toml"
    file.write_text("mine")
    with pytest.raises(UsageError, match="can't be written"):
        write_mapping(WHOLE, file, part="titles")
    assert file.read_text() == "mine"
