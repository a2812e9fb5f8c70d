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

__all__ = ["Bytes", "Mask", "Positions", "Values", "compute", "letters", "mask", "nulls", "outside"]

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
    filled = compute.fill_null(values, pa.scalar(value=False))
    return np.asarray(filled.to_numpy(zero_copy_only=False), dtype=np.bool_)


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
    found = np.zeros(len(values), dtype=np.bool_)
    if len(written) and (written.min() < first or written.max() > last):
        at_fault = np.flatnonzero((written < first) | (written > last))
        found[np.searchsorted(starts, at_fault, side="right") - 1] = True
    return found
