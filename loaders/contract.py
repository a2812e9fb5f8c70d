"""What a kind of file must look like, and the judgement of a batch against it.

A kind is data: columns, types, rules with severities, and the table it becomes. Every check works on a whole
batch; what it accepts has the canonical schema of its table, what it refuses goes to quarantine.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from loaders.batches import Batch, Refusal
from loaders.parsers import Parser, parser_for
from svp.errors import shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from svp.model import Table

__all__ = ["Checked", "Field", "Flag", "Kind", "check", "fields_of"]


@dataclass(frozen=True, slots=True)
class Field:
    """One column of the file, and the canonical column it becomes."""

    column: str
    to: str
    parse: Parser
    required: bool = False
    """Whether a row without a value is refused."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A rule whose rows are stored as they came, with its code in quality_flags."""

    code: str
    applies: Callable[[pa.RecordBatch], pa.Array]
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

    @property
    def required_columns(self) -> frozenset[str]:
        """Columns without which a file is not of this kind."""
        return frozenset(field.column for field in self.fields if field.required)

    @property
    def columns(self) -> frozenset[str]:
        """Every column the kind knows."""
        return frozenset(field.column for field in self.fields)


@dataclass(frozen=True, slots=True)
class Checked:
    """A batch after its contract."""

    accepted: pa.RecordBatch
    """In the canonical schema, then ``line`` (int64) and ``quality_flags`` (codes joined by commas)."""
    refusals: tuple[Refusal, ...]


def fields_of(table: Table) -> tuple[Field, ...]:
    """Return the fields of a file that has exactly the canonical columns."""
    return tuple(
        Field(
            column.name,
            column.name,
            parser_for(column.type, column.values),
            required=column.required,
        )
        for column in table.columns
    )


def check(batch: Batch, kind: Kind) -> Checked:
    """Judge every row of a batch; each is accepted or refused, once, by the first column at fault."""
    rows = batch.rows.num_rows
    columns: dict[str, pa.Array] = {}
    refusals: dict[int, Refusal] = {}
    for judged in kind.fields:
        written = _column(batch.rows, judged.column)
        parsed = judged.parse(written)
        columns[judged.to] = _either(columns.get(judged.to), parsed.values)
        faults = list(parsed.faults)
        if judged.required:
            faulty = np.logical_or.reduce([mask for _, mask in faults])
            faults.append(("missing", _nulls(parsed.values) & ~faulty))
        for code, mask in faults:
            for row in np.flatnonzero(mask):
                refusals.setdefault(
                    int(row), _refusal(batch, int(row), judged.column, code, written)
                )
    table = _canonical(columns, kind.target, rows)
    flagged = table.append_column("quality_flags", _flags(table, kind.flags))
    kept = np.ones(rows, dtype=np.bool_)
    kept[list(refusals)] = False
    return Checked(
        accepted=flagged.append_column("line", batch.lines).filter(pa.array(kept)),
        refusals=(*batch.refusals, *refusals.values()),
    )


def _column(rows: pa.RecordBatch, name: str) -> pa.Array:
    """Return a column of the file, all null where the file doesn't have it."""
    index = rows.schema.get_field_index(name)
    return rows.column(index) if index >= 0 else pa.nulls(rows.num_rows, pa.string())


def _either(earlier: pa.Array | None, later: pa.Array) -> pa.Array:
    """Return the values of two columns that mean the same, the first that is there."""
    return later if earlier is None else pc.coalesce(earlier, later)


def _nulls(values: pa.Array) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.is_null(values).to_numpy(zero_copy_only=False), dtype=np.bool_)


def _canonical(columns: dict[str, pa.Array], table: Table, rows: int) -> pa.RecordBatch:
    """Return the columns in the order and types of a table, null where the kind has none."""
    names = [column.name for column in table.columns]
    arrays = [
        columns[column.name].cast(column.type)
        if column.name in columns
        else pa.nulls(rows, column.type)
        for column in table.columns
    ]
    return pa.RecordBatch.from_arrays(arrays, names=names)


def _flags(rows: pa.RecordBatch, flags: Sequence[Flag]) -> pa.Array:
    """Return the codes that apply to each row, joined by commas; empty for none."""
    codes = pa.repeat("", rows.num_rows)
    for flag in flags:
        applies = pc.fill_null(flag.applies(rows), pa.scalar(value=False))
        codes = pc.if_else(applies, pc.binary_join_element_wise(codes, flag.code, ","), codes)
    return pc.utf8_ltrim(codes, ",")


def _refusal(batch: Batch, row: int, column: str, code: str, written: pa.Array) -> Refusal:
    value = written[row].as_py()
    return Refusal(
        line=batch.lines[row].as_py(),
        code=code,
        row_text=json.dumps(batch.rows.slice(row, 1).to_pylist()[0], ensure_ascii=False),
        column=column,
        value=None if value is None else shorten(value),
    )
