"""Text, ids, and words of a known list."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files

import pyarrow as pa

from loaders.arrow import Mask, Values, compute, mask
from loaders.parsers.base import Parsed, Parser, clean, matching, where
from loaders.parsers.plain import plain_or

__all__ = [
    "age_rating",
    "choice",
    "constant",
    "country",
    "currency",
    "first_of",
    "identifier",
    "joined_by",
    "joined_id",
    "longer",
    "prose",
    "session",
    "text",
    "truth",
    "without",
]


def text(*, max_characters: int, but: str = "") -> Parser:
    """Text as it is, trimmed; control characters are taken for a space, ``but`` those named."""
    control = rf"[^{but}\P{{Cc}}]+"

    def parse(values: Values) -> Parsed:
        cleaned = clean(compute.replace_substring_regex(values, control, " "))
        faults = (
            ("nul_character", with_nul(values)),
            ("too_long", longer(cleaned, max_characters)),
        )
        return Parsed(cleaned, faults)

    meaning = f"text, up to {max_characters:,} characters"
    return Parser(meaning, plain_or(max_characters, parse))


def prose(*, max_characters: int) -> Parser:
    """Text that may have tabs and line breaks."""
    return text(max_characters=max_characters, but=r"\t\n\r")


def identifier(*, max_characters: int) -> Parser:
    """A key, unchanged but for space around it; nothing in it may be taken for something else."""

    def parse(values: Values) -> Parsed:
        cleaned = clean(values)
        control = mask(compute.match_substring_regex(cleaned, r"\p{Cc}"))
        too_long = longer(cleaned, max_characters)
        faults = (
            ("nul_character", with_nul(values)),
            ("control_character", control),
            ("too_long", too_long),
        )
        return Parsed(cleaned, faults)

    return Parser(f"id, up to {max_characters:,} characters", plain_or(max_characters, parse))


def joined_by(sign: str) -> Callable[..., Values]:
    """Return what makes one text of those of several columns; null where one of them is not there."""

    def join(*columns: Values) -> Values:
        return compute.binary_join_element_wise(*map(clean, columns), sign)

    return join


def joined_id(parser: Parser, *, sign: str, columns: int) -> Parser:
    """A key of so many columns, joined by a sign that is in none of them, so that no two rows get the same by it."""

    def parse(values: Values) -> Parsed:
        parsed = parser.parse(values)
        others = compute.not_equal(compute.count_substring(values, sign), columns - 1)
        return replace(parsed, faults=(("ambiguous_id", mask(others)), *parsed.faults))

    meaning = f"{parser.meaning}, of {columns} columns with {sign} between them"
    return replace(parser, meaning=meaning, parse=parse)


def with_nul(values: Values) -> Mask:
    return mask(compute.match_substring(values, "\x00"))


def longer(values: Values, max_characters: int) -> Mask:
    """Return which rows have more characters than that."""
    return mask(compute.greater(compute.utf8_length(values), max_characters))


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
        cleaned = clean(values)
        found = compute.index_in(compute.utf8_lower(cleaned), value_set=known)
        unknown = compute.and_(compute.is_valid(cleaned), compute.is_null(found))
        return Parsed(compute.take(meant, found), (("not_a_choice", mask(unknown)),))

    return Parser(f"one of {', '.join(written)}", parse)


def constant(parser: Parser, written: str) -> Parser:
    """One value in every row, whatever stands there."""

    def parse(values: Values) -> Parsed:
        return parser.parse(pa.repeat(written, len(values)))

    return Parser(f"always {written}", parse)


def currency() -> Parser:
    """A currency's three letters, in capitals."""

    def parse(values: Values) -> Parsed:
        written, faulty = matching(compute.utf8_upper(clean(values)), "^[A-Z]{3}$")
        return Parsed(written, (("not_a_currency", faulty),))

    return Parser("currency, the three letters of ISO 4217", parse)


def country() -> Parser:
    """A country by its code of two or three letters, ``UK`` for ``GB``, as its English name; or by that name."""
    known = choice(_countries())

    def parse(values: Values) -> Parsed:
        parsed = known.parse(values)
        return replace(parsed, faults=tuple(("not_a_country", rows) for _, rows in parsed.faults))

    return Parser("country, its code of ISO 3166 (UK for GB) or its English name", parse)


@cache
def _countries() -> dict[str, str]:
    """Return the English name of every country by its codes and by itself."""
    text_of = files("loaders.parsers").joinpath("countries.csv").read_text(encoding="utf-8")
    names = {
        written: row["name"]
        for row in csv.DictReader(text_of.splitlines())
        for written in (row["alpha_2"], row["alpha_3"], row["name"])
    }
    return names | {"UK": names["GB"]}


def age_rating(*, max_characters: int) -> Parser:
    """An age rating as the source writes it; a length in its place shows that the row is shifted."""
    return _refusing(
        text(max_characters=max_characters), r"(?i)^[0-9]+ (min|seasons?)$", code="shifted_row"
    )


def _refusing(parser: Parser, pattern: str, *, code: str) -> Parser:
    """Read as another parser does, but for what matches a pattern."""

    def parse(values: Values) -> Parsed:
        parsed = parser.parse(values)
        refused = mask(compute.match_substring_regex(clean(values), pattern))
        return replace(parsed, faults=((code, refused), *parsed.faults))

    return replace(parser, parse=parse)


def first_of(separator: str, *, max_characters: int) -> Parser:
    """The first of several names."""
    read = text(max_characters=max_characters)

    def parse(values: Values) -> Parsed:
        first = compute.replace_substring_regex(values, f"(?s){_escaped(separator)}.*$", "")
        return read.parse(first)

    return Parser(f"the first of several names parted by {separator}", parse)


def _escaped(separator: str) -> str:
    return "".join(f"\\x{{{ord(character):x}}}" for character in separator)


def without(words: Collection[str], parser: Parser) -> Parser:
    """Read as another parser does, with more words for "nothing here"."""
    nothing = pa.array(list(words))

    def parse(values: Values) -> Parsed:
        trimmed = compute.utf8_trim_whitespace(values)
        return parser.parse(
            where(compute.invert(compute.is_in(trimmed, value_set=nothing)), values)
        )

    return replace(parser, parse=parse)


def session() -> Parser:
    """A session, by the instant in milliseconds at which it began; -1 stands for none."""
    read = without(("-1",), Parser("", _whole_number_as_text))
    return replace(read, meaning="session, milliseconds since 1970; -1 for none")


def _whole_number_as_text(values: Values) -> Parsed:
    written, faulty = matching(clean(values), r"^[0-9]{1,18}$")
    return Parsed(written, (("not_a_number", faulty),))
