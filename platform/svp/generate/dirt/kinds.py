"""The ways in which rows of people's files are bad, and what the contract of an ingest makes of each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Literal, TypeAlias

import pyarrow as pa

from svp.model import TABLES, Column, Table

__all__ = ["CORRECTION", "KINDS", "Kind", "Place", "Row", "Sample", "Severity", "kinds_of"]

Severity: TypeAlias = Literal["reject", "flag", "accept", "normalise", "unchanged", "updated"]
"""What the contract does with a row.

``reject``: puts it into quarantine. ``flag``: stores it with a remark. ``accept``: stores it, since nothing tells
that it is wrong. ``normalise``: reads it as the clean row that it repeats in another writing. ``unchanged``: finds the
clean row again. ``updated``: takes it for an older state of the clean row, which a later line corrects.
"""

Row: TypeAlias = Mapping[str, str | None]
"""The raw texts of a row by column; null is None."""

TEXT_FORMATS = ("csv", "jsonl")

TOO_LARGE = str(2**63)
LONGEST_PLAY_SECONDS = str(2 * 86_400)
"""The most that a play may have: longer than any film."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Where a clock that was never set begins; nobody has signed up by then."""
MINUTE, THREE_DAYS, MONTH = timedelta(minutes=1), timedelta(days=3), timedelta(days=31)

MONEY = ("amount_minor", "currency")

OUT_OF_RANGE = {
    "age": "212",
    "average_episode_minutes": "0",
    "duration_minutes": "4000",
    "rating_average": "86.5",
    "release_year": "1492",
    "stars": "6",
    "watch_seconds": "604800",
}
"""By column, a number that its type can hold, but that means nothing there."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A clean row, and the column of it that is to be bad."""

    row: Row
    column: str
    value: str
    """What to write there, for kinds that say it."""
    films: Collection[str]
    """Ids of the titles that have a length of their own."""

    @property
    def text(self) -> str | None:
        """What stands in the column."""
        return self.row[self.column]


Columns: TypeAlias = Callable[[Table], Iterable[Column]]
"""Which columns of a table can be so."""

Change: TypeAlias = Callable[[Sample], Row | None]
"""From a clean row to the texts to put in the place of its own; None where the row can't be so."""


def _as_it_is(_: Sample) -> Row:
    return {}


def _valued(sample: Sample) -> Row:
    return {sample.column: sample.value}


def _valued_if_null(sample: Sample) -> Row | None:
    return _valued(sample) if sample.text is None else None


def _rewritten(rewrite: Callable[[str], str | None]) -> Change:
    """Return the change of a value that is there."""
    return lambda sample: None if sample.text is None else {sample.column: rewrite(sample.text)}


def _timed(change: Callable[[datetime, datetime], Row]) -> Change:
    """Return the change of a row by its start and end."""

    def of_row(sample: Sample) -> Row | None:
        started_at, ended_at = sample.row["started_at"], sample.row["ended_at"]
        if started_at is None or ended_at is None:
            return None
        return change(datetime.fromisoformat(started_at), datetime.fromisoformat(ended_at))

    return of_row


def _at_the_epoch(started_at: datetime, ended_at: datetime) -> Row:
    return {
        "started_on": EPOCH.date().isoformat(),
        "started_at": _instant(EPOCH),
        "ended_at": _instant(EPOCH + (ended_at - started_at)),
    }


def _instant(instant: datetime) -> str:
    return f"{instant.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def _longer_than_film(sample: Sample) -> Row | None:
    return _valued(sample) if sample.row["content_id"] in sample.films else None


def _valued_if_seasons(sample: Sample) -> Row | None:
    return _valued(sample) if sample.row["season_count"] is not None else None


def _failed_after_all(sample: Sample) -> Row | None:
    return _valued(sample) if sample.row["session_id"] is not None else None


def _fraction(percent: str) -> str:
    return f"{float(percent) / 100:.2f}"


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to be bad."""

    name: str
    severity: Severity
    code: str | None
    """Of the refusal or the remark."""
    columns: Columns
    values: tuple[str, ...] = ()
    """What may be written into the column."""
    change: Change = _valued
    formats: tuple[str, ...] = (*TEXT_FORMATS, "parquet")
    """Those that can carry the change; Parquet carries values of a column's type only."""

    @property
    def has_own_id(self) -> bool:
        """Whether the row is one more, rather than a repeat of a clean one."""
        return self.severity in {"reject", "flag", "accept"}

    def places_in(self, table: Table, file_format: str) -> tuple[Place, ...]:
        """Return where files of a table and format can be so; nowhere if they can't."""
        if file_format not in self.formats:
            return ()
        places = (
            Place(column.name, self._values_in(column, file_format))
            for column in self.columns(table)
        )
        return tuple(place for place in places if place.values)

    def _values_in(self, column: Column, file_format: str) -> tuple[str, ...]:
        """Return the values that a column can carry; one without meaning if the kind has none."""
        if not self.values:
            return ("",)
        if file_format in TEXT_FORMATS:
            return self.values
        return tuple(value for value in self.values if _is_of_type(value, column.type))


