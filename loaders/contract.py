"""What a kind of file must look like, and the judgement of a batch against it.

A kind is data: columns, types, rules with severities, and the table it becomes. Every check works on a whole
batch; what it accepts has the canonical schema of its table, what it refuses goes to quarantine.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

import numpy as np
import pyarrow as pa

from loaders.arrow import Positions, Values, as_batch, compute, mask, nulls, pick, put
from loaders.batches import Batch, Refusal
from loaders.parsers import Parsed, Parser, is_day_with_year_last
from loaders.parsers.base import where
from svp.errors import InputError, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from svp.model import Table

__all__ = [
    "SOURCE_NAME",
    "STOPPING",
    "Checked",
    "Field",
    "Flag",
    "Kind",
    "check",
    "count_flags",
    "refuse_other_order",
]

SOURCE_NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}"
"""A colon parts source and id in MongoDB's keys."""


class Doubt(NamedTuple):
    """Why a value leaves open what others mean, and what to do; ``{kind}`` is what a map says of a built-in kind."""

    told: str
    advice: str


DECLARE = 'say how days are written: a --map with {kind}date_format = "DD/MM/YYYY"'

STOPPING = {
    "ambiguous_date": Doubt("may be read in more than one way", DECLARE),
    "ambiguous_id": Doubt(
        "has the sign that joins columns to an id, so two rows might get the same one",
        "say another sign in the map: joined = one that is in none of the columns",
    ),
    "exchanged_date": Doubt(
        "is a day only with day and month exchanged, so every other day of the file is in doubt",
        "correct that day, or say the form that all of them have: a --map with {kind}date_format",
    ),
}
"""Faults of one row that leave open what all others mean: nothing of the file is loaded."""

UNREAD_DAYS = {"not_a_date", "not_an_instant"}

OTHER_ORDER = Doubt(
    "is a day in another form than files of its kind have, and no row near it is right there",
    DECLARE,
)


@dataclass(frozen=True, slots=True)
class Field:
    """One column of the file, and the canonical column it becomes."""

    column: str
    to: str
    parser: Parser
    required: bool = False
    """Whether a row without a value is refused."""
    others: tuple[str, ...] = ()
    """Further columns that it is read from."""
    joined: Callable[..., Values] | None = None
    """From what stands in all of them to what the parser reads; said where there are others."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the file that it is read from; none if it is the same in every row."""
        return tuple(filter(None, (self.column, *self.others)))

    @property
    def name(self) -> str:
        """What they are called in messages."""
        return " and ".join(self.columns)


@dataclass(frozen=True, slots=True)
class Flag:
    """A rule whose rows are stored as they came, with its code in quality_flags."""

    code: str
    applies: Callable[[pa.RecordBatch], Values]
    """From rows in the canonical schema to booleans."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file that people bring."""

    name: str
    """As ``relational.users``."""
    source: str
    """First half of the natural keys, unless another is given."""
    target: Table
    fields: tuple[Field, ...]
    flags: tuple[Flag, ...] = ()
    groups: tuple[str, ...] = field(default=())
    """For a JSON object of arrays: the names of its arrays."""
    store: Literal["postgres", "mongodb"] = "postgres"
    """Where its rows go: to PostgreSQL, and what is made of them to MongoDB; or to MongoDB only, as documents."""
    is_daily: bool = False
    """Whether a file holds one day, which only its name tells."""
    unused: frozenset[str] = frozenset()
    """Columns that its files have, and of which nothing becomes."""
    personal: frozenset[str] = frozenset()
    """Of those and its fields, what says who or where somebody is: quarantine keeps no more of it than the stores."""
    about: str = ""
    """What its files are and what is peculiar to them, for people."""
    telling: frozenset[str] = frozenset()
    """Columns by which its files are known, though a row may lack a value there."""
    is_shared: bool = False
    """Whether several services write this shape with ids of their own: s1 of one is not s1 of another."""
    is_naive: bool = False
    """Whether its files write instants without a zone, which has to be said."""
    tidy: Callable[[pa.RecordBatch], pa.RecordBatch] | None = None
    """From rows in the canonical schema to what they mean, where that takes more than one column."""
    is_mapped: bool = False
    """Whether a map made it, for files of a shape of their own."""
    title: str = ""
    """What people call its files, if not by the second half of the name."""

    @property
    def required_columns(self) -> frozenset[str]:
        """Columns without which a file is not of this kind."""
        needed = (field.columns for field in self.fields if field.required)
        return self.telling.union(chain.from_iterable(needed))

    @property
    def columns(self) -> frozenset[str]:
        """Every column the kind knows."""
        return frozenset(chain.from_iterable(field.columns for field in self.fields))

    @property
    def explained(self) -> frozenset[str]:
        """Every column that its files have, whatever becomes of it."""
        return self.columns | self.unused

    @property
    def kept_columns(self) -> frozenset[str]:
        """Columns that quarantine keeps; one that the kind doesn't know may say anything about anybody."""
        return self.explained - self.personal

    @property
    def whole_columns(self) -> frozenset[str]:
        """Columns without which, as they came, a row can't be judged again."""
        return self.columns.difference(field.column for field in self.fields if field.parser.cut)

    def missing_from(self, columns: Iterable[str]) -> tuple[str, ...]:
        """Return the kind's columns that a file doesn't have, but for those with another name that it has."""
        found = set(columns)
        given = {field.to for field in self.fields if found.issuperset(field.columns)}
        others = (field.columns for field in self.fields if field.to not in given)
        return tuple(sorted(set(chain.from_iterable(others)) - found))

    def in_form(self, form: str) -> Kind:
        """Return the kind with days that its files write in a form of their own."""
        formed = (
            replace(field, parser=field.parser.in_form(form)) if field.parser.in_form else field
            for field in self.fields
        )
        return replace(self, fields=tuple(formed))

    def in_zone(self, zone: str) -> Kind:
        """Return the kind with instants that name no zone taken for what clocks there showed."""
        zoned = (
            replace(field, parser=field.parser.in_zone(zone)) if field.parser.in_zone else field
            for field in self.fields
        )
        return replace(self, fields=tuple(zoned), is_naive=False)


