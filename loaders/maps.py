"""Maps: how a file that no built-in kind fits becomes one of our tables, said in TOML instead of code."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NoReturn, TypeGuard

import pyarrow as pa

from loaders.canonical import MAX_LENGTH_MINUTES, flags_of, parser_of
from loaders.codes import REFUSALS
from loaders.contract import SOURCE_NAME, STOPPING, Field, Kind
from loaders.kinds import KINDS_BY_NAME
from loaders.kinds.events import EVENTS, PROPERTIES, events
from loaders.parsers import (
    EPOCH_UNITS,
    PAIRS,
    Parser,
    amount,
    choice,
    clock_as_seconds,
    constant,
    country,
    day,
    day_and_time,
    day_of,
    decimal,
    epoch,
    instant,
    is_form,
    joined_by,
    joined_id,
    list_of_words,
    localised,
    minutes_as_seconds,
    scaled,
    seconds_between,
    share_as_percent,
    start_and_end,
)
from svp.core.texts import printable, read_text
from svp.core.zones import load_zone
from svp.errors import UsageError, shorten
from svp.model import TABLES, TABLES_BY_NAME, VIEWING_SESSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from svp.model import Column, Table

__all__ = ["MAPPED_TABLES", "Mapped", "map_of", "read_map"]

MAPPED_TABLES = {f"map.{table.name}": table for table in TABLES}
"""The tables that a map may name, by the kind that it makes."""

SETTINGS = (
    "table",
    "source",
    "date_format",
    "zone",
    "decimal",
    "thousands",
    "delimiter",
    "list_separator",
)
SECTIONS = ("columns", "values")
COLUMN_KEYS = ("column", "time", "constant", "written", "date_format")
JOINED_KEYS = ("columns", "joined")
MIN_COLUMNS = 2
SPAN_KEYS = ("start", "end", "written", "date_format")

NUMBERS: dict[tuple[str, str], Parser] = {
    ("amount_minor", "major"): amount(),
    ("completion_percent", "share"): share_as_percent(),
    ("watch_seconds", "hours"): scaled(
        3_600, decimal(0, MAX_LENGTH_MINUTES // 60, pa.decimal128(18, 6)), pa.int32()
    ),
    ("watch_seconds", "minutes"): minutes_as_seconds(MAX_LENGTH_MINUTES),
}
"""Ways to write a column other than its own, with the signs that the map says."""

SPELLED: dict[tuple[str, str], Parser] = {
    ("country", "code"): country(),
    ("watch_seconds", "clock"): clock_as_seconds(MAX_LENGTH_MINUTES * 60),
    **{
        ("watch_seconds", pair): clock_as_seconds(MAX_LENGTH_MINUTES * 60, pair=pair)
        for pair in PAIRS
    },
}
"""Ways that no sign is within."""

LENGTHS = {"watch_seconds": MAX_LENGTH_MINUTES * 60}
"""Lengths that may be told by two instants, with the longest in seconds."""

EPOCHS = {f"epoch {unit}": epoch(unit) for unit in EPOCH_UNITS}
"""Ways to write any instant, or its day."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a map says."""

    kind: Kind
    delimiter: str | None
    text: str


def read_map(path: Path) -> Mapped:
    """Return what a map says.

    Raises:
        UsageError: it can't be read, is no TOML, or says something that can't be; with line and column of the fault.
    """
    return _Map(printable(path), read_text(path)).read()


def map_of(text: str) -> Mapped:
    """Return what the text of a map says that was read before.

    Raises:
        UsageError: it says something that can't be any more.
    """
    return _Map("the map", text).read()


