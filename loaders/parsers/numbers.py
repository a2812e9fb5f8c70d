"""Numbers, within bounds, and numbers with their unit."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa

from loaders.arrow import Mask, Values, compute, nulls, put
from loaders.parsers.base import Parsed, Parser, clean, matching, within
from loaders.parsers.plain import no_digits, sparing

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = [
    "PAIRS",
    "amount",
    "clock_as_seconds",
    "counted",
    "decimal",
    "localised",
    "minutes_as_seconds",
    "number_id",
    "scaled",
    "share_as_percent",
    "whole",
]

WHOLE_NUMBER = r"[0-9]+(\.0*)?"

PAIRS = {
    "mm:ss": (r"[0-9]{1,4}:[0-5][0-9](?:\.[0-9]+)?", r"0:\1"),
    "hh:mm": (r"[0-9]{1,4}:[0-5][0-9]", r"\1:00"),
}
"""What two numbers with a colon may mean, how they are written, and what makes three of them."""


def whole(minimum: int, maximum: int, type_: pa.DataType) -> Parser:
    """A whole number within bounds; ``12.0`` is 12."""

    def parse(values: Values) -> Parsed:
        written, faulty = matching(clean(values), r"^[+-]?[0-9]+(\.0*)?$")
        short, huge = matching(written, r"^[+-]?0*[0-9]{1,18}(\.0*)?$")
        numbers = compute.replace_substring_regex(short, r"^\+|\.0*$", "").cast(pa.int64())
        inside, outside = within(numbers, minimum, maximum)
        faults = (("not_a_number", faulty), ("out_of_range", huge | outside))
        return Parsed(inside.cast(type_), faults)

    def parse_digits(values: Values, others: Mask) -> Parsed:
        digits = put(values, others, nulls(int(others.sum()), values.type))
        inside, outside = within(digits.cast(pa.int64()), minimum, maximum)
        return Parsed(inside.cast(type_), (("out_of_range", outside),))

    meaning = f"whole number, {_range(minimum, maximum)}"
    return Parser(meaning, sparing(no_digits, parse_digits, parse))


def decimal(minimum: int, maximum: int, type_: pa.Decimal128Type) -> Parser:
    """A decimal number within bounds, rounded half to even to the scale of ``type_``."""

    def parse(values: Values) -> Parsed:
        pattern = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)$"
        written, faulty = matching(clean(values), pattern)
        short, huge = matching(written, r"^[+-]?0*[0-9]{0,15}(\.[0-9]*)?$")
        exact = compute.replace_substring_regex(short, r"(\.[0-9]{18})[0-9]+$", r"\1")
        wide = exact.cast(pa.decimal128(38, 18))
        rounded = compute.round(wide, ndigits=type_.scale, round_mode="half_to_even")
        inside, outside = within(rounded, minimum, maximum)
        faults = (("not_a_number", faulty), ("out_of_range", huge | outside))
        return Parsed(inside.cast(type_), faults)

    return Parser(f"number, {_range(minimum, maximum)}, kept to {type_.scale} decimals", parse)


def minutes_as_seconds(maximum: int) -> Parser:
    """Minutes, whole or not, as whole seconds rounded down; ``maximum`` is in minutes."""
    read = scaled(60, decimal(0, maximum, pa.decimal128(18, 6)), pa.int32())
    meaning = f"minutes, 0 to {maximum:,}, kept as whole seconds rounded down"
    return replace(read, meaning=meaning)


def clock_as_seconds(maximum: int, *, pair: str = "") -> Parser:
    """A length as hours, minutes and seconds, as whole seconds rounded down; ``maximum`` is in seconds.

    Two numbers alone mean nothing, unless ``pair`` says what: ``mm:ss`` or ``hh:mm``.
    """
    three = r"[0-9]{1,4}:[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
    two, completed = PAIRS.get(pair, ("", ""))
    form = f"^(?:{three}|{two})$" if pair else f"^{three}$"

    def parse(values: Values) -> Parsed:
        written, faulty = matching(clean(values), form)
        if pair:
            written = compute.replace_substring_regex(written, f"^({two})$", completed)
        parts = compute.extract_regex(written, r"^(?P<h>[0-9]+):(?P<m>[0-9]+):(?P<s>[0-9]+)")
        hours, minutes, seconds = (
            compute.struct_field(parts, name).cast(pa.int64()) for name in ("h", "m", "s")
        )
        minutes = compute.add(compute.multiply(hours, 60), minutes)
        length = compute.add(compute.multiply(minutes, 60), seconds)
        inside, outside = within(length, 0, maximum)
        faults = (("not_a_length", faulty), ("out_of_range", outside))
        return Parsed(inside.cast(pa.int32()), faults)

    known = f"hours:minutes:seconds or {pair}" if pair else "hours:minutes:seconds"
    return Parser(f"length as {known}, kept as whole seconds rounded down", parse)


def scaled(factor: int, parser: Parser, type_: pa.DataType) -> Parser:
    """Decimal numbers times a factor; rounded down where ``type_`` holds whole numbers only."""
    wide = pa.scalar(factor, pa.decimal128(6, 0))

    def parse(values: Values) -> Parsed:
        parsed = parser.parse(values)
        product = compute.multiply(parsed.values, wide)
        if pa.types.is_integer(type_):
            product = compute.floor(product)
        return replace(parsed, values=product.cast(type_, safe=False))

    return replace(parser, parse=parse)


def amount() -> Parser:
    """Money with at most two decimals, as hundredths: the minor units of most currencies."""
    read = scaled(100, decimal(0, 10**12, pa.decimal128(18, 2)), pa.int64())

    def parse(values: Values) -> Parsed:
        written, faulty = matching(clean(values), r"^\+?[0-9]+(\.[0-9]{0,2}0*)?$")
        parsed = read.parse(written)
        return replace(parsed, faults=(("not_a_number", faulty), *parsed.faults))

    return Parser("money with at most two decimals, kept in hundredths", parse)


def share_as_percent() -> Parser:
    """A share, of which 1 is the whole, as percent with two decimals."""
    read = scaled(100, decimal(-100, 100, pa.decimal128(18, 4)), pa.decimal128(7, 2))
    return replace(read, meaning="share, of which 1 is 100 percent")


def number_id() -> Parser:
    """A whole number that is a key, as text; ``123.0`` is 123."""

    def parse(values: Values) -> Parsed:
        written, faulty = matching(clean(values), f"^{WHOLE_NUMBER}$")
        short = compute.replace_substring_regex(written, r"\.0*$", "")
        inside, too_long = matching(short, "^.{1,100}$")
        return Parsed(inside, (("not_a_number", faulty), ("too_long", too_long)))

    return Parser("id, a whole number; 123.0 is 123", parse)


def counted(unit: str, parser: Parser, *, units: Collection[str]) -> Parser:
    """A number with its unit, as ``90 min``; nothing where the unit is another of those it may have."""
    known = f"(?i)^[0-9]+ ({'|'.join(units)})s?$"

    def parse(values: Values) -> Parsed:
        written, faulty = matching(clean(values), known)
        own, _ = matching(written, f"(?i) {unit}s?$")
        parsed = parser.parse(compute.replace_substring_regex(own, " .*$", ""))
        return replace(parsed, faults=(("not_a_length", faulty), *parsed.faults))

    return Parser(f"{parser.meaning}, with its unit, {unit}", parse)


def localised(parser: Parser, *, decimal_sign: str, thousands_sign: str) -> Parser:
    """Read numbers with other signs; one that is not written with them is a fault, never taken for another."""
    whole_part = "[0-9]+"
    if thousands_sign:
        whole_part += f"|[0-9]{{1,3}}(?:{re.escape(thousands_sign)}[0-9]{{3}})+"
    pattern = f"^[+-]?(?:{whole_part})?(?:{re.escape(decimal_sign)}[0-9]*)?$"

    def parse(values: Values) -> Parsed:
        written, faulty = matching(clean(values), pattern)
        if thousands_sign:
            written = compute.replace_substring(written, thousands_sign, "")
        parsed = parser.parse(compute.replace_substring(written, decimal_sign, "."))
        return replace(parsed, faults=(("not_a_number", faulty), *parsed.faults))

    return replace(parser, parse=parse)


def _range(minimum: int, maximum: int) -> str:
    return f"{minimum:,} to {maximum:,}" if maximum < 10**15 else f"from {minimum:,}"
