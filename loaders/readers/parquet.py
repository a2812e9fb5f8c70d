"""Parquet files: typed already, and judged by the same contract as text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from loaders.batches import BATCH_ROWS, Batch
from svp.errors import InputError, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["ParquetFile"]


class ParquetFile:
    """A Parquet file; its rows are counted from 1."""

    def __init__(self, path: Path) -> None:
        """Read the schema.

        Raises:
            InputError: it is no whole Parquet file.
        """
        self._path = path
        try:
            self.columns = tuple(pq.read_schema(path).names)
        except (pa.ArrowInvalid, OSError) as error:
            message = f"{path} is not a whole Parquet file: {shorten(error)}"
            raise InputError(message, "it may be cut off: write or copy it again") from error

    def batches(self) -> Iterator[Batch]:
        """Yield the rows in order."""
        line = 1
        try:
            with pq.ParquetFile(self._path) as file:
                for rows in file.iter_batches(BATCH_ROWS):
                    lines = pa.array(range(line, line + rows.num_rows), pa.int64())
                    yield Batch(_as_text(rows), lines)
                    line += rows.num_rows
        except (pa.ArrowInvalid, OSError) as error:
            message = f"{self._path}, after row {line - 1}: {shorten(error)}"
            raise InputError(message, "the file is damaged: write or copy it again") from error


def _as_text(rows: pa.RecordBatch) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [_column(column) for column in rows.columns], names=rows.schema.names
    )


def _column(values: pa.Array) -> pa.Array:
    if pa.types.is_nested(values.type):
        written = [
            None if value is None else json.dumps(value, ensure_ascii=False)
            for value in values.to_pylist()
        ]
        return pa.array(written, pa.string())
    return values.cast(pa.string())