@dataclass(frozen=True, slots=True)
class Checked:
    """A batch after its contract."""

    rows: pa.RecordBatch
    """What is accepted, in the order of the batch, in the canonical schema, then ``quality_flags`` (codes joined by
    commas) and ``line`` (int64)."""
    refusals: tuple[Refusal, ...]
    """In the order of the file, those of what was no row before the others."""

    @property
    def accepted(self) -> pa.RecordBatch:
        """What is accepted, in the order of the file."""
        lines = self.rows.column("line").to_numpy()
        if (lines[1:] > lines[:-1]).all():
            return self.rows
        return self.rows.take(pa.array(np.argsort(lines, kind="stable"), pa.int64()))


class Unclear(NamedTuple):
    """A value that leaves open what all others of its column mean, and why."""

    line: int
    column: str
    value: str
    doubt: Doubt


def check(batch: Batch, kind: Kind, *, is_of_file: bool = True) -> Checked:
    """Judge every row of a batch; each is accepted or refused, once, by the first column at fault.

    Of rows that are not those of one file, a doubtful one says nothing of the others and is refused alone.

    Raises:
        InputError: a value leaves open what the file means by values of its kind.
    """
    columns: dict[str, Values] = {}
    faults: dict[int, tuple[Field, str]] = {}
    unclear: list[Unclear] = []
    for judged in kind.fields:
        written = _written(batch.rows, judged)
        parsed = _parse(judged, written)
        columns[judged.to] = _either(columns.get(judged.to), parsed.values)
        for code, at_fault in parsed.faults:
            rows = np.flatnonzero(at_fault)
            if is_of_file and code in STOPPING and len(rows):
                unclear.append(_first_of(rows, batch, judged, STOPPING[code]))
            for row in rows.tolist():
                faults.setdefault(row, (judged, code))
    _refuse_unclear(unclear, kind)
    table = _canonical(columns, kind.target, batch.rows.num_rows)
    if kind.tidy:
        table = kind.tidy(table)
    flagged = table.append_column("quality_flags", _flags(table, kind.flags))
    return Checked(
        rows=_without(flagged.append_column("line", batch.lines), faults),
        refusals=(
            *batch.refusals,
            *sorted(_refusals(batch, kind, faults), key=attrgetter("line")),
        ),
    )


def refuse_other_order(checked: Checked, kind: Kind) -> None:
    """Raise InputError if days of a column have their year behind, and none in the first rows of a file is right.

    Each alone may be one day only, as 31/12/2024; but then the file is of another form, and not its rows are wrong.
    """
    days = {field.name: checked.rows.column(field.to) for field in kind.fields}
    for refusal in checked.refusals:
        line, column, value = refusal.line, refusal.column or "", refusal.value or ""
        is_odd = refusal.code in UNREAD_DAYS and is_day_with_year_last(value)
        if is_odd and days[column].null_count == len(days[column]):
            _refuse_unclear([Unclear(line, column, value, OTHER_ORDER)], kind)


def _first_of(rows: Positions, batch: Batch, judged: Field, doubt: Doubt) -> Unclear:
    """Return what stands in a field of some rows on the first of their lines, and why that is in doubt."""
    lines = batch.lines.to_numpy()
    row = int(rows[lines[rows].argmin()])
    (values,) = batch.rows.slice(row, 1).to_pylist()
    return Unclear(int(lines[row]), judged.name, shorten(_shown(values, judged) or ""), doubt)


def _shown(values: Mapping[str, str | None], judged: Field) -> str | None:
    """Return what stands in the columns of a field in one row, for people; None if nothing does."""
    written = [values[name] or "" for name in judged.columns if values.get(name) is not None]
    return " ".join(written) if written else None


