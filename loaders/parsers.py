"""From the text of a column to values of a type, a whole batch at a time.

A parser takes an Arrow array of text and returns the values and, for each row that has none, why. Nothing is
guessed: empty stays null, and a value that can't be read exactly is a fault.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from loaders.arrow import Mask, Values, compute, mask, outside
from loaders.batches import is_text

__all__ = [
    "NULL_WORDS",
    "Parsed",
    "Parser",
    "choice",
    "currency",
    "day",
    "decimal",
    "identifier",
    "instant",
    "json_text",
    "list_of_numbers",
    "list_of_words",
    "minutes_as_seconds",
    "prose",
    "text",
    "truth",
    "whole",
]

NULL_WORDS = ("", "-", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null")
"""What files write for "nothing here"."""

LONGEST_NULL_WORD = max(map(len, NULL_WORDS))

MANY_UNUSUAL = 0.2
"""Share of rows from which on it is cheaper to take the long way with all."""

MAX_DIGITS = 18
"""What certainly fits 64 bits."""

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
FIRST_INSTANT = datetime(1900, 1, 1, tzinfo=UTC)
LAST_INSTANT = datetime(2199, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
INSTANT = pa.timestamp("us", tz="UTC")

MAX_WORD_CHARACTERS = 100
MAX_ITEMS = 1_000
MAX_LIST_NUMBER = 2**15 - 1

Faults: TypeAlias = tuple[tuple[str, Mask], ...]


@dataclass(frozen=True, slots=True)
class Parsed:
    """The values of one column; a faulty row's value means nothing."""

    values: Values
    faults: Faults
    """Code and rows, the first that applies to a row wins."""


@dataclass(frozen=True, slots=True)
class Parser:
    """How one column is read."""

    meaning: str
    """What it may hold, for people."""
    parse: Callable[[Values], Parsed]


def _clean(values: Values) -> Values:
    """Return the text without space around it, null where it says "nothing here"."""
    trimmed = compute.utf8_trim_whitespace(values)
    return _where(compute.invert(compute.is_in(trimmed, value_set=pa.array(NULL_WORDS))), trimmed)


def _where(condition: Values, values: Values) -> Values:
    """Return the values for which a condition holds, null elsewhere."""
    return compute.if_else(condition, values, pa.scalar(None, values.type))


def _matching(values: Values, pattern: str) -> tuple[Values, Mask]:
    """Return the values that match a pattern, null elsewhere, and which are there but don't match."""
    matches = compute.match_substring_regex(values, pattern)
    return _where(matches, values), mask(compute.invert(matches))


def _sparing(
    unusual: Callable[[Values], Mask],
    parse_usual: Callable[[Values, Mask], Parsed],
    parse: Callable[[Values], Parsed],
) -> Callable[[Values], Parsed]:
    """Return a parser that takes only the unusual rows through ``parse``, and all others the short way.

    The short way is told which rows are none of its own; it may say of them what it likes, but no fault.
    """

    def parse_sparingly(values: Values) -> Parsed:
        rows = unusual(values)
        if rows.any() and rows.mean() > MANY_UNUSUAL:
            return parse(values)
        usual = parse_usual(values, rows)
        if not rows.any():
            return usual
        chosen = pa.array(rows)
        others = parse(values.filter(chosen))
        merged = compute.replace_with_mask(usual.values, chosen, others.values)
        return Parsed(merged, (*usual.faults, *_spread(others.faults, rows)))

    return parse_sparingly


def _spread(faults: Faults, rows: Mask) -> Iterator[tuple[str, Mask]]:
    """Yield the faults of some rows as those of all."""
    for code, faulty in faults:
        spread = np.zeros(len(rows), dtype=np.bool_)
        spread[rows] = faulty
        yield code, spread


def _no_plain_word(values: Values, max_characters: int) -> Mask:
    """Tell which texts are not printable ASCII of some length without a space, or say "nothing here"."""
    if values.type != pa.string():
        return np.ones(len(values), dtype=np.bool_)
    length = compute.binary_length(values)
    unusual = outside(values, ord("!"), ord("~")) | mask(compute.greater(length, max_characters))
    short = mask(compute.less_equal(length, LONGEST_NULL_WORD))
    if short.any():
        words = values.filter(pa.array(short))
        unusual[short] |= mask(compute.is_in(words, value_set=pa.array(NULL_WORDS)))
    return unusual


