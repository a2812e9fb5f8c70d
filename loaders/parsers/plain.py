"""The short way for what most files hold: plain words and digits, told by their bytes, without a pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from loaders.arrow import Mask, Values, compute, mask, outside, put
from loaders.parsers.base import NULL_WORDS, Faults, Parsed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["no_digits", "plain_or", "sparing"]

LONGEST_NULL_WORD = max(map(len, NULL_WORDS))

MANY_UNUSUAL = 0.2
"""Share of rows from which on it is cheaper to take the long way with all."""

MAX_DIGITS = 18
"""What certainly fits 64 bits."""


def sparing(
    unusual: Callable[[Values], Mask],
    parse_usual: Callable[[Values, Mask], Parsed],
    parse: Callable[[Values], Parsed],
) -> Callable[[Values], Parsed]:
    """Return a parser that takes only the unusual rows through ``parse``, and all others the short way.

    The short way is told which rows are none of its own; it may say of them what it likes, but no fault.
    """

    def parse_sparingly(values: Values) -> Parsed:
        rows = unusual(values)
        places = np.flatnonzero(rows)
        if len(places) > MANY_UNUSUAL * len(rows):
            return parse(values)
        usual = parse_usual(values, rows)
        if not len(places):
            return usual
        others = parse(values.take(pa.array(places, pa.int64())))
        merged = put(usual.values, rows, others.values)
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
        words = values.take(pa.array(np.flatnonzero(short), pa.int64()))
        unusual[short] |= mask(compute.is_in(words, value_set=pa.array(NULL_WORDS)))
    return unusual


def plain_or(max_characters: int, parse: Callable[[Values], Parsed]) -> Callable[[Values], Parsed]:
    """Return a parser that keeps words as they are, and takes what is none through ``parse``."""
    return sparing(
        lambda values: _no_plain_word(values, max_characters),
        lambda values, _: Parsed(values, ()),
        parse,
    )


def no_digits(values: Values) -> Mask:
    """Tell which texts are not up to 18 digits and nothing else."""
    if values.type != pa.string():
        return np.ones(len(values), dtype=np.bool_)
    length = compute.binary_length(values)
    is_short = compute.and_(compute.greater(length, 0), compute.less_equal(length, MAX_DIGITS))
    return outside(values, ord("0"), ord("9")) | mask(compute.invert(is_short))
