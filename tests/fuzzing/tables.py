"""Any valid rows of the program's own tables, and any file that says them: for property tests.

A value is one that the contract promises to keep as it is (docs/ingest.md, "How values are written"): trimmed, without
control characters, and no word for nothing.
"""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from loaders.canonical import PROSE, RANGES
from loaders.parsers.base import NULL_WORDS
from tests.unit.loaders.test_own_formats import as_json, as_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from decimal import Decimal
    from pathlib import Path

    from svp.model import Column, Table

__all__ = ["Form", "Row", "examples", "forms", "rows_of"]

Row = dict[str, Any]

INSTANTS = (datetime(1900, 1, 2), datetime(2199, 12, 30))
DAYS = tuple(instant.date() for instant in INSTANTS)
PACKINGS: tuple[Callable[[bytes], Any], ...] = (
    gzip.compress,
    bz2.compress,
    partial(pa.compress, codec="zstd", asbytes=True),
)


def examples(quick: int) -> settings:
    """Return how many examples are tried: a few that are always the same, or ``SVP_TEST_EXAMPLES`` at random."""
    wanted = os.environ.get("SVP_TEST_EXAMPLES")
    return settings(
        max_examples=int(wanted or quick),
        derandomize=wanted is None,
        database=None,
        deadline=None,
        suppress_health_check=(HealthCheck.function_scoped_fixture, HealthCheck.too_slow),
    )


def is_kept(text: str) -> bool:
    """Tell whether a text is stored as it is."""
    return text == text.strip() and text.casefold() not in {word.casefold() for word in NULL_WORDS}


def texts(*, most: int = 40, but: str = "") -> st.SearchStrategy[str]:
    """Any text that is kept; ``but`` are control characters that it may hold."""
    letters = st.characters(exclude_categories=("Cc", "Cs"), include_characters=but)
    return st.text(letters, min_size=1, max_size=most).map(str.strip).filter(is_kept)


def numbers(column: Column) -> st.SearchStrategy[int]:
    least, most = RANGES.get(column.name, (0, min(2 ** (column.type.bit_width - 1), 10**18) - 1))
    return st.integers(least, most)


def decimals(name: str, type_: pa.Decimal128Type) -> st.SearchStrategy[Decimal]:
    least, most = RANGES[name]
    return st.decimals(least, most, places=type_.scale).map(lambda value: value + 0)


BY_NAME: dict[str, st.SearchStrategy[Any]] = {
    "currency": st.sampled_from(("EUR", "JPY", "KWD", "USD")),
    "filters": st.dictionaries(texts(), texts() | st.booleans()).map(json.dumps),
    **dict.fromkeys(PROSE, texts(most=200, but="\n\t")),
}
BY_TYPE: dict[pa.DataType, st.SearchStrategy[Any]] = {
    pa.string(): texts(),
    pa.bool_(): st.booleans(),
    pa.date32(): st.dates(*DAYS),
    pa.timestamp("us", tz="UTC"): st.datetimes(*INSTANTS, timezones=st.just(UTC)),
    pa.list_(pa.string()): st.lists(texts(), max_size=4, unique=True),
    pa.list_(pa.int16()): st.lists(st.integers(0, 2**15 - 1), max_size=4),
}


@cache
def values(column: Column) -> st.SearchStrategy[Any]:
    """Any value of a column that is there."""
    if column.values:
        return st.sampled_from(column.values)
    if column.name in BY_NAME:
        return BY_NAME[column.name]
    if isinstance(column.type, pa.Decimal128Type):
        return decimals(column.name, column.type)
    return numbers(column) if pa.types.is_integer(column.type) else BY_TYPE[column.type]


def rows_of(table: Table, *, most: int = 6) -> st.SearchStrategy[list[Row]]:
    """Any rows of a table that differ in their key."""
    (key,) = table.key
    row = st.fixed_dictionaries(
        {
            column.name: values(column) if column.required else st.none() | values(column)
            for column in table.columns
        }
    )
    return st.lists(row, min_size=1, max_size=most, unique_by=lambda one: one[key])


@dataclass(frozen=True, slots=True)
class Form:
    """How a table is written."""

    text: Literal["csv", "lines", "array", "parquet"]
    encoding: str
    delimiter: str
    line_end: str
    is_quoted: bool
    """Every field, not only those that need it."""
    is_escaped: bool
    """Letters beyond ASCII in JSON."""
    has_nulls: bool
    """JSON names what is not there."""
    packings: tuple[Callable[[bytes], Any], ...]

    def write(self, folder: Path, table: Table, rows: Sequence[Row]) -> Path:
        """Write rows of a table, under a name that says nothing."""
        content = self._content(table, rows)
        for pack in self.packings:
            content = pack(content)
        path = folder / "delivery"
        path.write_bytes(content)
        return path

    def _content(self, table: Table, rows: Sequence[Row]) -> bytes:
        if self.text == "parquet":
            schema = pa.schema([field.with_nullable(nullable=True) for field in table.schema])
            stream = io.BytesIO()
            pq.write_table(pa.Table.from_pylist(list(rows), schema), stream)
            return stream.getvalue()
        text = self._csv(table, rows) if self.text == "csv" else self._json(rows)
        return text.encode(self.encoding)

    def _csv(self, table: Table, rows: Sequence[Row]) -> str:
        stream = io.StringIO(newline="")
        writer = csv.writer(
            stream,
            delimiter=self.delimiter,
            lineterminator=self.line_end,
            quoting=csv.QUOTE_ALL if self.is_quoted or self.line_end == "\r" else csv.QUOTE_MINIMAL,
        )
        writer.writerow(table.schema.names)
        writer.writerows([as_text(row[name]) for name in table.schema.names] for row in rows)
        return stream.getvalue()

    def _json(self, rows: Sequence[Row]) -> str:
        objects = [
            {
                name: as_json(value)
                for name, value in row.items()
                if self.has_nulls or value is not None
            }
            for row in rows
        ]
        if self.text == "array":
            return json.dumps(objects, ensure_ascii=self.is_escaped)
        lines = (json.dumps(one, ensure_ascii=self.is_escaped) for one in objects)
        end = "\n" if self.line_end == "\r" else self.line_end
        return "".join(f"{line}{end}" for line in lines)


def forms() -> st.SearchStrategy[Form]:
    """Any form that a file may have."""
    return st.builds(
        Form,
        text=st.sampled_from(("csv", "lines", "array", "parquet")),
        encoding=st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "utf-32")),
        delimiter=st.sampled_from(",;\t|"),
        line_end=st.sampled_from(("\n", "\r\n", "\r")),
        is_quoted=st.booleans(),
        is_escaped=st.booleans(),
        has_nulls=st.booleans(),
        packings=st.lists(st.sampled_from(PACKINGS), max_size=2).map(tuple),
    )