def _plain_or(max_characters: int, parse: Callable[[Values], Parsed]) -> Callable[[Values], Parsed]:
    """Return a parser that keeps words as they are, and takes what is none through ``parse``."""
    return _sparing(
        lambda values: _no_plain_word(values, max_characters),
        lambda values, _: Parsed(values, ()),
        parse,
    )


def text(*, max_characters: int, but: str = "") -> Parser:
    """Text as it is, trimmed; control characters are taken for a space, ``but`` those named."""
    control = rf"[^{but}\P{{Cc}}]+"

    def parse(values: Values) -> Parsed:
        cleaned = _clean(compute.replace_substring_regex(values, control, " "))
        faults = (
            ("nul_character", _with_nul(values)),
            ("too_long", _longer(cleaned, max_characters)),
        )
        return Parsed(cleaned, faults)

    meaning = f"text, up to {max_characters:,} characters"
    return Parser(meaning, _plain_or(max_characters, parse))


def prose(*, max_characters: int) -> Parser:
    """Text that may have tabs and line breaks."""
    return text(max_characters=max_characters, but=r"\t\n\r")


def identifier(*, max_characters: int) -> Parser:
    """A key, unchanged but for space around it; nothing in it may be taken for something else."""

    def parse(values: Values) -> Parsed:
        cleaned = _clean(values)
        control = mask(compute.match_substring_regex(cleaned, r"\p{Cc}"))
        too_long = _longer(cleaned, max_characters)
        faults = (
            ("nul_character", _with_nul(values)),
            ("control_character", control),
            ("too_long", too_long),
        )
        return Parsed(cleaned, faults)

    return Parser(f"id, up to {max_characters:,} characters", _plain_or(max_characters, parse))


def _with_nul(values: Values) -> Mask:
    return mask(compute.match_substring(values, "\x00"))


def _longer(values: Values, max_characters: int) -> Mask:
    return mask(compute.greater(compute.utf8_length(values), max_characters))


def whole(minimum: int, maximum: int, type_: pa.DataType) -> Parser:
    """A whole number within bounds; ``12.0`` is 12."""

    def parse(values: Values) -> Parsed:
        written, faulty = _matching(_clean(values), r"^[+-]?[0-9]+(\.0*)?$")
        short, huge = _matching(written, r"^[+-]?0*[0-9]{1,18}(\.0*)?$")
        numbers = compute.replace_substring_regex(short, r"^\+|\.0*$", "").cast(pa.int64())
        inside, outside = _within(numbers, minimum, maximum)
        faults = (("not_a_number", faulty), ("out_of_range", huge | outside))
        return Parsed(inside.cast(type_), faults)

    def parse_digits(values: Values, others: Mask) -> Parsed:
        digits = _where(pa.array(~others), values) if others.any() else values
        inside, outside_ = _within(digits.cast(pa.int64()), minimum, maximum)
        return Parsed(inside.cast(type_), (("out_of_range", outside_),))

    meaning = f"whole number, {_range(minimum, maximum)}"
    return Parser(meaning, _sparing(_no_digits, parse_digits, parse))


def _no_digits(values: Values) -> Mask:
    """Tell which texts are not up to 18 digits and nothing else."""
    if values.type != pa.string():
        return np.ones(len(values), dtype=np.bool_)
    length = compute.binary_length(values)
    is_short = compute.and_(compute.greater(length, 0), compute.less_equal(length, MAX_DIGITS))
    return outside(values, ord("0"), ord("9")) | mask(compute.invert(is_short))


def decimal(minimum: int, maximum: int, type_: pa.Decimal128Type) -> Parser:
    """A decimal number within bounds, rounded half to even to the scale of ``type_``."""

    def parse(values: Values) -> Parsed:
        pattern = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)$"
        written, faulty = _matching(_clean(values), pattern)
        short, huge = _matching(written, r"^[+-]?0*[0-9]{0,15}(\.[0-9]*)?$")
        exact = compute.replace_substring_regex(short, r"(\.[0-9]{18})[0-9]+$", r"\1")
        wide = exact.cast(pa.decimal128(38, 18))
        rounded = compute.round(wide, ndigits=type_.scale, round_mode="half_to_even")
        inside, outside = _within(rounded, minimum, maximum)
        faults = (("not_a_number", faulty), ("out_of_range", huge | outside))
        return Parsed(inside.cast(type_), faults)

    return Parser(f"number, {_range(minimum, maximum)}, kept to {type_.scale} decimals", parse)


