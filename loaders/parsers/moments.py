"""Days and instants, in the form that a file writes them."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial

import numpy as np
import pyarrow as pa

from loaders.arrow import Mask, Values, compute, mask, put
from loaders.parsers.base import Parsed, Parser, clean, matching, where, within
from svp.core.zones import load_zone

__all__ = [
    "EPOCH_UNITS",
    "ISO",
    "day",
    "day_and_time",
    "day_of",
    "epoch",
    "instant",
    "is_day_with_year_last",
    "is_form",
    "midnight_of",
    "seconds_between",
    "start_and_end",
]

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
FIRST_INSTANT = datetime(1900, 1, 1, tzinfo=UTC)
LAST_INSTANT = datetime(2199, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
INSTANT = pa.timestamp("us", tz="UTC")
MICROSECONDS = 1_000_000
"""Of a second."""

ISO = "YYYY-MM-DD"
ISO_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
YEAR_LAST = (
    r"(?P<first>[0-9]{1,2})[./-](?P<second>[0-9]{1,2})[./-](?P<year>[0-9]{4}|[0-9]{2})(?:[T ]|$)"
)
TIME = r"(?:[01][0-9]|2[0-3]):[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?"
OFFSET = r"(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)"
SPACE = r"[ \x{a0}\x{202f}]"
"""Browsers write narrow ones before AM and PM."""
CLOCK = (
    r"(?P<hour>[0-9]{1,2})(?P<rest>:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)"
    rf"(?:{SPACE}?(?P<half>[AaPp])\.?[Mm]\.?)?"
)
"""A time as people write it: the hour may have one digit, and be one of twelve with AM or PM behind."""
MIDNIGHT = rf"(?:T| +)(?:0?0:00(?::00(?:\.0+)?)?|12:00(?::00(?:\.0+)?)?{SPACE}?[Aa]\.?[Mm]\.?)$"

HOURS = {f"{hour:{width}}": hour for hour in range(24) for width in ("", "02")} | {
    f"{hour:{width}}{half}": hour % 12 + later
    for half, later in {"a": 0, "p": 12}.items()
    for hour in range(1, 13)
    for width in ("", "02")
}
"""What an hour means as it is written, with the first letter of AM or PM; 0 PM and 13 AM are none."""

PARTS = {
    "YYYY": "(?P<year>[0-9]{4})",
    "YY": "(?P<year>[0-9]{2})",
    "MONTH": "(?P<month>[A-Za-z]+)",
    "MON": "(?P<month>[A-Za-z]{3})",
    "MM": "(?P<month>[0-9]{2})",
    "M": "(?P<month>[0-9]{1,2})",
    "DD": "(?P<day>[0-9]{2})",
    "D": "(?P<day>[0-9]{1,2})",
}
"""How each part of a form is written; ``YY`` is a year from 2000 on, ``MONTH`` an English name, ``MON``
its first three letters. A space is one or more."""

EPOCH_UNITS = {"seconds": 1_000_000, "milliseconds": 1_000, "microseconds": 1}
"""In which instants are counted from the beginning of 1970, UTC; each in microseconds."""

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


def is_form(text: str) -> bool:
    """Tell whether a text says how a day is written: year, month and day, each once."""
    return sorted(re.findall(r"\?P<(\w+)>", _pattern(text))) == ["day", "month", "year"]


def day(form: str | None = ISO) -> Parser:
    """A day written in one form; 30 February is no day, and 0000-00-00 neither.

    Without a form, a day that is not written YYYY-MM-DD leaves open what every row of the file means. A midnight
    without a zone, as tables write days that they hold as instants, is its day; another time of day is never cut off.
    """

    def parse(values: Values) -> Parsed:
        cleaned = _without_midnight(clean(values))
        written, faulty = matching(_as_iso(cleaned, form or ISO), f"^{ISO_DAY}$")
        days, impossible = _cast_possible(written, pa.date32())
        inside, outside = within(days, pa.scalar(FIRST_DAY), pa.scalar(LAST_DAY))
        faulty |= mask(compute.and_(compute.is_valid(cleaned), compute.is_null(written)))
        doubts = _doubts(cleaned, form or ISO, faulty | impossible)
        faults = (*doubts, ("not_a_date", faulty | impossible), ("out_of_range", outside))
        return Parsed(inside, faults if form else (*_open_forms(cleaned), *faults))

    return Parser(f"day, written {_said(form or ISO)}", parse, in_form=day)


def instant(form: str | None = ISO, *, zone: str | None = None) -> Parser:
    """A date and time with its zone, or in ``zone`` if it has none, as UTC, truncated to microseconds."""

    def parse(values: Values) -> Parsed:
        cleaned = clean(values)
        written, faulty = _with_iso_time(_iso_date_of(cleaned, form or ISO))
        faulty |= mask(compute.and_(compute.is_valid(cleaned), compute.is_null(written)))
        short = compute.replace_substring_regex(written, r"(\.[0-9]{6})[0-9]+", r"\1")
        zoned, naive = matching(short, OFFSET + "$")
        instants, impossible = _cast_possible(zoned, INSTANT)
        faults = [("not_an_instant", faulty | impossible)]
        if zone is None:
            faults.append(("no_zone", naive))
        elif naive.any():
            local, local_faults = _in_zone(where(pa.array(naive), short), zone)
            instants = compute.coalesce(instants, local)
            faults.extend(local_faults)
        first, last = pa.scalar(FIRST_INSTANT, INSTANT), pa.scalar(LAST_INSTANT, INSTANT)
        inside, outside = within(instants, first, last)
        faults.append(("out_of_range", outside))
        wrong = np.logical_or.reduce([rows for code, rows in faults if code == "not_an_instant"])
        faults = [*_doubts(cleaned, form or ISO, wrong), *faults]
        return Parsed(inside, tuple(faults) if form else (*_open_forms(cleaned), *faults))

    zoned = "with a zone" if zone is None else f"in {zone} unless it names a zone"
    plain = "2024-01-31T20:15:00Z" if zone is None else "2024-01-31 20:15:00"
    said = f"as {plain}" if form in {ISO, None} else f"the day written {form}"
    return Parser(
        f"date and time {zoned}, {said}",
        parse,
        in_zone=None if zone else lambda name: instant(form, zone=name),
        in_form=partial(instant, zone=zone),
    )


def epoch(unit: str) -> Parser:
    """An instant as the number of ``unit`` since the beginning of 1970, UTC, truncated to microseconds."""
    microseconds = pa.scalar(EPOCH_UNITS[unit], pa.decimal128(7, 0))

    def parse(values: Values) -> Parsed:
        written, faulty = matching(clean(values), r"^-?[0-9]+(?:\.[0-9]*)?$")
        short, huge = matching(written, r"^-?[0-9]{1,16}(?:\.|$)")
        exact = compute.replace_substring_regex(short, r"\.$|(\.[0-9]{6})[0-9]+$", r"\1")
        product = compute.multiply(exact.cast(pa.decimal128(22, 6)), microseconds)
        counted = compute.floor(product).cast(pa.decimal128(38, 0), safe=False)
        first, last = (int(end.timestamp()) * 10**6 for end in (FIRST_INSTANT, LAST_INSTANT))
        inside, outside = within(counted, first, last)
        instants = inside.cast(pa.int64()).cast(pa.timestamp("us")).cast(INSTANT)
        return Parsed(instants, (("not_an_instant", faulty), ("out_of_range", huge | outside)))

    return Parser(f"{unit} since the beginning of 1970, UTC", parse)


def day_and_time(days: Values, times: Values) -> Values:
    """Return days and times of day as dates with a time; null where one of both is not there."""
    return compute.binary_join_element_wise(_without_midnight(clean(days)), clean(times), " ")


def start_and_end(starts: Values, ends: Values) -> Values:
    """Return what is written of two instants as one column."""
    return pa.StructArray.from_arrays([starts, ends], names=["start", "end"])


def seconds_between(moment: Parser, *, maximum: int) -> Parser:
    """The length from one instant to another, as whole seconds rounded down; ``maximum`` is in seconds, too."""

    def parse(values: Values) -> Parsed:
        start, end = (moment.parse(compute.struct_field(values, at)) for at in ("start", "end"))
        length = compute.subtract(end.values, start.values).cast(pa.int64())
        turned = mask(compute.less(length, 0))
        inside, outside = within(length, 0, (maximum + 1) * MICROSECONDS - 1)
        faults = (("ends_before_start", turned), ("out_of_range", outside))
        seconds = compute.divide(inside, MICROSECONDS).cast(pa.int32())
        return Parsed(seconds, (*start.faults, *end.faults, *faults))

    of_zone = moment.in_zone
    return Parser(
        f"length from one instant to another, in seconds rounded down; each a {moment.meaning}",
        parse,
        in_zone=of_zone and (lambda zone: seconds_between(of_zone(zone), maximum=maximum)),
    )


def day_of(moment: Parser) -> Parser:
    """The UTC day of an instant."""

    def parse(values: Values) -> Parsed:
        parsed = moment.parse(values)
        return replace(parsed, values=parsed.values.cast(pa.date32()))

    in_zone, in_form = moment.in_zone, moment.in_form
    return Parser(
        f"day (UTC) of a {moment.meaning}",
        parse,
        in_zone=None if in_zone is None else lambda name: day_of(in_zone(name)),
        in_form=None if in_form is None else lambda form: day_of(in_form(form)),
    )


def midnight_of(days: Parser) -> Parser:
    """The first instant of a day, UTC, of a table that wants an instant; its time of day means nothing."""

    def parse(values: Values) -> Parsed:
        parsed = days.parse(values)
        return replace(parsed, values=parsed.values.cast(pa.timestamp("us")).cast(INSTANT))

    in_form = days.in_form
    return Parser(
        f"{days.meaning}, as of midnight UTC",
        parse,
        in_form=None if in_form is None else lambda form: midnight_of(in_form(form)),
    )


def _said(form: str) -> str:
    """Return a form as documentation writes it."""
    shown = form.replace("MONTH", "Month").replace("MON", "Mon")
    return f"{shown}, of 2000 to 2099" if "YY" in form.replace("YYYY", "") else shown


def _pattern(form: str) -> str:
    """Return the pattern of a form; what is none of its parts stands for itself."""
    pieces = re.split(r"(YYYY|YY|MONTH|MON|MM|M|DD|D)", form)
    return "".join(PARTS.get(piece, re.escape(piece).replace(r"\ ", " +")) for piece in pieces)


def _as_iso(values: Values, form: str) -> Values:
    """Return days in a form as YYYY-MM-DD; null where they are neither in it nor written so."""
    if form == ISO:
        return values
    own = _joined(compute.extract_regex(values, f"^{_pattern(form)}$"), form)
    return _or_iso(own, values, form)


def _iso_date_of(values: Values, form: str) -> Values:
    """Return dates with a time as YYYY-MM-DD, a space, and the time; null where they are not in the form."""
    if form == ISO:
        return values
    parts = compute.extract_regex(values, f"^{_pattern(form)}[T ](?P<rest>.+)$")
    rest = compute.struct_field(parts, "rest")
    own = compute.binary_join_element_wise(_joined(parts, form), rest, " ")
    return _or_iso(own, values, form)


def _with_iso_time(values: Values) -> tuple[Values, Mask]:
    """Return dates whose time is written HH:MM or longer, and which have none; most files write all of them so."""
    written, others = matching(values, f"^{ISO_DAY}[T ]{TIME}{OFFSET}?$")
    if not others.any():
        return written, others
    respelled = _respelled(values.filter(pa.array(others)))
    faulty = others.copy()
    faulty[others] = mask(compute.is_null(respelled))
    return put(written, others, respelled), faulty


def _respelled(values: Values) -> Values:
    """Return dates with a time as people write it as YYYY-MM-DD HH:MM; null where they have none."""
    form = f"^(?P<day>{ISO_DAY})(?:T| +){CLOCK}(?: ?(?P<offset>{OFFSET}|UTC))?$"
    parts = compute.extract_regex(values, form)
    names = ("day", "hour", "half", "rest", "offset")
    of_day, hour, half, rest, offset = (compute.struct_field(parts, name) for name in names)
    said = compute.binary_join_element_wise(hour, compute.utf8_lower(half), "")
    found = compute.index_in(said, value_set=pa.array(HOURS))
    hours = compute.take(pa.array([f" {hour:02}" for hour in HOURS.values()]), found)
    offset = compute.replace_substring(offset, "UTC", "Z")
    return compute.binary_join_element_wise(of_day, hours, rest, offset, "")


def _or_iso(own: Values, values: Values, form: str) -> Values:
    """Return what a form read, and values that begin with YYYY-MM-DD, which means one day only, beside it."""
    if form.startswith("YYYY"):
        return own
    plain, _ = matching(values, f"^{ISO_DAY}(?:[T ]|$)")
    return compute.coalesce(own, plain)


def _without_midnight(values: Values) -> Values:
    """Return days without the midnight behind them; where no value is longer than a day, it costs next to nothing."""
    if not mask(compute.greater(compute.binary_length(values), len(ISO))).any():
        return values
    return compute.replace_substring_regex(values, MIDNIGHT, "")


def _joined(parts: Values, form: str) -> Values:
    """Return year, month and day, which a form told apart, as YYYY-MM-DD."""
    year, month, of_month = (compute.struct_field(parts, name) for name in ("year", "month", "day"))
    if "YYYY" not in form:
        year = compute.binary_join_element_wise("20", year, "")
    if "MON" in form:
        names = MONTHS if "MONTH" in form else [name[:3] for name in MONTHS]
        known = compute.index_in(compute.utf8_lower(month), value_set=pa.array(names))
        month = compute.add(known, 1).cast(pa.string())
    padded = (compute.utf8_lpad(part, width=2, padding="0") for part in (month, of_month))
    return compute.binary_join_element_wise(year, *padded, "-")


def _open_forms(values: Values) -> tuple[tuple[str, Mask], ...]:
    """Return, as a fault, the rows whose day may be meant in more than one way."""
    digits = r"^[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}(?:[T ]|$)"
    written, _ = matching(values, digits)
    _, other = matching(written, f"^{ISO_DAY}(?:[T ]|$)")
    return (("ambiguous_date", other),)


def is_day_with_year_last(text: str) -> bool:
    """Tell whether a text begins with a day in numbers whose year is the last, whichever way its others go."""
    found = re.match(rf"\s*{YEAR_LAST}", text)
    if found is None:
        return False
    first, second = int(found["first"]), int(found["second"])
    return _is_day(found["year"], first, second) or _is_day(found["year"], second, first)


def _is_day(year: str, month: int, of_month: int) -> bool:
    return month in range(1, 13) and of_month in range(
        1, monthrange(int(year) or 2000, month)[1] + 1
    )


def _doubts(values: Values, form: str, at_fault: Mask) -> tuple[tuple[str, Mask], ...]:
    """Return, as a fault, the rows that are no day in the form and leave open what the file means by days."""
    if not at_fault.any():
        return ()
    unread = where(pa.array(at_fault), values)
    has_order = not form.startswith("YYYY") and "MON" not in form
    return _exchanged(unread, form) if has_order else _ambiguous(unread)


def _ambiguous(values: Values) -> tuple[tuple[str, Mask], ...]:
    """Return, as a fault, the rows that are two days, as 03/04/2024; 05/05/2024 and 31/12/2024 are one at most."""
    parts = compute.extract_regex(values, f"^{YEAR_LAST}")
    first, second = (
        compute.struct_field(parts, name).cast(pa.int8()) for name in ("first", "second")
    )
    may_be_months = compute.and_(
        compute.and_(compute.less_equal(first, 12), compute.less_equal(second, 12)),
        compute.and_(compute.greater(first, 0), compute.greater(second, 0)),
    )
    return (
        ("ambiguous_date", mask(compute.and_(may_be_months, compute.not_equal(first, second)))),
    )


def _exchanged(values: Values, form: str) -> tuple[tuple[str, Mask], ...]:
    """Return, as a fault, the rows that are no day but with day and month exchanged.

    One of them shows that the file writes days in the other order, or in both, so that 05/01 of another row is in
    doubt.
    """
    odd, _ = matching(values, f"^{_pattern(_other_order(form))}(?:[T ]|$)")
    days = compute.list_element(compute.split_pattern_regex(odd, "[T ]", max_splits=1), 0)
    read, own = (_possible_days(days, order) for order in (_other_order(form), form))
    return (("exchanged_date", mask(compute.and_not(read, own))),)


def _possible_days(values: Values, form: str) -> Values:
    """Tell which texts are days in a form; one with a fault in its time only is one."""
    written, _ = matching(_as_iso(values, form), f"^{ISO_DAY}$")
    return compute.is_valid(_cast_possible(written, pa.date32())[0])


def _other_order(form: str) -> str:
    return form.translate(str.maketrans("DM", "MD"))


def _in_zone(values: Values, zone: str) -> tuple[Values, list[tuple[str, Mask]]]:
    """Return what clocks of a zone showed as UTC; a time that they showed twice, or never, is a fault."""
    import pandas as pd  # noqa: PLC0415  (slow to import, and most files name their zones)

    naive, impossible = _cast_possible(values, pa.timestamp("us"))
    shown = pd.DatetimeIndex(naive.to_numpy(zero_copy_only=False))
    told = shown.tz_localize(load_zone(zone), ambiguous="NaT", nonexistent="NaT").tz_convert("UTC")
    instants: Values = pa.array(told, INSTANT, from_pandas=True)
    doubtful = compute.and_(compute.is_valid(naive), compute.is_null(instants))
    return instants, [("not_an_instant", impossible), ("ambiguous_time", mask(doubtful))]


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