def _refuse_unclear(unclear: Sequence[Unclear], kind: Kind) -> None:
    """Raise InputError for the value on the first line, if there is one."""
    first = min(unclear, key=attrgetter("line"), default=None)
    if first is not None:
        where = f"line {first.line}, column {shorten(first.column)}"
        of_kind = "" if kind.is_mapped else f'kind = "{kind.name}" and '
        message = f"{where}: {first.value} {first.doubt.told}"
        raise InputError(message, first.doubt.advice.format(kind=of_kind))


def _written(rows: pa.RecordBatch, judged: Field) -> Values:
    """Return what stands in the columns of a field, as its parser reads it."""
    written = [_column(rows, name) for name in (judged.column, *judged.others)]
    return judged.joined(*written) if judged.joined else written[0]


def _column(rows: pa.RecordBatch, name: str) -> Values:
    """Return a column of the file, all null where the file doesn't have it."""
    index = rows.schema.get_field_index(name)
    return rows.column(index) if index >= 0 else nulls(rows.num_rows, pa.string())


def _parse(judged: Field, written: Values) -> Parsed:
    """Return what the parser says, with a last fault for rows that lack a value they need."""
    parsed = judged.parser.parse(written)
    if not judged.required:
        return parsed
    return Parsed(parsed.values, (*parsed.faults, ("missing", mask(parsed.values.is_null()))))


def _either(earlier: Values | None, later: Values) -> Values:
    """Return the values of two columns that mean the same, the first that is there."""
    return later if earlier is None else compute.coalesce(earlier, later)


def _canonical(columns: Mapping[str, Values], table: Table, rows: int) -> pa.RecordBatch:
    """Return the columns in the order and types of a table, null where the kind has none."""
    arrays = [
        columns[column.name].cast(column.type)
        if column.name in columns
        else nulls(rows, column.type)
        for column in table.columns
    ]
    return pa.RecordBatch.from_arrays(arrays, names=[column.name for column in table.columns])


def _flags(rows: pa.RecordBatch, flags: Sequence[Flag]) -> Values:
    """Return the codes that apply to each row, joined by commas; empty for none."""
    chosen = np.zeros(rows.num_rows, dtype=np.int32)
    for bit, flag in enumerate(flags):
        chosen[mask(flag.applies(rows))] |= 1 << bit
    choices = [
        ",".join(flag.code for bit, flag in enumerate(flags) if choice >> bit & 1)
        for choice in range(2 ** len(flags))
    ]
    flagged = chosen != 0
    codes = compute.take(pa.array(choices), pa.array(chosen[flagged]))
    return put(pa.repeat("", rows.num_rows), flagged, codes)


def count_flags(flags: Values | pa.ChunkedArray[Any]) -> Mapping[str, int]:
    """Return how many rows carry which remark, from a column of their codes."""
    counted: Counter[str] = Counter()
    for found in cast("list[dict[str, Any]]", compute.value_counts(flags).to_pylist()):
        for code in filter(None, found["values"].split(",")):
            counted[code] += found["counts"]
    return counted


def _without(rows: pa.RecordBatch, refused: Collection[int]) -> pa.RecordBatch:
    if not refused:
        return rows
    kept = np.delete(np.arange(rows.num_rows), list(refused))
    return as_batch(pick(pa.Table.from_batches([rows]), kept))


def _refusals(
    batch: Batch, kind: Kind, faults: Mapping[int, tuple[Field, str]]
) -> Iterator[Refusal]:
    """Yield the refusals of rows, each with the column at fault and the code of why."""
    if not faults:
        return
    positions = pa.array(faults, pa.int64())
    lines = batch.lines.take(positions).to_numpy().tolist()
    refused = batch.rows.take(positions)
    rows: list[dict[str, str | None]] = refused.to_pylist()
    found = zip(lines, rows, _natural_ids(refused, kind), faults.items(), strict=True)
    for line, values, natural_id, (row, (judged, code)) in found:
        written = _shown(values, judged)
        yield Refusal(
            line=line,
            code=code,
            row_text=batch.row_text(row),
            byte_offset=batch.row_byte(row),
            column=judged.name,
            value=None if written is None else shorten(written),
            values={name: text for name, text in values.items() if text is not None},
            natural_id=natural_id,
        )


def _natural_ids(rows: pa.RecordBatch, kind: Kind) -> list[str | None]:
    """Return the ids of rows in their source; None for one that is missing or at fault."""
    (key,) = kind.target.key
    ids = nulls(rows.num_rows, pa.string())
    for judged in kind.fields:
        if judged.to == key:
            parsed = judged.parser.parse(_written(rows, judged))
            for _, at_fault in parsed.faults:
                parsed = replace(parsed, values=where(pa.array(~at_fault), parsed.values))
            ids = _either(ids, parsed.values)
    read: list[str | None] = ids.to_pylist()
    return read