def minutes_as_seconds(maximum: int) -> Parser:
    """Minutes, whole or not, as whole seconds rounded down; ``maximum`` is in minutes."""
    read = decimal(0, maximum, pa.decimal128(18, 6))

    def parse(values: Values) -> Parsed:
        parsed = read.parse(values)
        seconds = compute.multiply(parsed.values, pa.scalar(60, pa.decimal128(3, 0)))
        return Parsed(compute.floor(seconds).cast(pa.int32(), safe=False), parsed.faults)

    return Parser(f"minutes, 0 to {maximum:,}, kept as whole seconds rounded down", parse)


def _range(minimum: int, maximum: int) -> str:
    return f"{minimum:,} to {maximum:,}" if maximum < 10**15 else f"from {minimum:,}"


def _within(values: Values, first: object, last: object) -> tuple[Values, Mask]:
    """Return the values within bounds, null elsewhere, and which are there but outside."""
    inside = compute.and_(compute.greater_equal(values, first), compute.less_equal(values, last))
    return _where(inside, values), mask(compute.invert(inside))


def day() -> Parser:
    """A day written YYYY-MM-DD; 30 February is no day, and 0000-00-00 neither."""

    def parse(values: Values) -> Parsed:
        written, faulty = _matching(_clean(values), r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
        days, impossible = _cast_possible(written, pa.date32())
        inside, outside = _within(days, pa.scalar(FIRST_DAY), pa.scalar(LAST_DAY))
        return Parsed(inside, (("not_a_date", faulty | impossible), ("out_of_range", outside)))

    return Parser("day, written YYYY-MM-DD", parse)


def instant() -> Parser:
    """A date and time with its zone, as UTC, truncated to microseconds."""
    time = r"([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(\.[0-9]+)?"
    zone = r"(Z|[+-][0-9]{2}:?[0-9]{2})"

    def parse(values: Values) -> Parsed:
        pattern = rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ]{time}{zone}?$"
        written, faulty = _matching(_clean(values), pattern)
        zoned, naive = _matching(written, zone + "$")
        short = compute.replace_substring_regex(zoned, r"(\.[0-9]{6})[0-9]+", r"\1")
        instants, impossible = _cast_possible(short, INSTANT)
        first, last = pa.scalar(FIRST_INSTANT, INSTANT), pa.scalar(LAST_INSTANT, INSTANT)
        inside, outside = _within(instants, first, last)
        bad_form = ("not_an_instant", faulty | impossible)
        return Parsed(inside, (bad_form, ("no_zone", naive), ("out_of_range", outside)))

    return Parser("date and time with a zone, as 2024-01-31T20:15:00Z", parse)


def _cast_possible(values: Values, type_: pa.DataType) -> tuple[Values, Mask]:
    """Cast text that has the right form; return the values, and which rows mean nothing, as 30 February."""
    try:
        return values.cast(type_), np.zeros(len(values), dtype=np.bool_)
    except pa.ArrowInvalid:
        cast = pa.array([_scalar(value, type_) for value in values], type_)
        return cast, mask(compute.and_(compute.is_valid(values), compute.is_null(cast)))


def _scalar(value: pa.Scalar[pa.DataType], type_: pa.DataType) -> pa.Scalar[pa.DataType] | None:
    try:
        return value.cast(type_)
    except pa.ArrowInvalid:
        return None


def truth() -> Parser:
    """True or false."""
    read = choice(
        {"true": "true", "1": "true", "yes": "true", "false": "false", "0": "false", "no": "false"}
    )

    def parse(values: Values) -> Parsed:
        parsed = read.parse(values)
        faults = tuple(("not_a_truth_value", rows) for _, rows in parsed.faults)
        return Parsed(parsed.values.cast(pa.bool_()), faults)

    return Parser("true or false, 1 or 0, yes or no", parse)


