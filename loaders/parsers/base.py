"""What a parser is, and what all of them do: text to values of a type, a whole batch at a time.

A parser takes an Arrow array of text and returns the values and, for each row that has none, why. Nothing is
guessed: empty stays null, and a value that can't be read exactly is a fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import pyarrow as pa

from loaders.arrow import Mask, Values, compute, mask

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "CUT",
    "NULL_WORDS",
    "Faults",
    "Parsed",
    "Parser",
    "clean",
    "matching",
    "where",
    "within",
]

NULL_WORDS = ("", "-", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null")
"""What files write for "nothing here"."""

CUT = "[personal data cut]"
"""What quarantine has in the place of personal data."""

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
    in_zone: Callable[[str], Parser] | None = None
    """For instants: from the name of a zone to the parser that takes those without a zone for its clocks."""
    in_form: Callable[[str], Parser] | None = None
    """For days and instants: from the form in which a file writes days to the parser that reads them so."""
    cut: Callable[[str], str] | None = None
    """From a text to one that is read alike, without the personal data in it that is never stored."""


def clean(values: Values) -> Values:
    """Return the text without space around it, null where it says "nothing here"."""
    trimmed = compute.utf8_trim_whitespace(values)
    return where(compute.invert(compute.is_in(trimmed, value_set=pa.array(NULL_WORDS))), trimmed)


def where(condition: Values, values: Values) -> Values:
    """Return the values for which a condition holds, null elsewhere."""
    return compute.if_else(condition, values, pa.scalar(None, values.type))


def matching(values: Values, pattern: str) -> tuple[Values, Mask]:
    """Return the values that match a pattern, null elsewhere, and which are there but don't match."""
    matches = compute.match_substring_regex(values, pattern)
    return where(matches, values), mask(compute.invert(matches))


def within(values: Values, first: object, last: object) -> tuple[Values, Mask]:
    """Return the values within bounds, null elsewhere, and which are there but outside."""
    inside = compute.and_(compute.greater_equal(values, first), compute.less_equal(values, last))
    return where(inside, values), mask(compute.invert(inside))