class _Map:
    """One map, and where in its text each thing is said."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._text = text
        self._said = self._parse()

    def _parse(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self._text)
        except tomllib.TOMLDecodeError as error:
            told = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", str(error), re.S)
            reason, line, column = told.groups() if told else (str(error), "1", "1")
            message = f"{self._name}, line {line}, column {column}: {reason}"
            raise UsageError(message, "mend the TOML there") from error

    def read(self) -> Mapped:
        """Return what the map says."""
        if "kind" in self._said:
            return Mapped(self._built_in(self._said["kind"]), None, self._text)
        self._check_keys((), self._said, (*SETTINGS, *SECTIONS))
        self._check_settings()
        table = self._table()
        kind = Kind(
            name=f"map.{table.name}",
            source=self._source(),
            target=table,
            fields=tuple(self._fields(table)),
            flags=flags_of(table),
            is_mapped=True,
        )
        return Mapped(kind, self._said.get("delimiter"), self._text)

    def _built_in(self, name: object) -> Kind:
        """Return a built-in kind whose files write days in a form of their own, or of which more is to be kept."""
        if name not in KINDS_BY_NAME:
            close = get_close_matches(f"{name}", KINDS_BY_NAME, n=1) or list(KINDS_BY_NAME)
            advice = f"use one of {', '.join(close)}"
            self._refuse(("kind",), f"there is no kind {shorten(name)!r}", advice)
        is_events = name == EVENTS.name
        known = ("kind", "date_format", *(("keep",) if is_events else ()))
        self._check_keys((), self._said, known)
        kind = events(self._kept()) if is_events else KINDS_BY_NAME[f"{name}"]
        form = self._form((), self._said)
        return kind.in_form(form) if form else kind

    def _kept(self) -> list[str]:
        """Return the properties of events that are to be kept."""
        keep = self._said.get("keep", [])
        if not isinstance(keep, list) or not all(map(_is_property, keep)):
            starts = " or ".join(f'"{name}.' + '…"' for name in PROPERTIES)
            self._refuse(
                ("keep",), "keep is not a list of properties", f"each begins with {starts}"
            )
        return keep

    def _check_settings(self) -> None:
        for name in SETTINGS:
            if not isinstance(self._said.get(name, ""), str):
                self._refuse((name,), f"{name} is not text", f'write {name} = "…"')
        for name in ("decimal", "thousands", "delimiter", "list_separator"):
            if name in self._said and len(self._said[name]) != 1:
                self._refuse((name,), f"{name} is not one character", 'write it as ","')
        if self._said.get("decimal", ".") == self._said.get("thousands"):
            advice = "they would make 1.234 two numbers"
            self._refuse(("thousands",), "decimal and thousands are the same sign", advice)
        if "zone" in self._said:
            self._check_zone(self._said["zone"])

    def _check_zone(self, zone: str) -> None:
        try:
            load_zone(zone)
        except (OSError, ValueError):
            message = f"there is no time zone {shorten(zone)!r}"
            self._refuse(("zone",), message, "name it by its place, as Europe/Paris, or UTC")

    def _source(self) -> str:
        if not self._said.get("source"):
            advice = 'add source = "…": the name of whose data it is, which is half of every key'
            self._refuse((), "the map names no source", advice)
        source = str(self._said["source"])
        if not re.fullmatch(SOURCE_NAME, source):
            message = f"source {shorten(source)!r} is not a usable name"
            self._refuse(("source",), message, "use up to 63 letters, digits, '_', '.' and '-'")
        return source

    def _table(self) -> Table:
        name = self._said.get("table")
        if name not in TABLES_BY_NAME:
            missing = f"there is no table {shorten(name)!r}" if name else "the map names no table"
            self._refuse(
                ("table",) if name else (), missing, f"use one of {', '.join(TABLES_BY_NAME)}"
            )
        return TABLES_BY_NAME[str(name)]

    def _fields(self, table: Table) -> Iterable[Field]:
        columns = self._section("columns")
        values = self._section("values")
        self._check_keys(("columns",), columns, table.schema.names)
        self._check_keys(("values",), values, list(columns))
        fields = [self._field(table, name, said) for name, said in columns.items()]
        if table is VIEWING_SESSIONS and "started_on" not in columns:
            fields.extend(_day_of_start(fields))
        given = {field.to for field in fields}
        missing = [
            column.name
            for column in table.columns
            if _is_needed(column) and column.name not in given
        ]
        if missing:
            message = f"table {table.name} also needs {', '.join(missing)}"
            self._refuse(
                ("columns",), message, 'say which column of the file that is: name = "Column"'
            )
        return fields

    def _section(self, name: str) -> dict[str, Any]:
        said = self._said.get(name, {})
        if not isinstance(said, dict):
            self._refuse((name,), f"{name} is not a section", f"write [{name}] above its lines")
        return said

    def _field(self, table: Table, name: str, said: object) -> Field:
        at = ("columns", name)
        about: Mapping[str, object] = {"column": said} if isinstance(said, str) else {}
        if isinstance(said, dict):
            about = said
            self._check_keys(at, about, _keys_of(about))
        column = table.column(name)
        if "columns" in about or "joined" in about:
            return self._joined_id(at, table, column, about)
        if "start" in about or "end" in about:
            return self._span(at, column, about)
        parser, is_needed = self._parser(table, column, about), _is_needed(column)
        if "constant" in about:
            return Field("", name, self._constant(at, about, parser), required=is_needed)
        if not isinstance(about.get("column"), str):
            advice = f'write {name} = "Column of the file", or {name} = {{ column = "…", written = "…" }}'
            self._refuse(at, f"{name} names no column of the file", advice)
        field, time = Field(str(about["column"]), name, parser, is_needed), about.get("time")
        if time is None:
            return field
        return replace(field, others=(self._time_column(at, column, about),), joined=day_and_time)

    def _joined_id(
        self, at: tuple[str, ...], table: Table, column: Column, about: Mapping[str, object]
    ) -> Field:
        """Return an id of several columns, of a file that has none in one."""
        if not _is_id(table, column):
            self._refuse(
                at, f"{column.name} is no id", "leave out columns and joined: they are for ids"
            )
        names, sign = about.get("columns"), about.get("joined")
        if not _are_columns(names):
            advice = 'write columns = ["Customer", "Began"]'
            self._refuse(
                (*at, "columns"), "columns are not two columns of the file or more", advice
            )
        if not (isinstance(sign, str) and len(sign) == 1 and sign.isprintable()):
            advice = 'write joined = "-", or another sign that is in none of the columns'
            self._refuse((*at, "joined"), "joined is not one sign", advice)
        first, *others = names
        parser = joined_id(parser_of(table, column), sign=sign, columns=len(names))
        return Field(
            first, column.name, parser, _is_needed(column), tuple(others), joined=joined_by(sign)
        )

    def _span(self, at: tuple[str, ...], column: Column, about: Mapping[str, object]) -> Field:
        """Return a length that is the time from one instant to another."""
        if column.name not in LENGTHS:
            advice = f"leave out start and end: they are for {', '.join(LENGTHS)}"
            self._refuse(at, f"{column.name} is no length in seconds", advice)
        names = [about.get("start"), about.get("end")]
        if not _are_columns(names):
            advice = f'write {column.name} = {{ start = "Began", end = "Ended" }}'
            self._refuse(at, "start and end are not two columns of the file", advice)
        moment = instant(self._form(at, about), zone=self._said.get("zone"))
        if "written" in about:
            moment = self._written(at, "an instant", about["written"], EPOCHS)
        start, end = map(str, names)
        parser = seconds_between(moment, maximum=LENGTHS[column.name])
        return Field(start, column.name, parser, _is_needed(column), (end,), joined=start_and_end)

    def _constant(self, at: tuple[str, ...], about: Mapping[str, object], parser: Parser) -> Parser:
        """Return the parser of a column that is the same in every row."""
        at, said = (*at, "constant"), about["constant"]
        if not isinstance(said, str):
            self._refuse(at, "constant is not text", 'write constant = "…"')
        if "column" in about or "time" in about:
            self._refuse(at, "a constant stands in no column", "leave out one of the two")
        parsed = parser.parse(pa.array([said]))
        reasons = {**REFUSALS, **{code: doubt.told for code, doubt in STOPPING.items()}}
        faults = [reasons[code] for code, at_fault in parsed.faults if at_fault.any()]
        if faults or parsed.values.null_count:
            advice = f"{at[1]} may be: {parser.meaning}"
            told = faults[0] if faults else REFUSALS["missing"]
            self._refuse(at, f"{shorten(said)!r}: {told}", advice)
        return constant(parser, said)

    def _time_column(self, at: tuple[str, ...], column: Column, about: Mapping[str, object]) -> str:
        """Return the column that has the time of day of an instant."""
        at, said = (*at, "time"), about["time"]
        if not isinstance(said, str) or not said:
            self._refuse(at, "time names no column of the file", 'write time = "…"')
        if not pa.types.is_timestamp(column.type) or "written" in about:
            message = f"{column.name} has no time in a column of its own"
            self._refuse(at, message, "leave time out: it is for dates with a time written as such")
        return said

    def _parser(self, table: Table, column: Column, about: Mapping[str, object]) -> Parser:
        at = ("columns", column.name)
        form = self._form(at, about)
        if "written" in about:
            return self._written(at, column.name, about["written"], self._ways(column))
        if column.name in self._section("values"):
            return self._choice(column)
        if column.type == pa.date32():
            return day(form)
        if pa.types.is_timestamp(column.type):
            return instant(form, zone=self._said.get("zone"))
        if column.type == pa.list_(pa.string()):
            return list_of_words(self._said.get("list_separator", "|"))
        parser = parser_of(table, column)
        return self._local(parser) if _is_number(column) else parser

    def _form(self, at: tuple[str, ...], about: Mapping[str, object]) -> str | None:
        where = (*at, "date_format") if "date_format" in about else ("date_format",)
        form = about.get("date_format", self._said.get("date_format"))
        if form is not None and not (isinstance(form, str) and is_form(form)):
            message = f"{shorten(form)!r} doesn't say how a day is written"
            self._refuse(where, message, 'write year, month and day once each, as "DD/MM/YYYY"')
        return form

    def _written(
        self, at: tuple[str, ...], name: str, way: object, ways: Mapping[str, Parser]
    ) -> Parser:
        if not isinstance(way, str) or way not in ways:
            known = (
                f"use one of {', '.join(ways)}"
                if ways
                else f"leave it out: {name} has one way only"
            )
            self._refuse((*at, "written"), f"{name} can't be written as {shorten(way)!r}", known)
        return ways[way]

    def _ways(self, column: Column) -> dict[str, Parser]:
        """Return the ways to write a column other than its own."""
        ways = {
            way: self._local(one) for (name, way), one in NUMBERS.items() if name == column.name
        }
        ways.update({way: one for (name, way), one in SPELLED.items() if name == column.name})
        if pa.types.is_timestamp(column.type):
            ways.update(EPOCHS)
        if column.type == pa.date32():
            ways.update({way: day_of(one) for way, one in EPOCHS.items()})
        return ways

    def _choice(self, column: Column) -> Parser:
        words = self._section("values")[column.name]
        at = ("values", column.name)
        if not isinstance(words, dict) or not all(isinstance(word, str) for word in words.values()):
            self._refuse(
                at, f"values.{column.name} is not a list of words", 'write "Film" = "movie"'
            )
        for written, meant in words.items():
            if column.values and meant not in column.values:
                advice = f"use one of {', '.join(column.values)}"
                self._refuse((*at, written), f"{column.name} is never {shorten(meant)!r}", advice)
        return choice({**{value: value for value in column.values}, **words})

    def _local(self, parser: Parser) -> Parser:
        decimal_sign, thousands = self._said.get("decimal", "."), self._said.get("thousands", "")
        if (decimal_sign, thousands) == (".", ""):
            return parser
        return localised(parser, decimal_sign=decimal_sign, thousands_sign=thousands)

    def _check_keys(
        self, at: tuple[str, ...], said: Mapping[str, object], known: Iterable[str]
    ) -> None:
        for name in said:
            if name not in (names := list(known)):
                close = get_close_matches(name, names, n=1)
                advice = f"did you mean {close[0]}?" if close else f"use one of {', '.join(names)}"
                self._refuse((*at, name), f"a map has no {'.'.join((*at, shorten(name)))}", advice)

    def _refuse(self, keys: tuple[str, ...], message: str, advice: str) -> NoReturn:
        line, column = _position(self._text, keys)
        placed = f"{self._name}, line {line}, column {column}: {message}"
        raise UsageError(placed, advice)


def _is_needed(column: Column) -> bool:
    """Tell whether a file must have the column; a title without genres is one."""
    return column.required and column.name != "genres"


def _is_id(table: Table, column: Column) -> bool:
    return column.name in table.key or bool(column.refers_to)


def _are_columns(names: object) -> TypeGuard[list[str]]:
    """Tell whether something is the names of two columns or more."""
    if not isinstance(names, list) or len(names) < MIN_COLUMNS:
        return False
    return all(isinstance(name, str) and name for name in names)


def _keys_of(about: Mapping[str, object]) -> tuple[str, ...]:
    """Return what may be said of a column beside what is, of which there are three sorts."""
    for keys, telling in ((JOINED_KEYS, JOINED_KEYS), (SPAN_KEYS, ("start", "end"))):
        if not about.keys().isdisjoint(telling):
            return keys
    return (*COLUMN_KEYS, "columns", "joined", "start", "end")


def _is_number(column: Column) -> bool:
    return pa.types.is_integer(column.type) or pa.types.is_decimal(column.type)


def _is_property(name: object) -> bool:
    return isinstance(name, str) and name.partition(".")[0] in PROPERTIES and "." in name[:-1]


def _day_of_start(fields: Iterable[Field]) -> list[Field]:
    """Return the day of plays whose file has their instants only."""
    starts = [field for field in fields if field.to == "started_at"]
    return [
        replace(start, to="started_on", parser=day_of(start.parser), required=True)
        for start in starts
    ]


def _position(text: str, keys: tuple[str, ...]) -> tuple[int, int]:
    """Return line and column, counted from 1, of the last key; those of the last that is found of its parents."""
    found, start = (1, 1), 0
    for key in keys:
        name = rf"""(?P<key>["']?{re.escape(key)}["']?)"""
        pattern = rf"""(?m)(?:^\s*|[{{,]\s*|^\s*\[+(?:[^\]\n]*\.)?){name}\s*(?:=|\.|\])"""
        match = re.compile(pattern).search(text, text.rfind("\n", 0, start) + 1)
        if match is None:
            break
        start = match.start("key")
        found = (text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start))
    return found
