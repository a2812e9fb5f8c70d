"""Lines of set-top-box logs without documents, as PostgreSQL keeps them: packed, by day, part of its ids, and load.

A line is kept with the load that brought it, and where another load put its own in the place of some, those are kept
with that one as they were. So a load can be taken back: its lines go, and those that it replaced are there again.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from loaders.arrow import Values, compute
from loaders.canonical import names_no_contract
from svp.core.sqlfiles import read_sql

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from svp.core.postgres import Connection

__all__ = [
    "KEPT",
    "LINES",
    "PARTS",
    "Place",
    "Totals",
    "count_standing",
    "keep_replaced",
    "lines_by_load",
    "put_lines",
    "put_totals",
    "read_lines",
    "take_back",
    "together",
    "watch_of",
]

KEPT: dict[str, pa.DataType] = {
    "log_id": pa.string(),
    "contract_code": pa.string(),
    "application": pa.string(),
    "watch_seconds": pa.int32(),
}
"""What is kept of a line."""

LINES = pa.schema(KEPT)
PARTS = 8
"""Of a day, by id: what is united at a time. Days that are stored have as many."""

MAX_CONTRACT_CHARACTERS = 255
MAX_APPLICATION_CHARACTERS = 100
"""What the warehouse holds; ``export_box_watch_by_day`` says the same of documents."""


class Place(NamedTuple):
    """A part of a source's day."""

    source: str
    day: date
    part: int


class Totals:
    """What a day holds, its parts taken together."""

    def __init__(self) -> None:
        self.line_count = 0
        self.watch_seconds = 0
        self.active: list[Values] = []
        """Contracts that had any time; one may come more than once."""

    def add(self, lines: pa.Table) -> None:
        """Add the lines of a part."""
        self.line_count += lines.num_rows
        self.watch_seconds += int(lines.column("watch_seconds").to_numpy().sum(dtype=np.int64))
        self.active.append(_active(lines))


def read_lines(connection: Connection, source: str, day: date) -> pa.Table:
    """Return the lines of a source's day, each id once; none if it has none."""
    return together(lines_by_load(connection, source, day))


def together(lines: Mapping[int, pa.Table]) -> pa.Table:
    """Return the lines of all loads, those of one after those of the other."""
    return pa.concat_tables([LINES.empty_table(), *lines.values()])


def lines_by_load(
    connection: Connection, source: str, day: date, *, parts: Sequence[int] = range(PARTS)
) -> dict[int, pa.Table]:
    """Return the lines of a source's day, or of some parts, by the load that brought them, the oldest load first."""
    statement = (
        "SELECT load_id, lines FROM oltp.box_day_lines"
        " WHERE source = %s AND day = %s AND part = ANY(%s) ORDER BY load_id, part"
    )
    found: dict[int, list[pa.Table]] = {}
    with closing(connection.cursor()) as cursor:
        cursor.execute(statement, (source, day, list(parts)))
        for load_id, packed in cursor:
            found.setdefault(load_id, []).append(_unpacked(packed))
    return {load_id: pa.concat_tables(tables) for load_id, tables in found.items()}


def put_lines(connection: Connection, place: Place, load_id: int, lines: pa.Table) -> None:
    """Put lines in the place of those that a load has in a part of a day; it may have none any more."""
    name = "put_box_lines" if lines.num_rows else "remove_box_lines"
    parameters = {**place._asdict(), "load_id": load_id, "lines": _packed(lines)}
    with connection.cursor() as cursor:
        cursor.execute(read_sql("loaders.statements", name), parameters)


def keep_replaced(
    connection: Connection, place: Place, lines: pa.Table, *, load_id: int, replaced_load_id: int
) -> None:
    """Keep lines of a load as they were before another put its own in their place, unless the settings keep none."""
    parameters = {
        **place._asdict(),
        "load_id": load_id,
        "replaced_load_id": replaced_load_id,
        "line_count": lines.num_rows,
        "lines": _packed(lines),
    }
    with connection.cursor() as cursor:
        cursor.execute(read_sql("loaders.statements", "keep_replaced_lines"), parameters)


def put_totals(
    connection: Connection, source: str, day: date, totals: Totals, *, load_id: int
) -> None:
    """Put what a source's day holds in the place of what it held; ``load_id`` is the load that changed it last."""
    for other in _other_sources(connection, source, day):
        totals.active.append(_active(read_lines(connection, other, day)))
    parameters = {
        "source": source,
        "day": day,
        "load_id": load_id,
        "line_count": totals.line_count,
        "watch_seconds": totals.watch_seconds,
        "active_contracts": len(compute.unique(pa.concat_arrays(totals.active))),
    }
    with connection.cursor() as cursor:
        cursor.execute(read_sql("loaders.statements", "put_box_day"), parameters)


