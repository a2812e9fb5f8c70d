"""Days of set-top-box logs that go to the warehouse without documents.

Of each line is kept what the marts need, and the id that makes a later delivery exact: packed, a few dozen bytes, in
PostgreSQL, in the transaction of the load. So a day is what its last complete load left, or what it was before.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from loaders import ledger
from loaders.arrow import Bytes, Mask, Positions, Values, as_batch, compute, letters, mask, pick
from loaders.canonical import MAX_ID_CHARACTERS, names_no_contract
from loaders.contract import count_flags
from svp.core.sqlfiles import read_sql
from svp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from svp.core.postgres import Connection

__all__ = [
    "LINES",
    "BoxDaySink",
    "United",
    "read_lines",
    "refuse_other_store",
    "unite",
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
FACTS = ("contract_code", "application", "watch_seconds")
DELIVERED = pa.schema({**KEPT, "quality_flags": pa.string(), "line": pa.int64()})

PARTS = 8
"""Of a day, by id: what is united at a time. Days that are stored have as many."""

MAX_LINES = 3_000_000
"""Of a file; they are held in memory as columns, about 68 bytes each."""

MAX_CONTRACT_CHARACTERS = 255
MAX_APPLICATION_CHARACTERS = 100
"""What the warehouse holds; ``export_box_watch_by_day`` says the same of documents."""

WORD_BYTES = 8
FACTORS = np.random.default_rng(1).integers(1, 2**63, MAX_ID_CHARACTERS, dtype=np.uint64) * 2 + 1
"""Odd, one for each word of the longest id."""

SUM_ENDS = 2**20
"""By so many different ends of sums are those found again that come more than once."""

NOWHERE = -1
"""Position of a line that is not there."""


def refuse_other_store(
    connection: Connection, name: str, kind: str, day: date, *, store: str
) -> None:
    """Raise InputError if a day's logs are held by another store than the one they are to go to now.

    ``name`` is that of the file. They would be counted twice, or a later delivery would not meet what it corrects.
    """
    with connection.cursor() as cursor:
        parameters = {"kind": kind, "day": day}
        cursor.execute(read_sql("loaders.statements", "box_day_store"), parameters)
        found = cursor.fetchone()
    if found is None or found[0] == store:
        return
    if store == "MongoDB":
        message = f"{name}: {day} went to the warehouse without documents; its logs can't be documents, too"
        raise InputError(message, "give it with --to warehouse again")
    message = f"{name}: {day} is in the documents of MongoDB; its logs can't go without them, too"
    advice = (
        "give it without --to warehouse, or take the day's loads back before ('svp loads undo')"
    )
    raise InputError(message, advice)


@dataclass(frozen=True, slots=True)
class United:
    """The lines of a day after a delivery."""

    lines: pa.Table
    """Each id once."""
    outcomes: Mapping[str, int]
    """Of the lines that were delivered."""
    winners: Positions
    """Which of those count: the last one of each id."""
    is_changed: bool
    """Whether the day is another than it was."""


class BoxDaySink:
    """The lines of one day, united with those that are there: by id, the later value wins."""

    name = "PostgreSQL"
    state = "mongo_done"
    takes_any_order = True

    def __init__(
        self, connection: Connection, name: str, *, source: str, day: date, load_id: int
    ) -> None:
        """Begin with no line; ``name`` is that of the file."""
        self._connection, self._name = connection, name
        self._source, self._day, self._load_id = source, day, load_id
        self._delivered: list[list[pa.RecordBatch]] = [[] for _ in range(PARTS)]
        self._line_count = 0

    def write(self, rows: pa.RecordBatch) -> None:
        """Keep a batch.

        Raises:
            InputError: the file has more lines than fit the memory.
        """
        self._line_count += rows.num_rows
        if self._line_count > MAX_LINES:
            message = f"{self._name} has more than {MAX_LINES:,} lines of {self._day}"
            raise InputError(message, "split it into smaller files: a day takes any number of them")
        parts = _parts(rows.column("log_id"))
        order = np.argsort(parts, kind="stable")
        kept = rows.select(DELIVERED.names).take(order)
        starts = np.searchsorted(parts[order], np.arange(PARTS + 1))
        for delivered, start, end in zip(self._delivered, starts, starts[1:], strict=False):
            delivered.append(kept.slice(start, end - start))

    def judge(self) -> int:
        """Reject nothing more: only the contract does."""
        return 0

    def finish(self) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """Unite the lines with those of the day, and put them in their place if that changes any."""
        if not self._line_count:
            return {}, {}
        outcomes: Counter[str] = Counter()
        flags: Counter[str] = Counter()
        totals, is_changed = Totals(), False
        for part, batches in enumerate(self._delivered):
            delivered = pa.Table.from_batches(batches, schema=DELIVERED)
            united = unite(self._stored(part), delivered)
            outcomes.update(united.outcomes)
            flags.update(count_flags(delivered.column("quality_flags").take(united.winners)))
            totals.add(united.lines)
            if united.is_changed:
                self._put_part(part, united.lines)
                is_changed = True
        if is_changed:
            self._put_totals(totals)
            ledger.touch_days(self._connection, self._load_id, {self._day})
        return outcomes, dict(sorted(flags.items()))

    def _stored(self, part: int) -> pa.Table:
        return read_lines(self._connection, self._source, self._day, parts=[part])

    def _put_part(self, part: int, lines: pa.Table) -> None:
        parameters = {
            "source": self._source,
            "day": self._day,
            "part": part,
            "lines": _packed(lines),
        }
        with self._connection.cursor() as cursor:
            cursor.execute(read_sql("loaders.statements", "put_box_lines"), parameters)

    def _put_totals(self, totals: Totals) -> None:
        for source in self._other_sources():
            totals.active.append(_active(read_lines(self._connection, source, self._day)))
        parameters = {
            "source": self._source,
            "day": self._day,
            "load_id": self._load_id,
            "line_count": totals.line_count,
            "watch_seconds": totals.watch_seconds,
            "active_contracts": len(compute.unique(pa.concat_arrays(totals.active))),
        }
        with self._connection.cursor() as cursor:
            cursor.execute(read_sql("loaders.statements", "put_box_day"), parameters)

    def _other_sources(self) -> list[str]:
        others = "SELECT source FROM oltp.box_days WHERE day = %s AND source <> %s"
        with self._connection.cursor() as cursor:
            cursor.execute(others, (self._day, self._source))
            return [source for (source,) in cursor.fetchall()]


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


def _parts(ids: Values) -> Positions:
    """Return the part of a day that each id belongs to, now and ever after."""
    starts, written = letters(ids)
    if not len(ids):
        return np.zeros(0, dtype=np.uint32)
    return np.add.reduceat(written, starts[:-1], dtype=np.uint32) % PARTS


def unite(stored: pa.Table, delivered: pa.Table) -> United:
    """Unite the lines of a day with those of a file, in any order: by id, the last ``line`` of the file wins."""
    both, first = pa.concat_tables([stored, delivered.select(LINES.names)]), stored.num_rows
    lines, codes = _repeated(both.column("log_id").combine_chunks())
    # Of each id that may be there more than once: its stored line, and its last.
    before = np.full(codes.max(initial=NOWHERE) + 1, NOWHERE)
    is_stored = lines < first
    before[codes[is_stored]] = lines[is_stored]
    latest = before.copy()
    lines, codes = lines[~is_stored], codes[~is_stored]
    order = np.argsort(delivered.column("line").take(lines - first).to_numpy())
    lines, codes = lines[order], codes[order]
    latest[codes] = lines
    wins = latest[codes] == lines
    winners, superseded = lines[wins], lines[~wins]
    replaced = before[codes[wins]]
    is_new = replaced == NOWHERE
    differs = _differ(both, winners, replaced)
    is_late = _differ(both, superseded, latest[codes[~wins]])
    loaded = delivered.num_rows - len(lines) + _count(is_new)
    gone = np.concatenate([superseded, replaced[~is_new]])
    return United(
        lines=pick(both, np.delete(np.arange(both.num_rows), gone)) if len(gone) else both,
        outcomes={
            "loaded": loaded,
            "unchanged": _count(~is_new & ~differs) + _count(~is_late),
            "updated": _count(differs) + _count(is_late),
        },
        winners=np.delete(np.arange(delivered.num_rows), superseded - first),
        is_changed=bool(loaded or differs.any()),
    )


def _repeated(ids: Values) -> tuple[Positions, Positions]:
    """Return where ids are that may be there more than once, and a number for each, the same for the same id only."""
    may_repeat = _may_repeat(ids)
    few = ids.filter(pa.array(may_repeat)).dictionary_encode()
    return np.flatnonzero(may_repeat), few.indices.to_numpy()


def _may_repeat(ids: Values) -> Mask:
    """Tell which ids may be there more than once: certainly all that are, and of the others hardly any.

    Sums of their bytes tell ids of one length apart, at a third of the cost of looking up each of them.
    """
    starts, written = letters(ids)
    widths = np.diff(starts)
    if not len(ids):
        return np.zeros(0, dtype=np.bool_)
    usual: Mask = widths == np.bincount(widths).argmax()
    if not usual.all():
        # Ids of another length are none of those; they are few, or else all are looked up.
        repeated = ~usual
        repeated[usual] = _may_repeat(ids.filter(pa.array(usual)))
        return repeated
    sums = _sums(written.reshape(len(ids), -1))
    in_order = np.sort(sums)
    repeated_sums = in_order[1:][in_order[1:] == in_order[:-1]]
    if not len(repeated_sums):
        return np.zeros(len(ids), dtype=np.bool_)
    ends = np.zeros(SUM_ENDS, dtype=np.bool_)
    ends[repeated_sums % SUM_ENDS] = True
    found: Mask = ends[sums % SUM_ENDS]
    return found


def _sums(ids: Bytes) -> Positions:
    """Return a number for each row of bytes, the same for the same bytes and hardly ever for others."""
    words = -(-ids.shape[1] // WORD_BYTES)
    padded = np.zeros((len(ids), words * WORD_BYTES), dtype=np.uint8)
    padded[:, : ids.shape[1]] = ids
    sums: Positions = padded.view(np.uint64) @ FACTORS[:words]
    return sums


def _count(rows: Mask) -> int:
    return int(np.count_nonzero(rows))


def _differ(lines: pa.Table, some: Positions, others: Positions) -> Mask:
    """Tell which lines say something else than their counterparts; none does whose counterpart is NOWHERE."""
    found, has_other = np.zeros(len(some), dtype=np.bool_), others != NOWHERE
    if not has_other.any():
        return found
    # To take from many chunks costs more than to make one of them.
    facts = lines.select(FACTS).combine_chunks()
    one_side, other_side = (
        as_batch(facts.take(rows[has_other])).columns for rows in (some, others)
    )
    differ = (
        compute.or_kleene(
            compute.not_equal(one, other), compute.xor(one.is_null(), other.is_null())
        )
        for one, other in zip(one_side, other_side, strict=True)
    )
    found[has_other] = reduce(np.logical_or, map(mask, differ))
    return found


def _packed(lines: pa.Table) -> memoryview:
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(sink, LINES, options=options) as writer:
        writer.write_table(lines.combine_chunks())
    return memoryview(sink.getvalue())


def read_lines(
    connection: Connection, source: str, day: date, *, parts: Sequence[int] = range(PARTS)
) -> pa.Table:
    """Return the lines of a source's day, or of some of its parts, each id once; none if it has none."""
    statement = (
        "SELECT lines FROM oltp.box_day_lines WHERE source = %s AND day = %s AND part = ANY(%s)"
    )
    tables = [LINES.empty_table()]
    with closing(connection.cursor()) as cursor:
        cursor.execute(statement, (source, day, list(parts)))
        for (packed,) in cursor:
            with pa.ipc.open_stream(packed) as reader:
                tables.append(reader.read_all())
    return pa.concat_tables(tables)


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
