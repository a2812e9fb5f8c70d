"""Columns of a batch: one type for all of them, and Arrow's functions as "columns in, column out".

Arrow's published types know one class of array for each type of value, and no function that takes a column of any type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "Bytes",
    "Mask",
    "Positions",
    "Values",
    "as_batch",
    "compute",
    "holding",
    "letters",
    "mask",
    "nulls",
    "outside",
    "pick",
    "put",
    "true_places",
]

WORD_BYTES = 8

FEW_RUNS = 50
"""Rows that a run has on average at least, for runs to cost less than choosing each row."""

Values: TypeAlias = "pa.Array[Any]"
"""One column, whatever is in it."""

Mask: TypeAlias = npt.NDArray[np.bool_]
"""Which rows, as numpy."""

Positions: TypeAlias = npt.NDArray[np.integer[Any]]
Bytes: TypeAlias = npt.NDArray[np.uint8]


class Functions(Protocol):
    """The functions of ``pyarrow.compute``."""

    def __getattr__(self, name: str) -> Callable[..., Values]:
        """Return the function of that name."""


compute = cast("Functions", pc)


def mask(values: Values) -> Mask:
    """Return a column of booleans as numpy; null is False."""
    if values.null_count:
        values = compute.fill_null(values, pa.scalar(value=False))
    if not len(values):
        return np.zeros(0, dtype=np.bool_)
    _, bits = cast("tuple[Any, Any]", values.buffers())
    end = values.offset + len(values)
    found = np.unpackbits(np.frombuffer(bits, np.uint8), count=end, bitorder="little")
    return found[values.offset :].view(np.bool_)


def nulls(rows: int, type_: pa.DataType) -> Values:
    """Return a column that has no value."""
    return pa.nulls(rows).cast(type_)


def letters(values: Values) -> tuple[Positions, Bytes]:
    """Return where each text of a column begins among its bytes, and where the last ends; and all those bytes."""
    if not len(values):
        return np.zeros(1, dtype=np.int32), np.zeros(0, dtype=np.uint8)
    _, offsets, data = cast("tuple[Any, Any, Any]", values.buffers())
    starts = np.frombuffer(offsets, np.int32)[values.offset : values.offset + len(values) + 1]
    return starts - starts[0], np.frombuffer(data or b"", np.uint8)[starts[0] : starts[-1]]


def outside(values: Values, first: int, last: int) -> Mask:
    """Tell which texts hold a byte below ``first`` or above ``last``; where none does, it costs next to nothing."""
    starts, written = letters(values)
    if not len(written) or (written.min() >= first and written.max() <= last):
        return np.zeros(len(values), dtype=np.bool_)
    return _owners(starts, (written < first) | (written > last))


def holding(values: Values, byte: int) -> Mask:
    """Tell which texts hold a byte; where none does, it costs next to nothing."""
    starts, written = letters(values)
    if not (found := written == byte).any():
        return np.zeros(len(values), dtype=np.bool_)
    return _owners(starts, found)


def _owners(starts: Positions, found: Mask) -> Mask:
    """Tell which texts hold one of the bytes that were found."""
    owners = np.zeros(len(starts) - 1, dtype=np.bool_)
    places = true_places(found).astype(starts.dtype)
    owners[np.searchsorted(starts, places, side="right") - 1] = True
    return owners


def true_places(found: Mask) -> Positions:
    """Return where a mask is true, looked through eight at a time."""
    words = found[: len(found) // WORD_BYTES * WORD_BYTES].view("<u8")
    filled = np.flatnonzero(words != 0)
    hits = words[filled]
    lowest = hits - 1
    if (lowest & hits).any():
        # More than one among eight.
        inside = np.flatnonzero(hits.view(np.bool_))
        places = filled[inside // WORD_BYTES] * WORD_BYTES + inside % WORD_BYTES
    else:
        places = filled * WORD_BYTES + np.bitwise_count(lowest) // WORD_BYTES
    rest = len(words) * WORD_BYTES
    return np.append(places, np.flatnonzero(found[rest:]) + rest) if found[rest:].any() else places


def put(values: Values, rows: Mask, others: Values) -> Values:
    """Return a column with ``others`` in some rows, in their order; what lies between a few is copied at once."""
    places = np.flatnonzero(rows).tolist()
    if not places:
        return values
    if len(places) * FEW_RUNS > len(values):
        return compute.replace_with_mask(values, pa.array(rows), others)
    pieces, start = list[Values](), 0
    for number, place in enumerate(places):
        pieces += [values.slice(start, place - start), others.slice(number, 1)]
        start = place + 1
    return pa.concat_arrays([*pieces, values.slice(start)])


def pick(rows: pa.Table, positions: Positions) -> pa.Table:
    """Return the rows at some positions, in that order; where most follow one another, without a copy of any."""
    starts = np.flatnonzero(np.diff(positions, prepend=-2) != 1)
    if len(starts) * FEW_RUNS > len(positions):
        return rows.take(positions)
    lengths = np.diff(starts, append=len(positions))
    runs = zip(positions[starts].tolist(), lengths.tolist(), strict=True)
    return pa.concat_tables([rows.slice(*run) for run in runs] or [rows.slice(0, 0)])


def as_batch(rows: pa.Table) -> pa.RecordBatch:
    """Return a table as one batch."""
    return pa.RecordBatch.from_arrays(
        [column.combine_chunks() for column in rows.columns], schema=rows.schema
    )
