"""Days of set-top-box logs that go to the warehouse without documents.

Of each line is kept what the marts need, and the id that makes a later delivery exact: packed, a few dozen bytes, in
PostgreSQL, in the transaction of the load. So a day is what its last complete load left, or what it was before.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from loaders import ledger
from loaders.arrow import Bytes, Mask, Positions, Values, as_batch, compute, letters, mask, pick
from loaders.box_lines import (
    KEPT,
    LINES,
    PARTS,
    Place,
    Totals,
    keep_replaced,
    lines_by_load,
    put_lines,
    put_totals,
    together,
)
from loaders.canonical import MAX_ID_CHARACTERS
from loaders.contract import count_flags
from loaders.overtaking import Overtaking
from loaders.snapshots import Missing, refuse_many
from loaders.tolerance import ANY
from loaders.whole_days import no_whole_day
from svp.core.sqlfiles import read_sql
from svp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from loaders.tolerance import Tolerance
    from svp.core.postgres import Connection

__all__ = ["BoxDaySink", "United", "parts_of", "refuse_other_store", "unite"]

FACTS = ("contract_code", "application", "watch_seconds")
DELIVERED = pa.schema({**KEPT, "quality_flags": pa.string(), "line": pa.int64()})

MAX_LINES = 3_000_000
"""Of a file; they are held in memory as columns, about 68 bytes each."""

WORD_BYTES = 8
FACTORS = np.random.default_rng(1).integers(1, 2**63, MAX_ID_CHARACTERS, dtype=np.uint64) * 2 + 1
"""Odd, one for each word of the longest id."""

SUM_ENDS = 2**20
"""By so many different ends of sums are those found again that come more than once."""

NOWHERE = -1
"""Position of a line that is not there."""


def refuse_other_store(
    connection: Connection, name: str, kind: str, day: date, *, is_packed: bool
) -> None:
    """Raise InputError if a day's logs are held by another store than the one they are to go to now.

    ``name`` is that of the file. They would be counted twice, or a later delivery would not meet what it corrects.
    """
    with connection.cursor() as cursor:
        parameters = {"kind": kind, "day": day}
        cursor.execute(read_sql("loaders.statements", "box_day_store"), parameters)
        found = cursor.fetchone()
    if found is None or found[0] == is_packed:
        return
    if not is_packed:
        message = f"{name}: {day} went to the warehouse without documents; its logs can't be documents, too"
        raise InputError(message, "give it with --to warehouse again")
    message = f"{name}: {day} is in the documents of MongoDB; its logs can't go without them, too"
    advice = (
        "give it without --to warehouse, or take the day's loads back before ('svp loads undo')"
    )
    raise InputError(message, advice)


@dataclass(frozen=True, slots=True)
class United:
    """What a delivery makes of the lines of a day."""

    own: pa.Table
    """What it brings: the lines that are new, or say something else; each id once."""
    replaced: Positions
    """The stored lines whose place those take."""
    confirmed: Positions
    """The stored lines that came again and say the same."""
    outcomes: Mapping[str, int]
    """Of the lines that were delivered."""
    winners: Positions
    """Which of those count: the last one of each id."""

    def as_whole(self, stored_rows: int) -> United:
        """Return the same where the delivery is all there is: the stored lines that it lacks go, too."""
        gone = np.delete(np.arange(stored_rows), self.confirmed)
        ended = len(gone) - len(self.replaced)
        return replace(self, replaced=gone, outcomes={**self.outcomes, "ended": ended})


class BoxDaySink:
    """The lines of one day, united with those that are there: by id, the later value wins; or in their place."""

    name = "PostgreSQL"
    state = "mongo_done"
    takes_any_order = True

    def __init__(
        self,
        connection: Connection,
        name: str,
        *,
        source: str,
        day: date,
        load_id: int,
        is_whole: bool = False,
        may_end: Tolerance = ANY,
    ) -> None:
        """Begin with no line.

        ``name`` is that of the file, ``is_whole`` whether it is all there is of the day, ``may_end`` how many lines
        that are there may end then.
        """
        self._connection, self._name = connection, name
        self._is_whole, self._may_end = is_whole, may_end
        self._source, self._day, self._load_id = source, day, load_id
        self._delivered: list[list[pa.RecordBatch]] = [[] for _ in range(PARTS)]
        self._line_count = 0
        self._confirmed_loads: set[int] = set()
        self._replaced_rows = 0
        self._overtaking = Overtaking(connection, load_id, day)

    def write(self, rows: pa.RecordBatch) -> None:
        """Keep a batch.

        Raises:
            InputError: the file has more lines than fit the memory.
        """
        self._line_count += rows.num_rows
        if self._line_count > MAX_LINES:
            message = f"{self._name} has more than {MAX_LINES:,} lines of {self._day}"
            raise InputError(message, "split it into smaller files: a day takes any number of them")
        self._overtaking.note(_keys(self._source, self._day, rows), rows.column("line"))
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
        """Unite the lines with those of the day, and put those in their place that change any.

        Raises:
            InputError: the file is said to be all there is of its day, and none of its lines is accepted, or more
                lines would end than may.
        """
        if not self._line_count:
            if self._is_whole:
                raise no_whole_day(self._name, self._day)
            return {}, {}
        outcomes: Counter[str] = Counter()
        flags: Counter[str] = Counter()
        totals, is_changed, stored_rows = Totals(), False, 0
        for part, batches in enumerate(self._delivered):
            before = lines_by_load(self._connection, self._source, self._day, parts=[part])
            stored, delivered = together(before), pa.Table.from_batches(batches, schema=DELIVERED)
            united = unite(stored, delivered)
            if self._is_whole:
                united = united.as_whole(stored.num_rows)
            stored_rows += stored.num_rows
            outcomes.update(united.outcomes)
            flags.update(count_flags(delivered.column("quality_flags").take(united.winners)))
            totals.add(_without(stored, united.replaced))
            totals.add(united.own)
            place = Place(self._source, self._day, part)
            self._meet(place, before, united)
            if united.own.num_rows:
                put_lines(self._connection, place, self._load_id, united.own)
            is_changed |= bool(united.own.num_rows or len(united.replaced))
        if self._is_whole:
            missing = Missing(outcomes["ended"], stored_rows)
            refuse_many(self._name, f"{self._day}", missing, self._may_end)
            self._overtaking.note_day()
        ledger.confirm_loads(self._connection, self._load_id, self._confirmed_loads)
        ledger.count_replaced(self._connection, self._load_id, self._replaced_rows)
        if is_changed:
            put_totals(self._connection, self._source, self._day, totals, load_id=self._load_id)
            ledger.touch_days(self._connection, self._load_id, {self._day})
        return outcomes, dict(sorted(flags.items()))

    def _meet(self, place: Place, before: Mapping[int, pa.Table], united: United) -> None:
        """Note which loads had brought the same lines; take away the lines that are replaced, and keep them."""
        connection, first = self._connection, 0
        for load_id, lines in before.items():
            if len(_among(united.confirmed, first, lines)):
                self._confirmed_loads.add(load_id)
            replaced = _among(united.replaced, first, lines)
            if len(replaced):
                gone, kept = lines.take(replaced), _without(lines, replaced)
                put_lines(connection, place, load_id, kept)
                keep_replaced(
                    connection, place, gone, load_id=self._load_id, replaced_load_id=load_id
                )
                self._replaced_rows += gone.num_rows
            first += lines.num_rows


def _keys(source: str, day: date, rows: pa.RecordBatch) -> Values:
    """Return the keys that lines have in the quarantine, with their source."""
    return compute.binary_join_element_wise(
        pa.scalar(f"{source}:{day}"), rows.column("log_id"), ":"
    )


def _among(positions: Positions, first: int, lines: pa.Table) -> Positions:
    """Return which of the positions are among lines that begin at ``first``, counted from there."""
    found: Positions = positions[(first <= positions) & (positions < first + lines.num_rows)]
    return found - first


def _without(lines: pa.Table, positions: Positions) -> pa.Table:
    """Return the lines but for those at some positions."""
    if not len(positions):
        return lines
    return pick(lines, np.delete(np.arange(lines.num_rows), positions))


def parts_of(ids: Values) -> list[int]:
    """Return the parts of a day that some ids belong to."""
    return [int(part) for part in np.unique(_parts(ids))]


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
    is_same = ~is_new & ~differs
    is_late = _differ(both, superseded, latest[codes[~wins]])
    return United(
        own=_without(
            delivered.select(LINES.names), np.concatenate([superseded, winners[is_same]]) - first
        ),
        replaced=replaced[differs],
        confirmed=replaced[is_same],
        outcomes={
            "loaded": delivered.num_rows - len(lines) + _count(is_new),
            "unchanged": _count(is_same) + _count(~is_late),
            "updated": _count(differs) + _count(is_late),
        },
        winners=np.delete(np.arange(delivered.num_rows), superseded - first),
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
