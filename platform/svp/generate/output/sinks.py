"""The files of a folder, each of which grows piece by piece."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections import Counter
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from svp.generate.dirt import dirt_entry
from svp.generate.output.folders import sha256
from svp.generate.output.manifests import WrittenFile
from svp.generate.output.shapes import FileStart, Piece
from svp.model import BOX_LOGS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["DIRT_FILE", "Sinks"]

DIRT_FILE = "dirt.jsonl"

ROW_GROUP_ROWS = 65_536
"""From so many rows on a row group is written: readers want large ones, but those of all tables wait in memory."""


class Sinks:
    """The files of a folder; those that an order has in any case are there from the beginning."""

    def __init__(self, folder: Path, starts: Iterable[FileStart]) -> None:
        self._folder = folder
        self._sinks: dict[str, _Sink] = {}
        for start in starts:
            self._open(start)

    def close(self) -> None:
        """Write what is still held."""
        for sink in self._sinks.values():
            sink.close()

    def append(self, piece: Piece) -> None:
        """Add a piece to its file, and say in the manifest of the dirt what is planted in it."""
        sink = self._sinks.get(piece.path) or self._open(_start_of(piece))
        if piece.planted:
            self._note(piece, lines_before=sink.lines)
        sink.append(piece)

    def rows_by_table(self) -> dict[str, int]:
        """Return the rows so far."""
        rows: Counter[str] = Counter()
        for sink in self._sinks.values():
            rows[sink.table or ""] += sink.rows
        return {table: count for table, count in rows.items() if table}

    def describe(self) -> tuple[WrittenFile, ...]:
        """Return what was written, once it is closed: tables, days of set-top boxes, what goes with them."""
        sinks = sorted(self._sinks.values(), key=lambda sink: sink.place)
        return tuple(sink.describe(self._folder) for sink in sinks)

    def _note(self, piece: Piece, *, lines_before: int) -> None:
        entries = [
            dirt_entry(planted, file=piece.path, line=lines_before + line)
            for line, planted in piece.planted
        ]
        lines = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
        self.append(Piece(DIRT_FILE, None, len(entries), lines.encode()))

    def _open(self, start: FileStart) -> _Sink:
        path = self._folder / start.path
        path.parent.mkdir(exist_ok=True)
        sink: _Sink
        if isinstance(start.begins, bytes):
            sink = _TextSink(path, start.table, start.begins)
        else:
            sink = ParquetSink(path, start.table, start.begins)
        self._sinks[start.path] = sink
        return sink


def _start_of(piece: Piece) -> FileStart:
    begins = b"" if isinstance(piece.content, bytes) else piece.content.schema
    return FileStart(piece.path, piece.table, begins)


class _Sink(ABC):
    """One file that grows."""

    def __init__(self, path: Path, table: str | None) -> None:
        self.path, self.table = path, table
        self.rows = 0
        self.lines = 0
        """So far, as an ingest counts them: of text, or rows of Parquet."""

    @property
    def place(self) -> tuple[bool, str]:
        """Where it stands among the others: tables as they were opened, then days, then the rest."""
        has_place = self.table not in {BOX_LOGS.name, None}
        return self.table is None, "" if has_place else str(self.path)

    def append(self, piece: Piece) -> None:
        """Add a piece."""
        self.rows += piece.rows
        self._add(piece.content)

    def describe(self, folder: Path) -> WrittenFile:
        """Return what was written of it, once it is closed."""
        path = self.path.relative_to(folder).as_posix()
        size = self.path.stat().st_size
        return WrittenFile(path, self.table, self.rows, size, sha256(self.path))

    @abstractmethod
    def _add(self, content: Any) -> None: ...

    @abstractmethod
    def close(self) -> None:
        """Write what is still held."""


class _TextSink(_Sink):
    """Text; open only while it grows, since a process can hold fewer files open than there are days."""

    def __init__(self, path: Path, table: str | None, begins: bytes) -> None:
        super().__init__(path, table)
        path.touch()
        self._add(begins)

    def _add(self, content: bytes) -> None:
        self.lines += content.count(b"\n")
        with self.path.open("ab") as file:
            file.write(content)

    def close(self) -> None:
        """Do nothing: it is closed."""


class ParquetSink(_Sink):
    """Parquet, whose row groups are gathered from several pieces."""

    def __init__(self, path: Path, table: str | None, schema: pa.Schema) -> None:
        super().__init__(path, table)
        self._writer = pq.ParquetWriter(path, schema, compression="zstd", version="2.6")
        self._held: list[pa.RecordBatch] = []
        self._held_rows = 0

    def _add(self, content: pa.RecordBatch) -> None:
        self.lines += content.num_rows
        self._held.append(content)
        self._held_rows += content.num_rows
        if self._held_rows >= ROW_GROUP_ROWS:
            self._write_held()

    def _write_held(self) -> None:
        self._writer.write_table(pa.Table.from_batches(self._held))
        self._held, self._held_rows = [], 0

    def close(self) -> None:
        """Write the last rows, and the description of the columns."""
        if self._held_rows:
            self._write_held()
        self._writer.close()