@dataclass(frozen=True, slots=True)
class Place:
    """A column that can be bad in some way."""

    column: str
    values: tuple[str, ...]
    """What may be written there."""


@cache
def kinds_of(table_name: str, file_format: str) -> Mapping[Kind, tuple[Place, ...]]:
    """Return the kinds of dirt that files of a table and format can have, each with the places for it."""
    (table,) = (table for table in TABLES if table.name == table_name)
    places = {kind: kind.places_in(table, file_format) for kind in KINDS}
    return {kind: found for kind, found in places.items() if found}


def _is_of_type(text: str, type_: pa.DataType) -> bool:
    try:
        pa.scalar(text).cast(type_)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return False
    return True


def _where(fits: Callable[[Column], bool]) -> Columns:
    return lambda table: filter(fits, table.columns)


def _named(*names: str, of: Collection[str] = ()) -> Columns:
    """Return the choice of columns by name, in the tables named ``of`` or in any."""
    return lambda table: (
        column for column in table.columns if column.name in names and (not of or table.name in of)
    )


def _key(table: Table) -> Iterable[Column]:
    return map(table.column, table.key)


def _is_number(column: Column) -> bool:
    return pa.types.is_integer(column.type) or pa.types.is_decimal(column.type)


_required = _where(lambda column: column.required)
_nullable = _where(lambda column: not column.required)
_choices = _where(lambda column: bool(column.values))
_references = _where(lambda column: bool(column.refers_to))
_numbers = _where(_is_number)
_whole = _where(lambda column: pa.types.is_integer(column.type))
_not_negative = _where(lambda column: _is_number(column) and column.name != "completion_percent")
_days = _where(lambda column: pa.types.is_date(column.type))
_instants = _where(lambda column: pa.types.is_timestamp(column.type))
_truths = _where(lambda column: pa.types.is_boolean(column.type))
_lists = _where(lambda column: pa.types.is_list(column.type))
_learned_later = _where(
    lambda column: not (column.required or column.refers_to or column.name in MONEY)
)
"""What an earlier state of a row may not have had yet; money has two columns, which go together."""

