"""JSON objects as rows, wherever they stand: on a line each, or in an array.

The document inside a hit of Elasticsearch (``_source``) is opened: its values are columns named ``_source.NAME``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from loaders.batches import MAX_LATE_NAMES, Batch, Refusal, is_text
from loaders.readers.json_values import AmbiguousObject, as_text, parse
from svp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from loaders.readers.text import Encoding

__all__ = [
    "BROKEN",
    "DOCUMENT",
    "FIRST_ROWS",
    "JsonRow",
    "batch_of",
    "names_of",
    "row_of",
    "value_of",
]

DOCUMENT = "_source"
"""What Elasticsearch wraps a document in."""

FIRST_ROWS = 100
"""Rows that tell the columns: a writer may leave out what is null, but hardly so often."""

MAX_NAMES = 1_000

BROKEN = object()
"""The value of a row that is no JSON."""


class JsonRow(NamedTuple):
    """One value of the file, opened: its texts by column, or the code of why it has none."""

    line: int
    """Its line, or the number of the element; counted from 1."""
    text: str
    values: dict[str, str | None]
    fault: str | None = None
    byte: int | None = None
    """Bytes before it in the file; None where they are not counted."""
    late_names: tuple[str, ...] = ()
    """What it names that nothing led to expect."""


def row_of(
    line: int,
    text: str,
    value: object,
    *,
    byte: int | None = None,
    columns: Collection[str] | None = None,
    known: Collection[str] | None = None,
) -> JsonRow:
    """Return the row that a value makes, of all its columns or of some; ``BROKEN`` stands for what is no JSON.

    ``known`` are the names that its columns may have; of None, any.
    """
    try:
        opened = _with_document(value)
        fault = _fault(text, opened)
        if fault or not isinstance(opened, dict):
            return JsonRow(line, text, {}, fault, byte)
        values = {
            name: as_text(inner)
            for name, inner in opened.items()
            if columns is None or name in columns
        }
        late_names = () if known is None else tuple(name for name in opened if name not in known)
        return JsonRow(line, text, values, byte=byte, late_names=late_names)
    except RecursionError:
        return JsonRow(line, text, {}, "not_json", byte)


def _with_document(value: object) -> object:
    """Return an object with the values of the document in it as its own."""
    document = value.get(DOCUMENT) if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(document, dict):
        return value
    if isinstance(value, AmbiguousObject) or isinstance(document, AmbiguousObject):
        return AmbiguousObject()
    opened = value | {f"{DOCUMENT}.{name}": inner for name, inner in document.items()}
    del opened[DOCUMENT]
    return opened if len(opened) == len(value) - 1 + len(document) else AmbiguousObject()


def _fault(text: str, value: object) -> str | None:
    """Return the code of why a value makes no row."""
    if not is_text(text):
        return "not_text"
    if value is BROKEN:
        return "not_json"
    if not isinstance(value, dict):
        return "not_an_object"
    if isinstance(value, AmbiguousObject):
        return "repeated_key"
    has_escapes = "\\u" in text
    return (
        "not_text" if has_escapes and not is_text(json.dumps(value, ensure_ascii=False)) else None
    )


def value_of(text: str) -> object:
    """Return what a JSON text says; ``BROKEN`` if it is none, or nests too deep."""
    try:
        return parse(text)
    except (ValueError, RecursionError):
        return BROKEN


def batch_of(
    rows: Sequence[JsonRow], *, name: str, columns: Sequence[str], encoding: Encoding
) -> Batch:
    """Return rows with the columns that they name, or with those of the file if they name none.

    Raises:
        InputError: they have too many different names; ``name`` is that of the file.
    """
    filled = [row for row in rows if not row.text.isspace()]
    kept = [row for row in filled if row.fault is None]
    names = names_of(kept, name) or columns
    arrays = [pa.array([row.values.get(column) for row in kept], pa.string()) for column in names]
    # A few batches wait to be stored: as objects, their rows would take many times what their texts take.
    texts = pa.array([row.text for row in kept], pa.string())
    bytes_before = pa.array([row.byte for row in kept], pa.int64())
    return Batch(
        rows=pa.RecordBatch.from_arrays(arrays, names=list(names)),
        lines=pa.array([row.line for row in kept], pa.int64()),
        row_text=lambda position: encoding.storable(texts[position].as_py()),
        refusals=tuple(
            Refusal(row.line, row.fault, encoding.storable(row.text), byte_offset=row.byte)
            for row in filled
            if row.fault
        ),
        skipped_rows=len(rows) - len(filled),
        row_byte=lambda position: bytes_before[position].as_py(),
        late_names=_late_names(kept),
    )


def _late_names(rows: Iterable[JsonRow]) -> dict[str, int]:
    """Return names that nothing led to expect, each with its first line; no more than are told."""
    first_lines: dict[str, int] = {}
    for row in rows:
        for name in row.late_names:
            if len(first_lines) < MAX_LATE_NAMES:
                first_lines.setdefault(name, row.line)
    return first_lines


def names_of(rows: Iterable[JsonRow], name: str) -> tuple[str, ...]:
    """Return every name in the rows, in the order in which they come first.

    Raises:
        InputError: there are too many; ``name`` is that of the file.
    """
    names = tuple(dict.fromkeys(column for row in rows for column in row.values))
    if len(names) > MAX_NAMES:
        message = f"{name} has objects with {len(names):,} different names"
        raise InputError(message, "a table has the same few names in every object")
    return names