def choice(words: Mapping[str, str] | Collection[str]) -> Parser:
    """One of the known words, whatever its case, written in the way we write it."""
    written = dict(words) if isinstance(words, Mapping) else {word: word for word in words}
    known = pa.array([word.lower() for word in written])
    meant = pa.array(list(written.values()))

    def parse(values: Values) -> Parsed:
        cleaned = _clean(values)
        found = compute.index_in(compute.utf8_lower(cleaned), value_set=known)
        unknown = compute.and_(compute.is_valid(cleaned), compute.is_null(found))
        return Parsed(compute.take(meant, found), (("not_a_choice", mask(unknown)),))

    return Parser(f"one of {', '.join(written)}", parse)


def currency() -> Parser:
    """A currency's three letters, in capitals."""

    def parse(values: Values) -> Parsed:
        written, faulty = _matching(compute.utf8_upper(_clean(values)), "^[A-Z]{3}$")
        return Parsed(written, (("not_a_currency", faulty),))

    return Parser("currency, the three letters of ISO 4217", parse)


def list_of_words() -> Parser:
    """A list as JSON, or as text parted by ``|``; without empty or repeated words, in their order."""

    def parse(values: Values) -> Parsed:
        lists, faults = _lists(values, _word_fault)
        words = [None if found is None else _unrepeated(found) for found in lists]
        return Parsed(pa.array(words, pa.list_(pa.string())), faults)

    return Parser("list of words, as JSON or parted by |", parse)


def list_of_numbers() -> Parser:
    """A list of whole numbers as JSON."""

    def parse(values: Values) -> Parsed:
        lists, faults = _lists(values, _number_fault)
        return Parsed(pa.array(lists, pa.list_(pa.int16())), faults)

    return Parser(f"list of whole numbers, 0 to {MAX_LIST_NUMBER:,}, as JSON", parse)


def _lists(
    values: Values, item_fault: Callable[[Any], str | None]
) -> tuple[list[list[Any] | None], Faults]:
    """Return the list in each row, None where there is none or it can't be stored, and the faults."""
    lists: list[list[Any] | None] = []
    faults: dict[str, Mask] = {}
    for row, value in enumerate(_clean(values).to_pylist()):
        found = None if value is None else _items(value)
        code = None if value is None else _list_fault(found, item_fault)
        if code:
            faults.setdefault(code, np.zeros(len(values), dtype=np.bool_))[row] = True
        lists.append(None if code else found)
    return lists, tuple(faults.items())


def _items(value: str) -> list[Any] | None:
    if not value.startswith("["):
        return value.split("|")
    try:
        read = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, list) else None


def _list_fault(items: list[Any] | None, item_fault: Callable[[Any], str | None]) -> str | None:
    if items is None:
        return "not_a_list"
    if len(items) > MAX_ITEMS:
        return "too_long"
    return next(filter(None, map(item_fault, items)), None)


def _word_fault(word: object) -> str | None:
    if not isinstance(word, str):
        return "not_a_list"
    if "\x00" in word:
        return "nul_character"
    if not is_text(word):
        return "not_text"
    return "too_long" if len(word) > MAX_WORD_CHARACTERS else None


def _number_fault(number: object) -> str | None:
    if not isinstance(number, int) or isinstance(number, bool):
        return "not_a_list"
    return None if 0 <= number <= MAX_LIST_NUMBER else "out_of_range"


def _unrepeated(words: list[str]) -> list[str]:
    cleaned = (re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", word).strip() for word in words)
    return list(dict.fromkeys(filter(None, cleaned)))


def json_text(*, max_characters: int) -> Parser:
    """JSON that PostgreSQL can hold, kept as text."""

    def parse(values: Values) -> Parsed:
        cleaned = _clean(values)
        too_long = _longer(cleaned, max_characters)
        faulty = [value is not None and not _is_json(value) for value in cleaned.to_pylist()]
        faults = (("too_long", too_long), ("not_json", np.array(faulty, dtype=np.bool_)))
        return Parsed(cleaned, faults)

    return Parser(f"JSON, up to {max_characters:,} characters", parse)


def _is_json(value: str) -> bool:
    try:
        read = json.loads(value, parse_constant=_refuse, parse_float=_finite)
        written = json.dumps(read, ensure_ascii=False)
    except (ValueError, RecursionError):
        return False
    return is_text(written) and "\\u0000" not in written


def _refuse(name: str) -> object:
    raise ValueError(name)


def _finite(written: str) -> float:
    number = float(written)
    if not math.isfinite(number):
        raise ValueError(written)
    return number
