"""What the contract knows of every canonical column and table, whatever file it comes from.

The bounds are those that both stores can hold: a row within them is never refused by a server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from loaders.arrow import Values, compute, mask
from loaders.contract import Field, Flag
from loaders.parsers import (
    Parser,
    choice,
    currency,
    day,
    decimal,
    identifier,
    instant,
    json_text,
    list_of_numbers,
    list_of_words,
    prose,
    text,
    truth,
    whole,
)

if TYPE_CHECKING:
    from svp.model import Column, Table

__all__ = [
    "MAX_ID_CHARACTERS",
    "MAX_LENGTH_MINUTES",
    "field",
    "fields_of",
    "flags_of",
    "names_no_contract",
]

MAX_ID_CHARACTERS = 100
"""An index of PostgreSQL holds an id of any characters with its source, and little more."""
MAX_NAME_CHARACTERS = 500
MAX_PROSE_CHARACTERS = 10_000
PROSE = ("description", "query_text", "review")

MAX_LENGTH_MINUTES = 2 * 24 * 60
"""Of a title and of a play: a play spans two days at most."""

DAY_SECONDS = 24 * 60 * 60

MAX_WHOLE = 10**18 - 1
"""As many digits as are read: a few more would fit 64 bits, but not all numbers of as many."""

NO_CONTRACT = r"^(0+|[0-9]{1,3}(\.[0-9]{1,3}){3})$"
"""What boxes log that belong to no contract: a zero, or an IPv4 address."""

RANGES = {
    "age": (0, 150),
    "average_episode_minutes": (1, MAX_LENGTH_MINUTES),
    "completion_percent": (-10_000, 10_000),
    "duration_minutes": (1, MAX_LENGTH_MINUTES),
    "lifetime_watch_hours": (0, 10**9),
    "rating_average": (0, 10),
    "release_year": (1870, 2200),
    "season_count": (0, 1_000),
    "stars": (1, 5),
    "watch_seconds": (0, MAX_LENGTH_MINUTES * 60),
}
"""Bounds of numbers, where they are narrower than the column's type."""


def field(table: Table, name: str, *, column: str | None = None) -> Field:
    """Return the field of a file that becomes a canonical column; ``column`` is its name in the file."""
    canonical = table.column(name)
    return Field(column or name, name, parser_of(table, canonical), required=canonical.required)


def fields_of(table: Table) -> tuple[Field, ...]:
    """Return the fields of a file that has exactly the canonical columns."""
    return tuple(field(table, column.name) for column in table.columns)


def flags_of(table: Table) -> tuple[Flag, ...]:
    """Return the rules of a table whose rows are stored as they came, with a remark."""
    return FLAGS.get(table.name, ())


def parser_of(table: Table, column: Column) -> Parser:
    """Return the parser of a canonical column: its type and its bounds."""
    if column.values:
        return choice(column.values)
    if column.name == "filters":
        return json_text(max_characters=MAX_PROSE_CHARACTERS)
    if column.name == "currency":
        return currency()
    if column.name in table.key or column.refers_to:
        return identifier(max_characters=MAX_ID_CHARACTERS)
    if column.name in PROSE:
        return prose(max_characters=MAX_PROSE_CHARACTERS)
    return _parser_of_type(column)


def _parser_of_type(column: Column) -> Parser:
    type_ = column.type
    if isinstance(type_, pa.Decimal128Type):
        return decimal(*RANGES[column.name], type_)
    if isinstance(type_, pa.ListType):
        return list_of_words() if type_.value_type == pa.string() else list_of_numbers()
    if pa.types.is_integer(type_):
        widest: int = 2 ** (type_.bit_width - 1) - 1
        minimum, maximum = RANGES.get(column.name, (0, min(widest, MAX_WHOLE)))
        return whole(minimum, maximum, type_)
    if type_ == pa.string():
        return text(max_characters=MAX_NAME_CHARACTERS)
    made = {pa.date32(): day, pa.bool_(): truth, pa.timestamp("us", tz="UTC"): instant}
    return made[type_]()


def completion_out_of_range(rows: pa.RecordBatch) -> Values:
    """Tell which rows have a completion below 0 or above 100 percent."""
    completion = rows.column("completion_percent")
    return compute.or_(compute.less(completion, 0), compute.greater(completion, 100))


def season_count_differs(rows: pa.RecordBatch) -> Values:
    """Tell which rows name another number of seasons than their list of episodes has."""
    seasons = compute.list_value_length(rows.column("episodes_per_season"))
    return compute.not_equal(rows.column("season_count"), seasons)


def has_length_of_another_kind(rows: pa.RecordBatch) -> Values:
    """Tell which titles with episodes name their own length, and which without them the length or number of those."""
    is_series = compute.or_(
        compute.equal(rows.column("content_type"), "series"),
        compute.is_valid(rows.column("season_count")),
    )
    episodes = compute.list_value_length(rows.column("episodes_per_season"))
    of_episodes = compute.or_(
        compute.is_valid(rows.column("average_episode_minutes")),
        compute.fill_null(compute.greater(episodes, 0), fill_value=False),
    )
    own = compute.is_valid(rows.column("duration_minutes"))
    return compute.if_else(is_series, own, of_episodes)


def names_no_contract(rows: pa.RecordBatch) -> Values:
    """Tell which rows have for a contract nothing, a zero, or the address of the box."""
    contract = rows.column("contract_code")
    # What comes before a colon begins with a digit, as zeros and addresses do, or is nothing; that is cheap to tell.
    may_be_none = compute.fill_null(compute.less(contract, ":"), fill_value=True)
    if not mask(may_be_none).any():
        return may_be_none
    is_none = compute.match_substring_regex(contract.filter(may_be_none), NO_CONTRACT)
    found = compute.fill_null(is_none, fill_value=True)
    return compute.replace_with_mask(may_be_none, may_be_none, found)


def box_left_on(rows: pa.RecordBatch) -> Values:
    """Tell which rows have a box that was on all day, as nobody watches."""
    return compute.greater_equal(rows.column("watch_seconds"), DAY_SECONDS)


def has_no_name(rows: pa.RecordBatch) -> Values:
    """Tell which events have no name."""
    return compute.is_null(rows.column("event_name"))


def has_more_properties(rows: pa.RecordBatch) -> Values:
    """Tell which events have properties that are not kept."""
    left_out = (rows.column(f"{of}_properties_left_out") for of in ("event", "user"))
    return compute.greater(compute.add(*left_out), 0)


FLAGS = {
    "app_events": (
        Flag("no_event_name", has_no_name),
        Flag("properties_left_out", has_more_properties),
    ),
    "box_logs": (Flag("no_contract", names_no_contract), Flag("box_left_on", box_left_on)),
    "content": (
        Flag("length_of_another_kind", has_length_of_another_kind),
        Flag("season_count_differs", season_count_differs),
    ),
    "viewing_sessions": (Flag("completion_out_of_range", completion_out_of_range),),
}
"""By table; those that need another table are in its ``link.sql``."""