REFUSED = (
    Kind("missing", "reject", "missing", _required, ("", "-", "N/A", "NULL", "null")),
    Kind("no_number", "reject", "not_a_number", _numbers, ("abc", "12 min", "1,5")),
    Kind("negative", "reject", "out_of_range", _not_negative, ("-1",)),
    *(
        Kind(f"impossible_{name}", "reject", "out_of_range", _named(name), (value,))
        for name, value in OUT_OF_RANGE.items()
    ),
    Kind("too_large", "reject", "out_of_range", _numbers, (TOO_LARGE,)),
    Kind("other_date", "reject", "not_a_date", _days, ("31/12/2025", "December 31, 2025")),
    Kind("zero_date", "reject", "not_a_date", _days, ("0000-00-00",)),
    Kind("february_30", "reject", "not_a_date", _days, ("2025-02-30",)),
    Kind("year_9999", "reject", "out_of_range", _days, ("9999-12-31",)),
    Kind("other_time", "reject", "not_an_instant", _instants, ("31/12/2025 20:15", "1735689600")),
    Kind("time_on_february_30", "reject", "not_an_instant", _instants, ("2025-02-30T20:15:00Z",)),
    Kind("time_in_9999", "reject", "out_of_range", _instants, ("9999-12-31T23:59:59Z",)),
    Kind(
        "no_zone",
        "reject",
        "no_zone",
        _instants,
        change=_rewritten(lambda text: text.removesuffix("Z")),
        formats=TEXT_FORMATS,
    ),
    Kind("no_truth", "reject", "not_a_truth_value", _truths, ("maybe", "Y")),
    Kind("unknown_word", "reject", "not_a_choice", _choices, ("other", "42")),
    Kind("no_currency", "reject", "not_a_currency", _named("currency"), ("Euro", "US$")),
    Kind("no_json", "reject", "not_json", _named("filters"), ("{'genre': 'Drama'",)),
    Kind("no_list", "reject", "not_a_list", _lists, ("['FRA', 'USA'",)),
    Kind(
        "tab_in_id",
        "reject",
        "control_character",
        _key,
        change=_rewritten(lambda text: f"{text[:1]}\t{text[1:]}"),
    ),
    Kind(
        "unknown_parent",
        "reject",
        "unknown_parent",
        _references,
        change=_rewritten(lambda text: f"X{text}"),
    ),
    Kind(
        "other_day",
        "reject",
        "day_differs",
        _named("started_on"),
        change=_timed(lambda start, _: {"started_on": (start + MONTH).date().isoformat()}),
    ),
    Kind(
        "ends_before_start",
        "reject",
        "ends_before_start",
        _named("ended_at"),
        change=_timed(lambda start, _: {"ended_at": _instant(start - MINUTE)}),
    ),
    Kind(
        "lasts_for_days",
        "reject",
        "over_two_midnights",
        _named("ended_at"),
        change=_timed(lambda start, _: {"ended_at": _instant(start + THREE_DAYS)}),
    ),
    Kind(
        "repeated_pair",
        "reject",
        "repeated_pair",
        _named("rating_id", "watchlist_id"),
        change=_as_it_is,
    ),
    Kind(
        "repeated_play",
        "reject",
        "repeated_play",
        _named("session_id", of={"playback_attempts"}),
        change=_rewritten(lambda text: text),
    ),
    Kind(
        "failed_play",
        "reject",
        "outcome_differs",
        _named("outcome"),
        ("failed",),
        change=_failed_after_all,
    ),
    Kind(
        "half_an_amount",
        "reject",
        "half_an_amount",
        _named("amount_minor"),
        change=_rewritten(lambda _: None),
    ),
    Kind("field_too_many", "reject", "wrong_width", _key, change=_as_it_is, formats=("csv",)),
    Kind("field_too_few", "reject", "wrong_width", _key, change=_as_it_is, formats=("csv",)),
    Kind("broken_line", "reject", "not_json", _key, change=_as_it_is, formats=("jsonl",)),
)
"""Kinds of which every row goes into quarantine."""

STORED = (
    Kind(
        "over_100_percent",
        "flag",
        "completion_out_of_range",
        _named("completion_percent"),
        ("101", "132.5", "250"),
    ),
    Kind(
        "longer_than_title",
        "flag",
        "longer_than_title",
        _named("watch_seconds", of={"viewing_sessions"}),
        (LONGEST_PLAY_SECONDS,),
        change=_longer_than_film,
    ),
    Kind(
        "before_signup",
        "flag",
        "before_signup",
        _named("started_on"),
        change=_timed(_at_the_epoch),
    ),
    Kind(
        "other_season_count",
        "flag",
        "season_count_differs",
        _named("season_count"),
        change=_rewritten(lambda text: str(int(text) + 1)),
    ),
    Kind(
        "length_beside_seasons",
        "flag",
        "length_of_another_kind",
        _named("duration_minutes", of={"content"}),
        ("45",),
        change=_valued_if_seasons,
    ),
    Kind(
        "nothing_watched",
        "accept",
        None,
        _named("watch_seconds", of={"viewing_sessions"}),
        ("0",),
    ),
    Kind(
        "fraction_for_percent",
        "accept",
        None,
        _named("completion_percent"),
        change=_rewritten(_fraction),
    ),
)
"""Kinds of which every row is stored beside the clean ones."""

REPEATED = (
    Kind(
        "whole_as_float",
        "normalise",
        None,
        _whole,
        change=_rewritten(lambda text: f"{text}.0"),
        formats=TEXT_FORMATS,
    ),
    Kind(
        "null_as_word",
        "normalise",
        None,
        _nullable,
        ("N/A", "-", "NaN", "NULL", "None"),
        change=_valued_if_null,
    ),
    Kind(
        "space_around",
        "normalise",
        None,
        _key,
        change=_rewritten(lambda text: f" {text} "),
    ),
    Kind("capitals", "normalise", None, _choices, change=_rewritten(str.upper)),
    Kind("exact_duplicate", "unchanged", None, _key, change=_as_it_is),
    Kind("earlier_state", "updated", None, _learned_later, change=_rewritten(lambda _: None)),
)
"""Kinds that come to the same as the clean row under their id."""

KINDS = (*REFUSED, *STORED, *REPEATED)
"""Every kind; each is planted equally often in the tables and formats that can have it."""

CORRECTION = Kind("correction", "unchanged", None, _key, change=_as_it_is)
"""The clean row again, behind its earlier state: the later line wins."""
