"""Columns as BSON: the elements of many documents at once, and the documents that they make up.

An element is a column of bytes: type, name and value, as a document holds them one after the other; null where the
document has none. See https://bsonspec.org.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import bson
import numpy as np
import pyarrow as pa

from loaders.arrow import Values, compute

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

__all__ = [
    "array",
    "boolean",
    "document",
    "documents",
    "fixed",
    "instant",
    "int32",
    "int64",
    "joined",
    "null",
    "number",
    "text",
    "words",
]

END = b"\x00"
LENGTH_BYTES = 4
NO_TEXT = pa.scalar(b"", pa.binary())


def text(name: str, values: Values) -> Values:
    """Return elements of text."""
    written = values.cast(pa.binary())
    length = _little(compute.add(compute.binary_length(written), len(END)), "<i4")
    return joined(_head(2, name), length, written, END)


def joined(*parts: Values | str | bytes) -> Values:
    """Return texts, or bytes, one behind the other; null where one of them is."""
    columns = [part if isinstance(part, pa.Array) else _constant(part) for part in parts]
    kind = next(column.type for column in columns if isinstance(column, pa.Array))
    separator = pa.scalar("", kind) if kind == pa.string() else NO_TEXT
    return compute.binary_join_element_wise(*columns, separator)


def int32(name: str, values: Values) -> Values:
    """Return elements of 32 bits."""
    return joined(_head(16, name), _little(values, "<i4"))


def int64(name: str, values: Values) -> Values:
    """Return elements of 64 bits."""
    return joined(_head(18, name), _little(values, "<i8"))


def number(name: str, values: Values) -> Values:
    """Return elements of floating point."""
    return joined(_head(1, name), _little(values, "<f8"))


def instant(name: str, values: Values) -> Values:
    """Return elements of instants, which MongoDB holds to the millisecond: what is finer is cut off."""
    whole = compute.floor_temporal(values, unit="millisecond").cast(pa.timestamp("ms"))
    return joined(_head(9, name), _little(whole.cast(pa.int64()), "<i8"))


def boolean(name: str, values: Values) -> Values:
    """Return elements of true or false."""
    written = compute.if_else(
        values, pa.scalar(b"\x01", pa.binary()), pa.scalar(b"\x00", pa.binary())
    )
    return joined(_head(8, name), written)


def fixed(values: Mapping[str, object], rows: int) -> Values:
    """Return elements that every document has, whatever the driver can write."""
    return pa.repeat(pa.scalar(bson.encode(values)[LENGTH_BYTES : -len(END)], pa.binary()), rows)


def null(name: str, rows: int) -> Values:
    """Return elements that are there and hold nothing."""
    return fixed({name: None}, rows)


def words(name: str, values: Values) -> Values:
    """Return elements that are arrays of words, which are given joined by commas; the same few come again and again."""
    known = values.dictionary_encode()
    arrays = [
        bson.encode({name: each.split(",") if each else []})[LENGTH_BYTES : -len(END)]
        for each in known.dictionary.to_pylist()
    ]
    return compute.take(pa.array(arrays, pa.binary()), known.indices)


def document(name: str, elements: Sequence[Values]) -> Values:
    """Return elements that are documents."""
    return joined(_head(3, name), documents(elements))


def array(name: str, elements: Sequence[Values]) -> Values:
    """Return elements that are arrays, of elements that are named by their place."""
    return joined(_head(4, name), documents(elements))


def documents(elements: Sequence[Values]) -> Values:
    """Return documents of the elements that each has."""
    held = compute.binary_join_element_wise(
        *elements, NO_TEXT, null_handling="replace", null_replacement=""
    )
    length = compute.add(compute.binary_length(held), LENGTH_BYTES + len(END))
    return joined(_little(length, "<i4"), held, END)


def _head(type_: int, name: str) -> bytes:
    return bytes([type_]) + name.encode() + END


def _constant(part: str | bytes) -> pa.Scalar[pa.DataType]:
    return pa.scalar(part, pa.string() if isinstance(part, str) else pa.binary())


def _little(values: Values, type_: str) -> Values:
    """Return numbers as the bytes of a type, the least first."""
    filled: npt.NDArray[np.generic] = np.asarray(
        compute.fill_null(values, 0).to_numpy(zero_copy_only=False), dtype=type_
    )
    starts = np.arange(len(filled) + 1, dtype=np.int32) * filled.itemsize
    buffers = [None, pa.py_buffer(starts.tobytes()), pa.py_buffer(filled.tobytes())]
    written: Values = pa.Array.from_buffers(pa.binary(), len(filled), buffers)
    if not values.null_count:
        return written
    return compute.if_else(values.is_valid(), written, pa.scalar(None, pa.binary()))
