"""JSON objects as rows, wherever they stand: on a line each, or in an array.

The document inside a hit of Elasticsearch (``_source``) is opened: its values are columns named ``_source.NAME``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from loaders.batches import Batch, Refusal, is_text
from loaders.readers.json_values import AmbiguousObject, as_object, as_text, parse
from svp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from loaders.readers.text import Encoding

__all__ = ["BROKEN", "FIRST_ROWS", "JsonRow", "batch_of", "names_of", "value_of"]

DOCUMENT = "_source"
"""What Elasticsearch wraps a document in."""

FIRST_ROWS = 100
"""Rows that tell the columns: a writer may leave out what is null, but hardly so often."""

MAX_NAMES = 1_000

BROKEN = object()
"""The value of a row that is no JSON."""


class JsonRow(NamedTuple):
    """One value of the file."""

    line: int
    """Its line, or the number of the element; counted from 1."""
    text: str
    value: object
    """What it says; ``BROKEN`` if it is no JSON."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A row after it was judged: values by column, or the code of why it has none."""

    row: JsonRow
    values: dict[str, str | None]
    fault: str | None = None


def batch_of(
    rows: Sequence[JsonRow], *, name: str, columns: Sequence[str], encoding: Encoding
) -> Batch:
    """Return rows with the columns that they name, or with those of the file if they name none.

    Raises:
        InputError: they have too many different names; ``name`` is that of the file.
    """
    opened = [_open(row) for row in rows if not row.text.isspace()]
    kept = [judged for judged in opened if judged.fault is None]
    names = _names(kept, name) or list(columns)
    arrays = [
        pa.array([judged.values.get(column) for judged in kept], pa.string()) for column in names
    ]
    return Batch(
        rows=pa.RecordBatch.from_arrays(arrays, names=names),
        lines=pa.array([judged.row.line for judged in kept], pa.int64()),
        row_text=lambda row: encoding.storable(kept[row].row.text),
        refusals=tuple(
            Refusal(judged.row.line, judged.fault, encoding.storable(judged.row.text))
            for judged in opened
            if judged.fault
        ),
        skipped_rows=len(rows) - len(opened),
    )


def names_of(rows: Iterable[JsonRow], name: str) -> tuple[str, ...]:
    """Return every name in the rows, in the order in which they come first.

    Raises:
        InputError: there are too many; ``name`` is that of the file.
    """
    return tuple(_names(map(_open, rows), name))


def _names(rows: Iterable[Opened], name: str) -> list[str]:
    names = list(dict.fromkeys(column for row in rows for column in row.values))
    if len(names) > MAX_NAMES:
        message = f"{name} has objects with {len(names):,} different names"
        raise InputError(message, "a table has the same few names in every object")
    return names


def value_of(text: str) -> object:
    """Return what a JSON text says; ``BROKEN`` if it is none, or nests too deep."""
    try:
        return parse(text)
    except (ValueError, RecursionError):
        return BROKEN


def _open(row: JsonRow) -> Opened:
    value = _with_document(row.value)
    try:
        fault = _fault(row.text, value)
        if fault or not isinstance(value, dict):
            return Opened(row, {}, fault)
        return Opened(row, {name: as_text(inner) for name, inner in value.items()})
    except RecursionError:
        return Opened(row, {}, "not_json")


def _with_document(value: object) -> object:
    """Return an object with the values of the document in it as its own."""
    document = value.get(DOCUMENT) if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(document, dict):
        return value
    if isinstance(value, AmbiguousObject) or isinstance(document, AmbiguousObject):
        return AmbiguousObject()
    own = [(name, inner) for name, inner in value.items() if name != DOCUMENT]
    return as_object(own + [(f"{DOCUMENT}.{name}", inner) for name, inner in document.items()])


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
