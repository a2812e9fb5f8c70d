"""Parquet files: typed already, and judged by the same contract as text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from loaders.arrow import as_batch
from loaders.batches import BATCH_CHARACTERS, BATCH_ROWS, Batch
from loaders.packed import READ_BYTES, refuse_too_much
from svp.errors import InputError, shorten

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from loaders.arrow import Positions, Values
    from loaders.files import DataFile

__all__ = ["ParquetFile"]

DAMAGE = (pa.ArrowException, OSError, UnicodeDecodeError)
"""What Arrow raises for a file that is not as it was written."""

READ_ROWS = 10_000
"""Rows that are decoded at a time at most: what they weigh is known only then."""
EVEN_BYTES = 256 * 1024 * 1024
"""Of a group of rows, up to which any rows of it may be decoded at once, however unevenly they share them."""
UNEVEN_ROWS = 1_000
"""Rows of a larger group that are decoded at a time at most."""


class ParquetFile:
    """A Parquet file; its rows are counted from 1."""

    format = "Parquet"
    seen_rows = None
    groups = ()
    facts: Mapping[str, str] = {}

    def __init__(self, file: DataFile) -> None:
        """Read the schema.

        Raises:
            InputError: it is no whole Parquet file, or names a column twice.
        """
        self._file = file
        with file.open_seekable() as stream:
            try:
                schema = pq.read_schema(stream)
            except DAMAGE as error:
                message = f"{file.name} is not a whole Parquet file: {shorten(error)}"
                raise InputError(message, "it may be cut off: write or copy it again") from error
        self.columns = tuple(schema.names)
        self._text_columns = {one.name for one in schema if pa.types.is_string(one.type)}
        if len(set(self.columns)) < len(self.columns):
            message = f"{file.name} has two columns of one name"
            raise InputError(message, "each column needs a name of its own")

    def batches(self, columns: Collection[str] | None = None) -> Iterator[Batch]:
        """Yield the rows in order, with all columns or those that are wanted.

        Raises:
            InputError: the file is damaged, or its values become more than is allowed.
        """
        wanted = [name for name in self.columns if columns is None or name in columns]
        read_rows = 0
        try:
            for rows in _weighed(self._texts(wanted)):
                yield _batch(rows, first_line=read_rows + 1)
                read_rows += rows.num_rows
        except DAMAGE as error:
            message = f"{self._file.name}, after row {read_rows:,}: {shorten(error)}"
            raise InputError(message, "the file is damaged: write or copy it again") from error

    def _texts(self, columns: list[str]) -> Iterator[pa.RecordBatch]:
        """Yield a few rows at a time as text; what a file says of its own size is believed only if that is too much."""
        allowed_bytes = self._file.options.limits.allowed_bytes(self._file.status[0])
        text_bytes = 0
        with (
            self._file.open_seekable() as stream,
            pq.ParquetFile(
                stream,
                read_dictionary=[name for name in columns if name in self._text_columns],
                buffer_size=READ_BYTES,
                pre_buffer=False,
            ) as file,
        ):
            told_bytes = _told_bytes(file, columns)
            refuse_too_much(self._file.name, sum(told_bytes), allowed_bytes)
            read_rows = _read_rows(file, told_bytes)
            for rows in file.iter_batches(read_rows, columns=columns, use_threads=False):
                for few in _light(rows):
                    texts = _as_texts(few)
                    texts.validate(full=True)
                    text_bytes += texts.nbytes
                    refuse_too_much(self._file.name, text_bytes, allowed_bytes)
                    yield texts


def _told_bytes(file: pq.ParquetFile, columns: Collection[str]) -> list[int]:
    """Return what the file says that columns weigh in each group of rows, before what is repeated is written out."""
    metadata = file.metadata
    chunks = [
        [metadata.row_group(group).column(place) for place in range(metadata.num_columns)]
        for group in range(metadata.num_row_groups)
    ]
    return [
        sum(
            chunk.total_uncompressed_size
            for chunk in of_group
            if chunk.path_in_schema.partition(".")[0] in columns or chunk.path_in_schema in columns
        )
        for of_group in chunks
    ]


def _read_rows(file: pq.ParquetFile, told_bytes: list[int]) -> int:
    """Return how many rows to decode at a time, by the weight that the file says its groups have."""
    rows = [max(file.metadata.row_group(group).num_rows, 1) for group in range(len(told_bytes))]
    heaviest = max((one // of for one, of in zip(told_bytes, rows, strict=True)), default=0)
    most = READ_ROWS if max(told_bytes, default=0) <= EVEN_BYTES else UNEVEN_ROWS
    return max(1, min(most, BATCH_CHARACTERS // max(heaviest, 1)))


def _light(rows: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Yield the rows in pieces that are bounded by size once each value is written out."""
    if rows.num_rows > 1 and sum(map(_text_bytes, rows.columns)) > BATCH_CHARACTERS:
        middle = rows.num_rows // 2
        yield from _light(rows.slice(0, middle))
        yield from _light(rows.slice(middle))
    else:
        yield rows


def _text_bytes(values: Values) -> int:
    """Return what values that are kept as places in a dictionary weigh in full; nothing of others, which are.

    The whole dictionary comes with every few rows, so nothing is computed of entries that these rows don't name.
    """
    if not isinstance(values, pa.DictionaryArray) or values.null_count == len(values):
        return 0
    is_text = pa.types.is_string(values.dictionary.type)
    entries = values.dictionary if is_text else values.dictionary.cast(pa.string())
    places = values.indices.drop_null().to_numpy()
    if places.min() < 0 or places.max() >= len(entries):
        message = "a value is none of its column's"
        raise pa.ArrowInvalid(message)
    ends: Positions = np.frombuffer(memoryview(entries.buffers()[1] or b""), np.int32)[
        entries.offset :
    ]
    return int((ends[places + 1] - ends[places]).sum(dtype=np.int64))


def _weighed(pieces: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield rows in batches that are bounded by number and by size."""
    held: list[pa.RecordBatch] = []
    for piece in pieces:
        held.append(piece)
        is_full = sum(one.num_rows for one in held) >= BATCH_ROWS
        if is_full or sum(one.nbytes for one in held) >= BATCH_CHARACTERS:
            yield as_batch(pa.Table.from_batches(held))
            held = []
    if held:
        yield as_batch(pa.Table.from_batches(held))


def _batch(texts: pa.RecordBatch, *, first_line: int) -> Batch:
    lines = pa.array(range(first_line, first_line + texts.num_rows), pa.int64())
    return Batch(texts, lines, row_text=lambda row: _row_text(texts, row))


def _as_texts(rows: pa.RecordBatch) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [_as_text(column) for column in rows.columns], names=rows.schema.names
    )


def _as_text(values: Values) -> Values:
    if pa.types.is_nested(values.type):
        return pa.array(
            [
                None if value is None else json.dumps(value, ensure_ascii=False, default=str)
                for value in values.to_pylist()
            ],
            pa.string(),
        )
    return values.cast(pa.string())


def _row_text(texts: pa.RecordBatch, row: int) -> str:
    return json.dumps(texts.slice(row, 1).to_pylist()[0], ensure_ascii=False)
