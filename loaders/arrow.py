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

__all__ = ["Mask", "Values", "compute", "mask", "nulls"]

Values: TypeAlias = "pa.Array[Any]"
"""One column, whatever is in it."""

Mask: TypeAlias = npt.NDArray[np.bool_]
"""Which rows, as numpy."""


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
