"""Files of corrected rows: each says which refused row it stands for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa

from loaders.files import DataFile, Options, printable
from loaders.quarantine import LINE_COLUMN
from loaders.readers import CsvFile
from loaders.recognise import read_as
from svp.core.exports import armed
from svp.errors import InputError, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from loaders.batches import Batch
    from loaders.contract import Kind

__all__ = ["corrections"]


def corrections(path: Path, kind: Kind, options: Options) -> Iterator[Batch]:
    """Yield the rows of a corrected file, by the lines of the refused rows they stand for.

    Raises:
        InputError: the file is damaged, or doesn't say which refused row each of its rows stands for.
    """
    file = read_as(DataFile(path, options=options), kind)
    if LINE_COLUMN not in file.reader.columns:
        message = f"{printable(path)} has no column {LINE_COLUMN}"
        advice = "it says which refused row each row stands for: 'svp quarantine export' writes it"
        raise InputError(message, advice)
    seen: set[int] = set()
    for batch in (each.in_order() for each in file.batches(also={LINE_COLUMN})):
        if batch.refusals:
            first = batch.refusals[0]
            message = f"{printable(path)}, line {first.line}: {first.code}"
            raise InputError(message, "mend the file; nothing of this part of it was loaded")
        lines = [_line(path, batch, row, seen) for row in range(batch.rows.num_rows)]
        rows = _armed(batch.rows) if isinstance(file.reader, CsvFile) else batch.rows
        yield replace(batch, rows=rows, lines=pa.array(lines, pa.int64()))


def _line(path: Path, batch: Batch, row: int, seen: set[int]) -> int:
    """Return the line of the refused row that a row stands for; each comes once."""
    text = batch.rows[LINE_COLUMN][row].as_py()
    where = f"{printable(path)}, line {batch.lines[row].as_py()}"
    try:
        line = int(text)
    except (TypeError, ValueError) as error:
        message = f"{where}: {LINE_COLUMN} {shorten(text)!r} is no line"
        raise InputError(message, "leave that column as the export wrote it") from error
    if line in seen:
        message = f"{where}: {LINE_COLUMN} {line} comes twice"
        raise InputError(message, "give each refused row one correction")
    seen.add(line)
    return line


def _armed(rows: pa.RecordBatch) -> pa.RecordBatch:
    """Return the rows of a CSV as they were before an export took the formulas out of them."""
    columns = [
        pa.array(
            [None if text is None else armed(text) for text in column.to_pylist()], pa.string()
        )
        for column in rows.columns
    ]
    return pa.RecordBatch.from_arrays(columns, names=[armed(name) for name in rows.schema.names])
