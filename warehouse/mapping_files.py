"""Mappings of categories as files: TOML with all of it, or CSV with the applications or the rules for titles.

A file replaces the parts that it has; the rest stays as it is.
"""

from __future__ import annotations

import csv
import io
import json
import tomllib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from svp.core.texts import read_text
from svp.errors import InputError, UsageError, shorten

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = [
    "CATEGORIES",
    "CategoryMapping",
    "TitleRule",
    "as_csv",
    "as_toml",
    "read_mapping",
    "read_toml",
    "write_mapping",
]

CATEGORIES = ("Unknown", "Child", "Movie", "Relax", "Sport", "TV")
"""Categories in the order of their keys, from 0."""

CONDITIONS = ("content_type", "genre", "maturity_rating")
APPLICATION_COLUMNS = ("application", "category")
RULE_COLUMNS = (*CONDITIONS, "category")

MAX_CHARACTERS = {"application": 100, "content_type": 16, "genre": 100, "maturity_rating": 32}
"""What the warehouse's columns hold."""


@dataclass(frozen=True, slots=True)
class TitleRule:
    """Gives titles a category that meet all of its conditions; those that are None are met by any."""

    content_type: str | None
    genre: str | None
    """One of the title's genres, in any case."""
    maturity_rating: str | None
    """In any case."""
    category: str


@dataclass(frozen=True, slots=True)
class CategoryMapping:
    """What gives applications and titles their category; None is what a file does not say."""

    applications: Mapping[str, str] | None
    """Category by the exact name of the application."""
    titles: tuple[TitleRule, ...] | None
    """The first rule that matches wins."""


def read_mapping(path: Path) -> CategoryMapping:
    """Read a file that ends in .toml or .csv.

    Raises:
        UsageError: it has another ending, or can't be read.
        InputError: it is no mapping.
    """
    text = read_text(path)
    if path.suffix.lower() == ".toml":
        return read_toml(text)
    if path.suffix.lower() == ".csv":
        return _read_csv(text)
    message = f"{shorten(path)} is neither .toml nor .csv"
    raise UsageError(message, "'svp mapping export FILE' writes one to edit")


def read_toml(text: str) -> CategoryMapping:
    """Read ``[applications]`` (name = category) and ``[[titles]]`` (conditions and category).

    Raises:
        InputError: it is no mapping.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = f"the mapping is not TOML: {error}"
        raise InputError(message) from error
    if unknown := content.keys() - {"applications", "titles"}:
        message = f"a mapping has no {shorten(min(unknown))!r}"
        raise InputError(message, "it has [applications] and [[titles]]")
    applications, titles = content.get("applications"), content.get("titles")
    if not isinstance(applications, dict | None) or not isinstance(titles, list | None):
        message = "applications are a table of the mapping, and titles an array of tables"
        raise InputError(message, "'svp mapping export FILE' writes one to edit")
    return CategoryMapping(
        None if applications is None else _applications(list(applications.items())),
        None if titles is None else tuple(map(_rule, titles)),
    )


def _read_csv(text: str) -> CategoryMapping:
    """Read applications or rules, whichever the head of the file is of."""
    reader = csv.DictReader(io.StringIO(text), restkey="")
    columns = tuple(reader.fieldnames or ())
    rows = list(reader)
    if any("" in row for row in rows):
        message = f"a line has more fields than the {len(columns)} of its head"
        raise InputError(message, "put quotes around a name with a comma")
    if columns == APPLICATION_COLUMNS:
        return CategoryMapping(_applications([tuple(map(row.get, columns)) for row in rows]), None)
    if columns == RULE_COLUMNS:
        return CategoryMapping(None, tuple(map(_rule, rows)))
    message = f"columns {shorten(', '.join(columns))!r} are those of no mapping"
    advice = f"use {', '.join(APPLICATION_COLUMNS)}; or {', '.join(RULE_COLUMNS)}"
    raise InputError(message, advice)


def _applications(rows: Sequence[tuple[Any, ...]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, category in rows:
        application = _text("application", name)
        if application is None or application in found:
            message = f"application {shorten(name)!r} is there twice, or has no name"
            raise InputError(message, "each application has one category")
        found[application] = _category(category)
    return found


def _rule(row: Any) -> TitleRule:
    if not isinstance(row, dict) or row.keys() - set(RULE_COLUMNS):
        message = f"{shorten(row)!r} is no rule for titles"
        raise InputError(message, f"a rule has {', '.join(RULE_COLUMNS)}")
    content_type, genre, maturity_rating = (_text(name, row.get(name)) for name in CONDITIONS)
    return TitleRule(
        content_type,
        genre and genre.lower(),
        maturity_rating and maturity_rating.lower(),
        _category(row.get("category")),
    )


def _text(column: str, value: object) -> str | None:
    """Return a name, trimmed; None for none."""
    if value is not None and not isinstance(value, str):
        message = f"{column} {shorten(value)!r} is no text"
        raise InputError(message)
    text = (value or "").strip()
    if len(text) > MAX_CHARACTERS[column]:
        message = f"{column} {shorten(text)!r} has more than {MAX_CHARACTERS[column]} characters"
        raise InputError(message)
    return text or None


def _category(value: object) -> str:
    if value not in CATEGORIES:
        message = f"there is no category {shorten(value)!r}"
        raise InputError(message, f"categories are {', '.join(CATEGORIES)}")
    return str(value)


def write_mapping(
    mapping: CategoryMapping, path: Path, *, part: Literal["applications", "titles"]
) -> None:
    """Write a whole mapping to a .toml, or the part to a .csv.

    Raises:
        UsageError: the file has another ending, is there, or can't be written.
    """
    ending = path.suffix.lower()
    if ending not in {".toml", ".csv"}:
        message = f"{shorten(path)} is neither .toml nor .csv"
        raise UsageError(message, "a .toml holds the whole mapping, a .csv a part of it")
    without = {"applications": "titles", "titles": "applications"}[part]
    text = as_toml(mapping) if ending == ".toml" else as_csv(replace(mapping, **{without: None}))
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:
        message = f"{shorten(path)} can't be written: {error.strerror}"
        raise UsageError(message, "name a new file") from error


def as_toml(mapping: CategoryMapping) -> str:
    """Return a mapping as ``read_toml`` reads it."""
    blocks = []
    if mapping.applications is not None:
        named = [f"{_quoted(name)} = {_quoted(to)}" for name, to in mapping.applications.items()]
        blocks.append("\n".join(["[applications]", *named]))
    for rule in mapping.titles or ():
        values = {name: getattr(rule, name) for name in RULE_COLUMNS}
        said = [f"{name} = {_quoted(value)}" for name, value in values.items() if value is not None]
        blocks.append("\n".join(["[[titles]]", *said]))
    if mapping.titles == ():
        blocks.insert(0, "titles = []")
    return "\n\n".join(blocks) + "\n"


def as_csv(mapping: CategoryMapping) -> str:
    """Return the one part that a mapping has as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if mapping.applications is not None:
        writer.writerows([APPLICATION_COLUMNS, *mapping.applications.items()])
    else:
        writer.writerow(RULE_COLUMNS)
        for rule in mapping.titles or ():
            writer.writerow([getattr(rule, name) for name in RULE_COLUMNS])
    return text.getvalue()


def _quoted(text: str) -> str:
    """Return a basic string of TOML; JSON's escapes are among its own, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
