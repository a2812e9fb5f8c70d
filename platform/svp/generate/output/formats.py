"""Rows as text: CSV and JSON Lines, column by column, without a step of Python a row.

Both write booleans as true and false, days as 2025-01-31, instants as 2025-01-01T20:15:00.123000Z and decimals in plain
digits. A list is a JSON array; in CSV, its text. Null is an empty field in CSV, an empty text is ``""`` there.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute

from svp.generate.arrays import Values, choose_where, join

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["FileFormat", "csv_header", "csv_lines", "json_lines"]

pc: Any = pyarrow.compute
"""Its stubs know few of the arguments that it takes."""

FileFormat: TypeAlias = Literal["parquet", "csv", "jsonl"]
"""The name is the ending of the files."""

SLICE_ROWS = 65_536
"""Turned into text at once: the text of a column stays in a processor's cache, and far below 2 GB."""

FIRST_PRINTABLE = 0x20
QUOTES_AND_BACKSLASHES = {"\\": "\\\\", '"': '\\"'}
"""The backslash comes first: the others bring new ones."""
CONTROLS = {chr(code): json.dumps(chr(code))[1:-1] for code in range(FIRST_PRINTABLE)}

CSV_STRUCTURE = (b'"', b",", b"\n", b"\r")
"""A text that holds one of these is quoted."""
NEEDS_QUOTES = r'^$|[",\r\n]'

DATE_CHARACTERS = 10


def csv_header(names: Iterable[str]) -> bytes:
    """Return the first line of a CSV file; the names need no quotes."""
    return f"{','.join(names)}\n".encode()


def csv_lines(batch: pa.RecordBatch) -> bytes:
    """Return rows as lines of CSV, without a header."""
    before = ["", *([","] * (batch.num_columns - 1))]
    return _lines(batch, _csv_value, before=before, end="\n", null="")


def json_lines(batch: pa.RecordBatch) -> bytes:
    """Return rows as one JSON object a line; every column is in every object."""
    names = [json.dumps(name) for name in batch.schema.names]
    before = [f"{'{' if number == 0 else ','}{name}:" for number, name in enumerate(names)]
    return _lines(batch, _json_value, before=before, end="}\n", null="null")


def _lines(
    batch: pa.RecordBatch,
    text_of: Callable[[Values], Values],
    *,
    before: Sequence[str],
    end: str,
    null: str,
) -> bytes:
    """Return the texts of all columns, each with what stands before it, row by row."""
    lines = []
    for first in range(0, batch.num_rows, SLICE_ROWS):
        columns = map(text_of, batch.slice(first, SLICE_ROWS).columns)
        parts = [part for pair in zip(before, columns, strict=True) for part in pair]
        joined = pc.binary_join_element_wise(
            *parts, end, "", null_handling="replace", null_replacement=null
        )
        lines.append(_content(joined))
    return b"".join(lines)


def _content(texts: Values) -> bytes:
    """Return texts one after another, as they stand in memory."""
    _, offsets, content = texts.buffers()
    if offsets is None or content is None:
        return b""
    ends = np.frombuffer(memoryview(offsets), np.int32)[texts.offset :][: len(texts) + 1]
    return content.slice(int(ends[0]), int(ends[-1] - ends[0])).to_pybytes()


def _csv_value(values: Values) -> Values:
    texts = _list_texts(values) if pa.types.is_list(values.type) else _texts(values)
    if not (pa.types.is_string(values.type) or pa.types.is_list(values.type)):
        return texts
    content = _content(texts)
    has_empty = pc.any(pc.equal(texts, "")).as_py()
    if not has_empty and not any(character in content for character in CSV_STRUCTURE):
        return texts
    quoted = join('"', pc.replace_substring(texts, '"', '""'), '"')
    chosen: Values = pc.if_else(pc.match_substring_regex(texts, NEEDS_QUOTES), quoted, texts)
    return chosen


def _json_value(values: Values) -> Values:
    if pa.types.is_list(values.type):
        return _list_texts(values)
    if pa.types.is_string(values.type):
        return join('"', _escaped(values), '"')
    texts = _texts(values)
    return join('"', texts, '"') if pa.types.is_temporal(values.type) else texts


def _texts(values: Values) -> Values:
    """Return single values as text, without quotes."""
    if not pa.types.is_timestamp(values.type):
        return values.cast(pa.string())
    # Without its zone, which is UTC, a timestamp becomes text thirty times as fast.
    texts = values.cast(pa.timestamp("us")).cast(pa.string())
    return join(pc.binary_replace_slice(texts, DATE_CHARACTERS, DATE_CHARACTERS + 1, "T"), "Z")


def _list_texts(values: Any) -> Values:
    """Return lists as JSON arrays; null where the list is."""
    lengths = pc.fill_null(pc.list_value_length(values), 0).to_numpy()
    offsets = np.concatenate(([0], np.cumsum(lengths)))
    items = pc.fill_null(_json_value(values.flatten()), "null")
    lists = pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), items)
    arrays = join("[", pc.binary_join(lists, ","), "]")
    return choose_where(values.is_valid().to_numpy(zero_copy_only=False), arrays, None)


def _escaped(texts: Values) -> Values:
    """Return texts as they stand between the quotes of JSON."""
    content = _content(texts)
    escapes = dict(QUOTES_AND_BACKSLASHES)
    if content and np.frombuffer(content, np.uint8).min() < FIRST_PRINTABLE:
        escapes |= CONTROLS
    for character, escape in escapes.items():
        if character.encode() in content:
            texts = pc.replace_substring(texts, character, escape)
    return texts
