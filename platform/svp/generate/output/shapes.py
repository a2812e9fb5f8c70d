"""The shapes that a platform is written in: which files there are, and what each part adds to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

from svp.generate.arguments import EPOCH_ORDINAL
from svp.generate.dirt import Dirt, planted_batch, planted_line
from svp.generate.output.formats import csv_header, csv_lines, json_lines
from svp.generate.output.orders import TRUTH
from svp.generate.output.relational import SESSION_COLUMNS, USER_COLUMNS, Relational
from svp.generate.platform import Platform
from svp.generate.report import Statistics
from svp.model import BOX_LOGS, TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from svp.generate.dirt import Planted
    from svp.generate.output.formats import FileFormat
    from svp.generate.output.orders import Order, Shape
    from svp.generate.platform import Part
    from svp.model import Table

__all__ = ["FileStart", "Made", "Maker", "Piece", "starts_of"]


@dataclass(frozen=True, slots=True)
class FileStart:
    """A file that is there even when nothing comes to stand in it."""

    path: str
    """Within the folder."""
    table: str | None
    begins: bytes | pa.Schema
    """Text it begins with, or the columns of Parquet."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What one part adds to one file."""

    path: str
    table: str | None
    rows: int
    content: bytes | pa.RecordBatch
    """Text, or rows for Parquet."""
    planted: tuple[tuple[int, Planted], ...] = ()
    """The dirt in it, each with its line, from 1: of the text, or the row of Parquet."""


@dataclass(frozen=True, slots=True)
class Made:
    """What one part adds to all files."""

    pieces: tuple[Piece, ...]
    counted: Mapping[str, pa.RecordBatch] = field(default_factory=dict)
    """Rows for the report, by table."""


class _Shape(Protocol):
    def make(self, part: Part) -> Made:
        """Return what a part adds to the files."""


class Maker:
    """Makes the parts of an order; a process has one, since it keeps the catalogue."""

    def __init__(self, order: Order) -> None:
        self._shape = SHAPES[order.shape](order, Platform(order.arguments))

    def make(self, part: Part) -> Made:
        """Return what a part adds to the files; it never depends on the parts made before."""
        return self._shape.make(part)


def starts_of(order: Order) -> tuple[FileStart, ...]:
    """Return the files that an order has in any case."""
    if order.shape == "relational":
        return (
            FileStart("users.csv", "users", csv_header(USER_COLUMNS)),
            FileStart("viewing_sessions.csv", "viewing_sessions", csv_header(SESSION_COLUMNS)),
        )
    if order.shape == "iptv":
        return ()
    return tuple(
        FileStart(
            f"{table.name}.{order.file_format}", table.name, _begins(table, order.file_format)
        )
        for table in TABLES
        if order.has(table.name)
    )


def _begins(table: Table, file_format: FileFormat) -> bytes | pa.Schema:
    if file_format == "parquet":
        return table.schema
    return csv_header(table.schema.names) if file_format == "csv" else b""


class _Tables:
    """The shape platform: a file a table, the logs of the households with a box, the truth."""

    def __init__(self, order: Order, platform: Platform) -> None:
        self._order, self._platform = order, platform
        self._soil = _Soil(order)
        self._counted = Statistics.TABLES if order.report else ()

    def make(self, part: Part) -> Made:
        order = self._order
        wanted = {*order.tables, *self._counted}
        tables = self._platform.make(part, tables=wanted, from_day=order.from_day)
        pieces = [
            self._soil.table_piece(name, tables[name], part)
            for name in order.tables
            if name in tables
        ]
        if order.has(BOX_LOGS.name):
            logs = self._platform.box_logs(part, from_day=order.from_day)
            pieces += self._soil.day_pieces("iptv/", logs, part)
        if order.has(TRUTH):
            truth = self._platform.truth(part).items()
            pieces += [
                Piece(f"truth/{name}.parquet", None, len(rows), rows) for name, rows in truth
            ]
        counted = {name: tables[name] for name in self._counted if name in tables}
        return Made(tuple(pieces), counted)


class _BoxDays:
    """The shape iptv: a file a day, every user a household with a box."""

    def __init__(self, order: Order, platform: Platform) -> None:
        self._order, self._platform, self._soil = order, platform, _Soil(order)

    def make(self, part: Part) -> Made:
        logs = self._platform.box_logs(part, everyone=True, from_day=self._order.from_day)
        return Made(tuple(self._soil.day_pieces("", logs, part)))


class _RelationalSet:
    """The shape relational: users.csv, content.json, viewing_sessions.csv."""

    def __init__(self, order: Order, platform: Platform) -> None:
        self._set = Relational(order.arguments, platform, from_day=order.from_day)

    def make(self, part: Part) -> Made:
        if part.number == 0:
            titles, text = self._set.content()
            return Made((Piece("content.json", "content", titles, text),))
        users, sessions = self._set.rows(part)
        return Made((_csv_piece("users", users), _csv_piece("viewing_sessions", sessions)))


def _csv_piece(table: str, batch: pa.RecordBatch) -> Piece:
    return Piece(f"{table}.csv", table, batch.num_rows, csv_lines(batch))


class _Soil:
    """Puts the rows of a part into their format, and bad rows behind them if the order asks for dirt."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._dirt = Dirt(order.arguments, share=order.dirt, file_format=order.file_format)

    def table_piece(self, table: str, batch: pa.RecordBatch, part: Part) -> Piece:
        """Return what a part adds to the file of a table."""
        path = f"{table}.{self._order.file_format}"
        planted = self._dirt.plant(table, batch, part=part.number) if self._order.dirt else ()
        if self._order.file_format != "parquet":
            encode = {"csv": csv_lines, "jsonl": json_lines}[self._order.file_format]
            return self._text_piece(path, table, encode(batch), batch.num_rows, planted)
        if planted:
            rows = pa.Table.from_batches([batch, planted_batch(table, planted)])
            numbered = tuple(enumerate(planted, batch.num_rows + 1))
            (soiled,) = rows.combine_chunks().to_batches()
            return Piece(path, table, len(soiled), soiled, numbered)
        return Piece(path, table, len(batch), batch)

    def day_pieces(self, folder: str, logs: Mapping[int, bytes], part: Part) -> Iterator[Piece]:
        """Yield what a part adds to the files of the days; a day without lines has no file."""
        for day, text in logs.items():
            if not text:
                continue
            path = f"{folder}{date.fromordinal(EPOCH_ORDINAL + day):%Y%m%d}.json"
            planted: tuple[Planted, ...] = ()
            if self._order.dirt:
                lines = text.splitlines()
                planted = self._dirt.plant_box_lines(lines, day=day, part=part.number)
            yield self._text_piece(path, BOX_LOGS.name, text, text.count(b"\n"), planted)

    def _text_piece(
        self, path: str, table: str, clean: bytes, rows: int, planted: tuple[Planted, ...]
    ) -> Piece:
        """Return lines with bad ones behind them; a quoted field may make two lines of one row."""
        texts = [planted_line(row, self._order.file_format).encode() for row in planted]
        ends = accumulate((text.count(b"\n") for text in texts), initial=clean.count(b"\n"))
        numbered = tuple((end + 1, row) for end, row in zip(ends, planted, strict=False))
        return Piece(path, table, rows + len(planted), b"".join((clean, *texts)), numbered)


SHAPES: dict[Shape, Callable[[Order, Platform], _Shape]] = {
    "platform": _Tables,
    "relational": _RelationalSet,
    "iptv": _BoxDays,
}
