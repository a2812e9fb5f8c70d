"""Parquet files: typed already, and judged by the same contract as text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from loaders.batches import BATCH_ROWS, Batch
from svp.errors import InputError, shorten

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from loaders.arrow import Values
    from loaders.files import DataFile

__all__ = ["ParquetFile"]

DAMAGE = (pa.ArrowException, OSError, UnicodeDecodeError)
"""What Arrow raises for a file that is not as it was written."""


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
                self.columns = tuple(pq.read_schema(stream).names)
            except DAMAGE as error:
                message = f"{file.name} is not a whole Parquet file: {shorten(error)}"
                raise InputError(message, "it may be cut off: write or copy it again") from error
        if len(set(self.columns)) < len(self.columns):
            message = f"{file.name} has two columns of one name"
            raise InputError(message, "each column needs a name of its own")

    def batches(self, columns: Collection[str] | None = None) -> Iterator[Batch]:
        """Yield the rows in order."""
        del columns
        read_rows = 0
        with self._file.open_seekable() as stream:
            try:
                with pq.ParquetFile(stream) as file:
                    for rows in file.iter_batches(BATCH_ROWS):
                        yield _batch(rows, first_line=read_rows + 1)
                        read_rows += rows.num_rows
            except DAMAGE as error:
                message = f"{self._file.name}, after row {read_rows:,}: {shorten(error)}"
                raise InputError(message, "the file is damaged: write or copy it again") from error


def _batch(rows: pa.RecordBatch, *, first_line: int) -> Batch:
    rows.validate(full=True)
    texts = pa.RecordBatch.from_arrays(
        [_as_text(column) for column in rows.columns], names=rows.schema.names
    )
    lines = pa.array(range(first_line, first_line + rows.num_rows), pa.int64())
    return Batch(texts, lines, row_text=lambda row: _row_text(texts, row))


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
