"""Bad rows planted beside the clean ones, and the manifest that says which they are.

The clean rows stay as they are. Rows that are refused, or stored in spite of what is wrong with them, have ids of their
own; all others repeat a clean row. So an ingest stores the clean rows, and those of the kinds STORED.
"""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from svp.generate.catalogue import make_catalogue
from svp.generate.dirt.box_kinds import BOX_CORRECTION, BOX_KINDS, value_in
from svp.generate.dirt.kinds import CORRECTION, Sample, kinds_of
from svp.generate.randomness import Draws
from svp.generate.rows.ids import title_ids
from svp.model import BOX_LOGS, TABLES_BY_NAME

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from svp.generate.arguments import Arguments
    from svp.generate.arrays import Integers, Values
    from svp.generate.dirt.box_kinds import BoxKind, Hit
    from svp.generate.dirt.kinds import Kind, Place, Row, Severity
    from svp.model import Table

__all__ = ["Dirt", "Planted", "dirt_entry", "planted_batch", "planted_line"]


Choice = TypeVar("Choice")

BARE = re.compile(r'-?[0-9]+(\.[0-9]+)?|true|false|\[(["0-9].*)?\]')
"""What JSON writes without quotes."""

TRIES = 16
"""How many clean rows are looked at for a kind that not every row can show."""


@dataclass(frozen=True, slots=True)
class Planted:
    """One bad row, and what the contract makes of it."""

    table: str
    kind: str
    column: str | None
    """The column at fault; None where it is the whole line."""
    value: str | None
    """What stands in the column."""
    severity: Severity
    code: str | None
    """Of the refusal or the remark; None for neither."""
    key: str | None
    """The row's id as it stands in the file; None where it has none."""
    fields: Row
    """The raw texts by column, whatever the format; empty for a line of a log."""
    raw: str | None = None
    """The line itself, without its end, where it is no row of the table."""


def dirt_entry(planted: Planted, *, file: str, line: int) -> dict[str, str | int | None]:
    """Return what the manifest says of a bad row; ``line`` is counted from 1, a header too, and rows in Parquet."""
    return {
        "file": file,
        "line": line,
        "table": planted.table,
        "key": planted.key,
        "kind": planted.kind,
        "column": planted.column,
        "value": planted.value,
        "contract": planted.severity,
        "code": planted.code,
    }


def planted_batch(table_name: str, planted: Sequence[Planted]) -> pa.RecordBatch:
    """Return bad rows in the types of their table, as Parquet carries them."""
    table = TABLES_BY_NAME[table_name]
    arrays = [
        _typed([row.fields[column.name] for row in planted], column.type)
        for column in table.columns
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=table.schema)


def planted_line(planted: Planted, file_format: str) -> str:
    """Return a bad row as a line of CSV or JSON Lines, with its end."""
    if planted.raw is not None:
        return f"{planted.raw}\n"
    return _csv_line(planted.fields.values()) if file_format == "csv" else _json_line(planted)


