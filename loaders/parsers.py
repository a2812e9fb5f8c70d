"""From the text of a column to values of a type, a whole batch at a time.

A parser takes an Arrow array of text and returns the values and, for each row that has none, why. Nothing is
guessed: empty stays null, and a value that can't be read exactly is a fault.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = [
    "Parsed",
    "Parser",
    "choice",
    "day",
    "decimal",
    "instant",
    "json_text",
    "list_of",
    "minutes_as_seconds",
    "parser_for",
    "text",
    "truth",
    "whole",
]

Mask = npt.NDArray[np.bool_]

NULL_WORDS = pa.array(["", "-", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"])
"""What files write for "nothing here"."""

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
MAX_TEXT_CHARACTERS = 10_000
MAX_LIST_NUMBER = 2**15 - 1


@dataclass(frozen=True, slots=True)
class Parsed:
    """The values of one column; a faulty row's value means nothing."""

    values: pa.Array
    faults: tuple[tuple[str, Mask], ...] = ()
    """Code and rows, the first that applies to a row wins."""


Parser = Callable[[pa.Array], Parsed]


def _mask(array: pa.Array | pa.ChunkedArray) -> Mask:
    """Return a boolean array as numpy; null is False."""
    return np.asarray(pc.fill_null(array, pa.scalar(value=False)).to_numpy(zero_copy_only=False), dtype=np.bool_)


def _clean(values: pa.Array) -> pa.Array:
    """Return the text without space around it, null where it says "nothing here"."""
    trimmed = pc.utf8_trim_whitespace(values)
    return pc.if_else(
        pc.is_in(trimmed, value_set=NULL_WORDS), pa.scalar(None, pa.string()), trimmed
    )


def _matching(values: pa.Array, pattern: str) -> tuple[pa.Array, Mask]:
    """Return the values that match a pattern, null elsewhere, and which are there but don't match."""
    matches = pc.match_substring_regex(values, pattern)
    return pc.if_else(matches, values, pa.scalar(None, pa.string())), _mask(pc.invert(matches))


def text(*, max_characters: int = MAX_TEXT_CHARACTERS) -> Parser:
    """Text as it is, trimmed."""

    def parse(values: pa.Array) -> Parsed:
        cleaned = _clean(values)
        too_long = _mask(pc.greater(pc.utf8_length(cleaned), max_characters))
        with_nul = _mask(pc.match_substring(cleaned, "\x00"))
        return Parsed(cleaned, (("nul_character", with_nul), ("too_long", too_long)))

    return parse


def whole(minimum: int, maximum: int, type_: pa.DataType | None = None) -> Parser:
    """A whole number within bounds; ``12.0`` is 12."""

    def parse(values: pa.Array) -> Parsed:
        exact, faulty = _matching(_clean(values), r"^[+-]?[0-9]{1,18}(\.0*)?$")
        numbers = pc.replace_substring_regex(exact, r"^\+|\.0*$", "").cast(pa.int64())
        return _bounded(numbers, minimum, maximum, faulty, type_ or pa.int64())

    return parse


def decimal(minimum: int, maximum: int, type_: pa.Decimal128Type) -> Parser:
    """A decimal number within bounds, rounded half to even to the scale of ``type_``."""

    def parse(values: pa.Array) -> Parsed:
        exact, faulty = _matching(_clean(values), r"^[+-]?[0-9]{1,15}(\.[0-9]{0,12})?$")
        wide = pc.replace_substring_regex(exact, r"\.$", "").cast(pa.decimal128(38, 12))
        rounded = pc.round(wide, ndigits=type_.scale, round_mode="half_to_even")
        return _bounded(rounded, minimum, maximum, faulty, type_)

    return parse


def minutes_as_seconds(maximum: int) -> Parser:
    """Minutes, whole or not, as whole seconds rounded down; ``maximum`` is in minutes."""
    read = decimal(0, maximum, pa.decimal128(18, 6))

    def parse(values: pa.Array) -> Parsed:
        parsed = read(values)
        seconds = pc.floor(pc.multiply(parsed.values, pa.scalar(60, pa.decimal128(3, 0))))
        return Parsed(seconds.cast(pa.int32(), safe=False), parsed.faults)

    return parse


def _bounded(
    numbers: pa.Array, minimum: int, maximum: int, faulty: Mask, type_: pa.DataType
) -> Parsed:
    """Return numbers of a type, with those outside the bounds as faults."""
    inside = pc.and_(pc.greater_equal(numbers, minimum), pc.less_equal(numbers, maximum))
    kept = pc.if_else(inside, numbers, pa.scalar(None, numbers.type))
    return Parsed(
        kept.cast(type_), (("not_a_number", faulty), ("out_of_range", _mask(pc.invert(inside))))
    )


