"""Numbers inside the generator, and how they become Arrow columns.

Instants are whole microseconds since 1970 in UTC, days whole days since then.
"""

from __future__ import annotations

from dataclasses import Field, fields
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from svp.model import Table

__all__ = [
    "DAY_US",
    "SECOND_US",
    "Columns",
    "Entries",
    "Flags",
    "Floats",
    "Integers",
    "Values",
    "choose_where",
    "day_number",
    "day_of",
    "decimals",
    "first_of_group",
    "identifiers",
    "join",
    "labels",
    "numbers",
    "position_in_group",
    "record_batch",
    "text_lists",
    "whole_lists",
]

Integers: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Values: TypeAlias = "pa.Array[Any]"
"""One Arrow column."""

Columns: TypeAlias = "dict[str, Values | Integers | Floats | Flags]"
"""By name; what is not Arrow yet becomes so."""

SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US


class Entries:
    """A base for dataclasses whose every field has one entry a row: an array, Draws or other Entries."""

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    def take(self, rows: Integers | Flags) -> Self:
        """Return some of the entries."""
        arrays = (getattr(self, field.name) for field in fields(self))
        return type(self)(
            *(
                array[rows] if isinstance(array, np.ndarray) else array.take(rows)
                for array in arrays
            )
        )


def day_number(day: date) -> int:
    """Return the days from 1970-01-01 to ``day``."""
    return int(np.datetime64(day, "D").astype(np.int64))


def day_of(instants: Integers) -> Integers:
    """Return the UTC day of each instant."""
    return instants // DAY_US


def first_of_group(*keys: Integers) -> Flags:
    """Tell of each row, in sorted order, whether its keys differ from the row before."""
    first = np.ones(len(keys[0]), dtype=np.bool_)
    first[1:] = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    return first


def position_in_group(first: Flags) -> Integers:
    """Return each row's number within its group, from 0; ``first`` marks where groups begin."""
    position = np.arange(len(first))
    return position - np.maximum.accumulate(np.where(first, position, 0))


def join(*parts: Values | str) -> Values:
    """Return texts put together row by row; null where a part is."""
    joined: Values = pc.binary_join_element_wise(*parts, "")  # type: ignore[call-overload]  # (stubs lack mixed parts)
    return joined


def identifiers(prefix: str, values: Integers, *, digits: int) -> Values:
    """Return texts such as U0000001: a prefix and a number from 1, padded with zeros."""
    return join(prefix, pc.utf8_lpad(pa.array(values + 1).cast(pa.string()), digits, "0"))


def choose_where(condition: Flags, yes: Values, no: Values | None) -> Values:
    """Return ``yes`` where the condition holds, else ``no``; None stands for null."""
    chosen: Values = pc.if_else(
        pa.array(condition), yes, pa.scalar(None, yes.type) if no is None else no
    )
    return chosen


def labels(
    names: Sequence[str] | Values, codes: Integers, *, missing: Flags | None = None
) -> Values:
    """Return ``names[code]`` of each code; null where ``missing``."""
    return pa.array(names, pa.string()).take(pa.array(codes, pa.int64(), mask=missing))


def numbers(values: Integers | Floats, *, missing: Flags) -> Values:
    """Return numbers, null where ``missing``."""
    return pa.array(values, mask=missing)


def decimals(values: Floats, *, precision: int, scale: int, missing: Flags | None = None) -> Values:
    """Return exact decimals of ``scale`` places; null where ``missing``."""
    return pa.array(values.round(scale), mask=missing).cast(pa.decimal128(precision, scale))


def text_lists(names: Sequence[str], chosen: Flags | Integers) -> Values:
    """Return one list of names a row: of the columns that are True, or of codes where not below 0."""
    is_flag = chosen.dtype == np.bool_
    codes: Integers = np.where(is_flag, np.where(chosen, np.arange(chosen.shape[1]), -1), chosen)
    return _lists(labels(names, codes[codes >= 0]), (codes >= 0).sum(axis=1))


def whole_lists(values: Integers, lengths: Integers) -> Values:
    """Return lists of small whole numbers; a row of length 0 is null."""
    return _lists(pa.array(values, pa.int16()), lengths, missing=lengths == 0)


def _lists(values: Values, lengths: Integers, *, missing: Flags | None = None) -> Values:
    offsets = np.concatenate(([0], np.cumsum(lengths)))
    mask = None if missing is None else pa.array(missing)
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values, mask=mask)


def record_batch(table: Table, columns: Columns) -> pa.RecordBatch:
    """Return the rows of a table, each column cast to its type, in its order."""
    arrays = [_column(columns[field.name], field.type) for field in table.schema]
    return pa.RecordBatch.from_arrays(arrays, schema=table.schema)


def _column(values: Values | Integers | Floats | Flags, wanted: pa.DataType) -> Values:
    array = values if isinstance(values, pa.Array) else pa.array(values)
    if pa.types.is_date32(wanted):
        return array.cast(pa.int32()).cast(wanted)
    return array.cast(wanted)