class Dirt:
    """Plants bad rows beside those of each part of a table.

    What is planted depends on the seed, the table, the part and its rows alone. The kinds come in turn, beginning with
    one that is drawn for each part; where no clean row can show a kind, the next one comes twice.
    """

    def __init__(self, arguments: Arguments, *, share: float, file_format: str) -> None:
        """Remember what to plant: bad rows as a share of clean ones, in csv, jsonl or parquet."""
        self._arguments, self._share, self._format = arguments, share, file_format

    def plant(self, table_name: str, batch: pa.RecordBatch, *, part: int) -> tuple[Planted, ...]:
        """Return the bad rows to write behind the clean rows of a part, in their order."""
        table = TABLES_BY_NAME[table_name]
        kinds = tuple(kinds_of(table_name, self._format).items())
        turn = self._turn(f"dirt {table_name}", part, rows=batch.num_rows, kinds=len(kinds))
        films = self._films if table_name == "viewing_sessions" else ()
        samples = _Samples(table, batch, turn, self._format, films)
        return tuple(
            planted
            for number in range(turn.count)
            for planted in samples.first_possible(number, _from(kinds, turn.first + number))
        )

    def plant_box_lines(
        self, lines: Sequence[bytes], *, day: int, part: int
    ) -> tuple[Planted, ...]:
        """Return the bad lines to write behind those of a part's boxes on a day, counted from 1970-01-01."""
        turn = self._turn(f"dirt of day {day}", part, rows=len(lines), kinds=len(BOX_KINDS))
        chosen = turn.draws.whole("clean line", 0, len(lines))
        return tuple(
            planted
            for number in range(turn.count)
            for planted in _planted_lines(
                BOX_KINDS[(turn.first + number) % len(BOX_KINDS)], lines[chosen[number]], number
            )
        )

    def _turn(self, name: str, part: int, *, rows: int, kinds: int) -> _Turn:
        draws = Draws.of(self._arguments.seed, name, np.array([part]))
        count = int(self._share * rows + draws.uniform("rounding")[0])
        first = int(draws.whole("first kind", 0, kinds)[0])
        of_rows = draws.take(np.zeros(count, np.int64)).under("row", np.arange(count))
        return _Turn(count, first, of_rows)

    @cached_property
    def _films(self) -> frozenset[str]:
        """Ids of the titles that have a length of their own."""
        catalogue = make_catalogue(self._arguments, end_day=self._arguments.end_day)
        has_episodes = np.diff(catalogue.first_episode) > 0
        films = np.flatnonzero(~has_episodes & (catalogue.minutes > 0))
        return frozenset(map(str, title_ids(films).to_pylist()))


@dataclass(frozen=True, slots=True)
class _Turn:
    """How many bad rows a part gets, and which kind is the first."""

    count: int
    first: int
    draws: Draws
    """One entry per bad row."""


class _Samples:
    """Clean rows of a part, as texts, of which bad ones are made."""

    def __init__(
        self,
        table: Table,
        batch: pa.RecordBatch,
        turn: _Turn,
        file_format: str,
        films: Collection[str],
    ) -> None:
        tries = turn.draws.take(np.repeat(np.arange(turn.count), TRIES))
        tries = tries.under("try", np.tile(np.arange(TRIES), turn.count))
        self._table, self._format, self._films = table, file_format, films
        (self._key,) = table.key
        self._rows = _texts(batch, tries.whole("clean row", 0, batch.num_rows))
        self._columns, self._values = tries.uniform("column"), tries.uniform("value")

    def first_possible(
        self, number: int, kinds: Iterable[tuple[Kind, Sequence[Place]]]
    ) -> Iterator[Planted]:
        """Yield the bad row of a number, of the first kind that its clean rows can show, and its correction."""
        possible = (
            (kind, sample, changed)
            for kind, places in kinds
            for sample in range(number * TRIES, (number + 1) * TRIES)
            if (changed := self._change(kind, places, sample, number))
        )
        for kind, sample, (column, fields) in islice(possible, 1):
            yield self._planted(kind, column, fields)
            if kind.severity == "updated":
                yield self._planted(CORRECTION, self._key, self._rows[sample])

    def _change(
        self, kind: Kind, places: Sequence[Place], sample: int, number: int
    ) -> tuple[str, Row] | None:
        """Return a column and the bad row in which it is at fault; None if the clean row can't be so."""
        row = dict(self._rows[sample])
        if kind.has_own_id:
            row[self._key] = f"{row[self._key]}-D{number + 1}"
        place = _choose(places, self._columns[sample])
        value = _choose(place.values, self._values[sample])
        change = kind.change(Sample(row, place.column, value, self._films))
        return None if change is None else (place.column, {**row, **change})

    def _planted(self, kind: Kind, column: str, fields: Row) -> Planted:
        breaking = BREAKING.get(kind.name)
        return Planted(
            table=self._table.name,
            kind=kind.name,
            column=None if breaking else column,
            value=None if breaking else self._value(fields[column], column),
            severity=kind.severity,
            code=kind.code,
            key=fields[self._key] or None,
            fields=fields,
            raw=breaking(fields) if breaking else None,
        )

    def _value(self, text: str | None, column: str) -> str | None:
        """Return a value as an ingest reads it: from Parquet, as text of the column's type."""
        type_ = self._table.column(column).type
        if self._format != "parquet" or pa.types.is_list(type_):
            return text
        value: str | None = pa.scalar(text, pa.string()).cast(type_).cast(pa.string()).as_py()
        return value