def day() -> Parser:
    """A day written YYYY-MM-DD; 30 February is no day, and 0000-00-00 neither."""

    def parse(values: pa.Array) -> Parsed:
        cleaned = _clean(values)
        written, faulty = _matching(cleaned, r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
        days = _exactly(written, date.fromisoformat, pa.date32())
        impossible = _mask(pc.and_(pc.is_valid(written), pc.is_null(days)))
        outside = _mask(
            pc.or_(pc.less(days, pa.scalar(FIRST_DAY)), pc.greater(days, pa.scalar(LAST_DAY)))
        )
        return Parsed(days, (("not_a_date", faulty | impossible), ("out_of_range", outside)))

    return parse


def instant() -> Parser:
    """A date and time with its zone, as UTC, truncated to microseconds."""
    pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?"

    def parse(values: pa.Array) -> Parsed:
        written, faulty = _matching(_clean(values), pattern + r"(Z|[+-][0-9]{2}:?[0-9]{2})?$")
        zoned, naive = _matching(written, r"(Z|[+-][0-9]{2}:?[0-9]{2})$")
        short = pc.replace_substring_regex(zoned, r"(\.[0-9]{6})[0-9]+", r"\1")
        instants = _exactly(short, datetime.fromisoformat, pa.timestamp("us", tz="UTC"))
        impossible = _mask(pc.and_(pc.is_valid(zoned), pc.is_null(instants)))
        return Parsed(instants, (("not_an_instant", faulty | impossible), ("no_zone", naive)))

    return parse


def _exactly(values: pa.Array, read: Callable[[str], object], type_: pa.DataType) -> pa.Array:
    """Cast text that has the right form: all at once, or one by one if any of it means nothing."""
    try:
        return values.cast(type_)
    except pa.ArrowInvalid:
        return pa.array([_or_none(value, read) for value in values.to_pylist()], type_)


def _or_none(value: str | None, read: Callable[[str], object]) -> object:
    try:
        return None if value is None else read(value)
    except ValueError:
        return None


def truth() -> Parser:
    """True or false."""
    read = choice(
        {"true": "true", "1": "true", "yes": "true", "false": "false", "0": "false", "no": "false"}
    )

    def parse(values: pa.Array) -> Parsed:
        parsed = read(values)
        faults = tuple(("not_a_truth_value", rows) for _, rows in parsed.faults)
        return Parsed(parsed.values.cast(pa.bool_()), faults)

    return parse


def choice(words: Mapping[str, str] | Collection[str]) -> Parser:
    """One of the known words, whatever its case, written in the way we write it."""
    written = dict(words) if isinstance(words, Mapping) else {word: word for word in words}
    known = pa.array([word.lower() for word in written])
    meant = pa.array(list(written.values()))

    def parse(values: pa.Array) -> Parsed:
        cleaned = _clean(values)
        found = pc.index_in(pc.utf8_lower(cleaned), value_set=known)
        unknown = _mask(pc.and_(pc.is_valid(cleaned), pc.is_null(found)))
        return Parsed(meant.take(found), (("not_a_choice", unknown),))

    return parse


def list_of(item: type[str] | type[int], type_: pa.DataType) -> Parser:
    """A list as JSON, or as text parted by ``|``; without empty or repeated words, in their order."""

    def parse(values: pa.Array) -> Parsed:
        read = [_read_list(value, item) for value in _clean(values).to_pylist()]
        faulty = np.array([value is _FAULT for value in read], dtype=np.bool_)
        return Parsed(
            pa.array([None if value is _FAULT else value for value in read], type_),
            (("not_a_list", faulty),),
        )

    return parse


_FAULT: list[object] = []
"""Stands for a list that can't be read."""


def _read_list(value: str | None, item: type[str] | type[int]) -> list[object] | None:
    if value is None:
        return None
    try:
        read = json.loads(value) if value.startswith("[") else value.split("|")
    except (ValueError, RecursionError):
        return _FAULT
    if item is int:
        return (
            read
            if all(type(element) is int and 0 <= element <= MAX_LIST_NUMBER for element in read)
            else _FAULT
        )
    if not all(isinstance(element, str) and "\x00" not in element for element in read):
        return _FAULT
    return list(dict.fromkeys(element.strip() for element in read if element.strip()))


def json_text() -> Parser:
    """JSON, kept as text."""

    def parse(values: pa.Array) -> Parsed:
        cleaned = _clean(values)
        faulty = [value is not None and not _is_json(value) for value in cleaned.to_pylist()]
        return Parsed(cleaned, (("not_json", np.array(faulty, dtype=np.bool_)),))

    return parse


def _is_json(value: str) -> bool:
    try:
        json.loads(value, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return False
    return "\\u0000" not in value and "\x00" not in value


def _refuse_constant(name: str) -> object:
    raise ValueError(name)


def parser_for(type_: pa.DataType, values: Collection[str] = ()) -> Parser:
    """Return the parser of a canonical column's type, with the bounds of that type."""
    if values:
        return choice(values)
    if isinstance(type_, pa.Decimal128Type):
        return decimal(0, 10 ** (type_.precision - type_.scale) - 1, type_)
    if pa.types.is_integer(type_):
        return whole(0, 2 ** (type_.bit_width - 1) - 1, type_)
    if pa.types.is_list(type_):
        return list_of(int if pa.types.is_integer(type_.value_type) else str, type_)
    made = {pa.string(): text, pa.date32(): day, pa.bool_(): truth}
    return made.get(type_, partial(instant))()