def count_standing(connection: Connection, load_ids: Sequence[int]) -> tuple[int, int]:
    """Return how many lines are there that some loads brought, and how many lines of others they replaced."""
    standing = "SELECT lines FROM oltp.box_day_lines WHERE load_id = ANY(%s)"
    with closing(connection.cursor()) as cursor:
        cursor.execute(standing, (list(load_ids),))
        line_count = sum(_unpacked(packed).num_rows for (packed,) in cursor)
        cursor.execute(
            read_sql("loaders.statements", "replaced_lines"), {"load_ids": list(load_ids)}
        )
        return line_count, sum(row[-2] for row in cursor)


def take_back(connection: Connection, load_ids: Sequence[int]) -> None:
    """Remove the lines that loads brought, put those back that they replaced, and count their days anew."""
    removal = "DELETE FROM oltp.box_day_lines WHERE load_id = ANY(%s) RETURNING source, day"
    with closing(connection.cursor()) as cursor:
        cursor.execute(removal, (list(load_ids),))
        days: set[tuple[str, date]] = set(cursor.fetchall())
        cursor.execute(
            read_sql("loaders.statements", "replaced_lines"), {"load_ids": list(load_ids)}
        )
        for *named, load_id, _, packed in cursor:
            place = Place(*named)
            by_load = lines_by_load(connection, place.source, place.day, parts=[place.part])
            standing = by_load.get(load_id, LINES.empty_table())
            lines = pa.concat_tables([standing, _unpacked(packed)])
            put_lines(connection, place, load_id, lines)
            days.add((place.source, place.day))
    for source, day in sorted(days):
        _count_again(connection, source, day)


def _count_again(connection: Connection, source: str, day: date) -> None:
    """Count a day from its lines; if a source has none left, another counts the contracts that it counted."""
    lines = lines_by_load(connection, source, day)
    if lines:
        totals = Totals()
        totals.add(together(lines))
        put_totals(connection, source, day, totals, load_id=max(lines))
        return
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM oltp.box_days WHERE source = %s AND day = %s", (source, day))
    for other in _other_sources(connection, source, day)[:1]:
        _count_again(connection, other, day)


def _other_sources(connection: Connection, source: str, day: date) -> list[str]:
    others = "SELECT source FROM oltp.box_days WHERE day = %s AND source <> %s ORDER BY source"
    with connection.cursor() as cursor:
        cursor.execute(others, (day, source))
        return [other for (other,) in cursor.fetchall()]


def _packed(lines: pa.Table) -> memoryview:
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(sink, LINES, options=options) as writer:
        writer.write_table(lines.combine_chunks())
    return memoryview(sink.getvalue())


def _unpacked(packed: memoryview) -> pa.Table:
    with pa.ipc.open_stream(pa.py_buffer(packed)) as reader:
        return reader.read_all()


def watch_of(lines: pa.Table) -> pa.Table:
    """Return the time by contract and application, as the warehouse names them; null for what names none.

    Columns: ``contract_code``, ``application``, ``watch_seconds`` (int64). The pipeline ``export_box_watch_by_day``
    makes the same of documents.
    """
    named = pa.table(
        {
            "contract_code": _renamed(lines.column("contract_code"), _contract),
            "application": _renamed(lines.column("application"), _application),
            "watch_seconds": lines.column("watch_seconds").combine_chunks().cast(pa.int64()),
        }
    )
    keys = ["contract_code", "application"]
    summed = named.group_by(keys, use_threads=False).aggregate([("watch_seconds", "sum")])
    return summed.rename_columns([*keys, "watch_seconds"])


def _renamed(words: pa.ChunkedArray[Any], rename: Callable[[Values], Values]) -> Values:
    """Return a column with each of its words renamed, once."""
    column = words.combine_chunks().dictionary_encode()
    return compute.take(rename(column.dictionary), column.indices)


def _contract(codes: Values) -> Values:
    """Return the contracts that are some, and fit the warehouse; null for others."""
    rows = pa.RecordBatch.from_arrays([codes], names=["contract_code"])
    is_long = compute.greater(compute.utf8_length(codes), MAX_CONTRACT_CHARACTERS)
    is_none = compute.or_(names_no_contract(rows), is_long)
    return compute.if_else(is_none, pa.scalar(None, pa.string()), codes)


def _application(names: Values) -> Values:
    """Return the names as long as the warehouse takes them."""
    return compute.utf8_slice_codeunits(names, 0, MAX_APPLICATION_CHARACTERS)


def _active(lines: pa.Table) -> Values:
    """Return the contracts that had any time."""
    watched = watch_of(lines)
    active = watched.filter(compute.greater(watched.column("watch_seconds"), 0))
    return compute.drop_null(active.column("contract_code").combine_chunks())