def _choose(options: Sequence[Choice], point: float) -> Choice:
    """Return the option at a point from 0 to below 1."""
    return options[int(point * len(options))]


def _from(options: Sequence[Choice], first: int) -> Iterator[Choice]:
    """Yield all options once, beginning with one of them."""
    return (options[(first + step) % len(options)] for step in range(len(options)))


def _texts(batch: pa.RecordBatch, rows: Integers) -> list[dict[str, str | None]]:
    """Return rows of a batch as raw texts, which read back as the same values."""
    taken = batch.take(rows)
    columns = [_text(column).to_pylist() for column in taken.columns]
    return [
        dict(zip(batch.schema.names, texts, strict=True)) for texts in zip(*columns, strict=True)
    ]


def _text(values: Values) -> Values:
    if pa.types.is_list(values.type):
        lists = [None if items is None else json.dumps(items) for items in values.to_pylist()]
        return pa.array(lists, pa.string())
    texts: Values = values.cast(pa.string())
    if pa.types.is_timestamp(values.type):
        return pc.replace_substring(texts, " ", "T")
    return texts


def _typed(texts: Sequence[str | None], type_: pa.DataType) -> Values:
    """Return the values that raw texts stand for."""
    if pa.types.is_list(type_):
        return pa.array([None if text is None else json.loads(text) for text in texts], type_)
    return pa.array(texts, pa.string()).cast(type_)


def _csv_line(texts: Iterable[str | None]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(texts)
    return line.getvalue()


def _json_line(planted: Planted) -> str:
    schema = TABLES_BY_NAME[planted.table].schema
    pairs = (
        f"{json.dumps(name)}:{_json_value(text, schema.field(name).type)}"
        for name, text in planted.fields.items()
    )
    return f"{{{','.join(pairs)}}}\n"


def _json_value(text: str | None, type_: pa.DataType) -> str:
    """Return a raw text as JSON writes it: numbers, truths and lists bare, unless they are none."""
    is_bare = not (pa.types.is_string(type_) or pa.types.is_temporal(type_))
    return text if text and is_bare and BARE.fullmatch(text) else json.dumps(text)


def _with_a_field_more(fields: Row) -> str:
    return _csv_line((*fields.values(), "1")).removesuffix("\n")


def _with_a_field_less(fields: Row) -> str:
    return _csv_line(list(fields.values())[:-1]).removesuffix("\n")


def _cut_off(fields: Row) -> str:
    line = json.dumps(fields)
    return line[: len(line) // 2]


def _planted_lines(kind: BoxKind, line: bytes, number: int) -> Iterator[Planted]:
    """Yield a clean line of a box made bad, and its correction."""
    hit = json.loads(line)
    own = hit | {"_id": f"{hit['_id']}-D{number + 1}"} if kind.has_own_id else hit
    yield _planted_line(kind, kind.change(own))
    if kind.severity == "updated":
        yield _planted_line(BOX_CORRECTION, hit)


def _planted_line(kind: BoxKind, hit: Hit) -> Planted:
    text = json.dumps(hit, separators=(",", ":"))
    value = None if kind.is_broken else value_in(hit, kind.column)
    return Planted(
        table=BOX_LOGS.name,
        kind=kind.name,
        column=None if kind.is_broken else kind.column,
        value=value if value is None else str(value),
        severity=kind.severity,
        code=kind.code,
        key=hit.get("_id"),
        fields={},
        raw=text[: len(text) // 2] if kind.is_broken else text,
    )


BREAKING = {
    "field_too_many": _with_a_field_more,
    "field_too_few": _with_a_field_less,
    "broken_line": _cut_off,
}
"""Kinds whose lines are no rows, and how they are written."""
