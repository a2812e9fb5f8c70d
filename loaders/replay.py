"""Rows out of quarantine: those that wait no longer, that a changed rule accepts, or that somebody corrected.

A row leaves quarantine in the transaction that stores it, so it is in one of the two and never in both. What is still
refused stays as it is.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyarrow as pa

from loaders import ledger, postgres
from loaders.arrow import compute, mask
from loaders.batches import BATCH_ROWS, Batch
from loaders.box_days import BoxDaySink, parts_of, refuse_other_store
from loaders.box_lines import lines_by_load, together
from loaders.contract import check
from loaders.corrections import corrections
from loaders.documents import ONLY_DOCUMENTS, Delivery
from loaders.files import Options, day_in_name
from loaders.kinds import KINDS_BY_NAME
from loaders.ledger import Entry, RowCounts
from loaders.maps import map_of
from loaders.parsers import CUT
from loaders.publishing import publish
from loaders.quarantine import Held, held_loads
from loaders.reports import FileReport
from loaders.retries import persist
from loaders.sinks import DocumentSink
from loaders.steps import Step, reached
from svp.core.progress import SILENT, Progress
from svp.core.sqlfiles import read_sql
from svp.errors import InputError, UsageError
from svp.model import TABLES_BY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from loaders.arrow import Values
    from loaders.contract import Kind
    from loaders.sinks import Sink
    from loaders.stores import Stores
    from svp.core.postgres import Connection
    from svp.settings import Settings

__all__ = ["Replay", "kind_of", "replay_corrections", "replay_quarantine", "replay_waiting"]

ORDER = {name: number for number, name in enumerate(TABLES_BY_NAME)}
"""Of tables, parents before children; documents that refer to nothing come last."""

MEND = "mend its file, or a copy of the refused rows, and ingest that"

Accepted: TypeAlias = "tuple[Entry | None, RowCounts, Counter[str]]"
"""The load that accepted rows became, if any; its numbers; and why the other rows are refused."""

Begun: TypeAlias = "dict[int, Held]"
"""Loads that a run began and has not reported: after a lost answer, any of them may be stored."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What a replay did."""

    reports: tuple[FileReport, ...]
    gone_rows: int = 0
    """Corrected rows whose refused row is in quarantine no longer: they were replayed before."""
    codes: Mapping[str, int] = field(default_factory=dict)
    """Why rows are refused again, and how many."""
    unkept_rows: int = 0
    """Rows that can't be judged again: not all of them is kept, or they have no columns."""


def replay_quarantine(
    settings: Settings, *, load_id: int | None = None, progress: Progress = SILENT
) -> Replay:
    """Judge the refused rows of a load, or of all, by today's rules, and load those that are accepted.

    Raises:
        LockError: another ingest is running in the workspace.
    """
    reports: list[FileReport] = []
    begun: Begun = {}

    def replay(stores: Stores) -> int:
        reports.extend(_landed(stores, begun))
        for held in _in_order(held_loads(stores.postgres, load_id=load_id)):
            reports.extend(_judge_again(stores, held, begun, progress))
        reports.extend(replay_waiting(stores, progress))
        return _unkept_rows(stores.postgres, load_id)

    (unkept_rows,) = persist(settings, [replay], progress=progress)
    return Replay(tuple(reports), unkept_rows=unkept_rows)


def replay_corrections(
    settings: Settings,
    path: Path,
    *,
    load_id: int,
    options: Options | None = None,
    progress: Progress = SILENT,
) -> Replay:
    """Load the corrected rows of a file in the place of refused rows of a load, which ``quarantine_line`` names.

    ``options`` are what was said of the file.

    Raises:
        InputError: the file is damaged, or doesn't say which refused rows its rows stand for.
        LockError: another ingest is running in the workspace.
        UsageError: the load is not complete, or its kind is not known any more.
    """
    reports: list[FileReport] = []
    begun: Begun = {}
    tried: set[int] = set()

    def replay(stores: Stores) -> Replay:
        reports.extend(_landed(stores, begun))
        held, kind = _held_load(stores.postgres, load_id)
        codes, gone_rows = Counter[str](), 0
        for batch in corrections(path, kind, options or Options()):
            open_batch = _still_held(stores.postgres, load_id, batch)
            open_lines = _lines(open_batch)
            gone_rows += len(_lines(batch) - open_lines - tried)
            tried.update(open_lines)
            open_batch, cut_rows = _without_cut(open_batch, kind)
            codes.update({"personal_data_cut": cut_rows} if cut_rows else {})
            moved = _replay_batch(
                stores,
                held,
                kind,
                open_batch,
                begun=begun,
                progress=progress,
                is_correction=True,
            )
            reports.extend(moved.reports)
            codes.update(moved.codes)
        reports.extend(replay_waiting(stores, progress))
        return Replay(tuple(reports), gone_rows, codes)

    (done,) = persist(settings, [replay], progress=progress)
    return done


def replay_waiting(stores: Stores, progress: Progress) -> Iterator[FileReport]:
    """Load the waiting rows whose parents are there now, parents before children, older files first."""
    for held in _in_order(held_loads(stores.postgres, is_waiting=True)):
        yield from _replay_staged(stores, held, progress, is_waiting=True)


def _in_order(held: Iterable[Held]) -> list[Held]:
    return sorted(held, key=lambda load: ORDER.get(load.target, len(ORDER)))


def _landed(stores: Stores, begun: Begun) -> Iterator[FileReport]:
    """Yield what became of loads of this run that were stored though their answer was lost, and forget the others."""
    for load_id in sorted(ledger.completed_loads(stores.postgres, begun)):
        held, counts = begun[load_id], ledger.recorded_rows(stores.postgres, load_id)
        yield FileReport(Path(held.path), held.kind, "replayed", counts, seconds=0.0)
    begun.clear()


def _judge_again(
    stores: Stores, held: Held, begun: Begun, progress: Progress
) -> Iterator[FileReport]:
    """Replay what PostgreSQL refused of a load, then what the contract did."""
    yield from _replay_staged(stores, held, progress, is_waiting=False)
    try:
        kind = kind_of(held)
    except UsageError as error:
        progress.say(f"{error.message}; {error.advice}")
        return
    try:
        for batch in _held_batches(stores.postgres, held.load_id):
            moved = _replay_batch(
                stores, held, kind, batch, begun=begun, progress=progress, is_correction=False
            )
            yield from moved.reports
    except InputError as error:
        progress.say(f"load {held.load_id}: {error.message}; {error.advice}")


def _replay_staged(
    stores: Stores, held: Held, progress: Progress, *, is_waiting: bool
) -> Iterator[FileReport]:
    """Load rows of one earlier file that PostgreSQL accepts now, as a load of their own; none leaves no trace."""
    table = TABLES_BY_NAME.get(held.target)
    if table is None:
        return
    started, connection = time.monotonic(), stores.postgres
    with connection:
        postgres.begin(connection, table, source=held.source, load_id=held.load_id)
        postgres.restage(connection, held.load_id, is_waiting=is_waiting)
        postgres.judge(connection, table)
        postgres.keep(connection, "found" if is_waiting else "accepted")
        load_id = _move(connection, held, is_correction=False)
        if load_id is None:
            return
        counts = _store(connection, held, load_id)
    entry = Entry(load_id, held.target, "postgres_done", held.path)
    yield _published(stores, held, entry, counts, started=started, progress=progress)


def _replay_batch(
    stores: Stores,
    held: Held,
    kind: Kind,
    batch: Batch,
    *,
    begun: Begun,
    progress: Progress,
    is_correction: bool,
) -> Replay:
    """Judge rows of a load again, and load those that are accepted."""
    started = time.monotonic()
    checked = check(batch, kind, is_of_file=is_correction)
    codes = Counter(refusal.code for refusal in checked.refusals)
    accept = _accept_rows if kind.store == "postgres" else _accept_documents
    with stores.postgres:
        entry, counts, refused = accept(stores, held, checked.accepted, is_correction=is_correction)
        if entry is not None:
            begun[entry.load_id] = held
    codes.update(refused)
    if entry is None:
        return Replay((), codes=codes)
    report = _published(stores, held, entry, counts, started=started, progress=progress)
    del begun[entry.load_id]
    return Replay((report,), codes=codes)


def _accept_rows(
    stores: Stores, held: Held, accepted: pa.RecordBatch, *, is_correction: bool
) -> Accepted:
    """Store the rows that PostgreSQL accepts too."""
    connection, table = stores.postgres, TABLES_BY_NAME[held.target]
    postgres.begin(connection, table, source=held.source, load_id=held.load_id)
    postgres.write(connection, accepted)
    postgres.judge(connection, table)
    refused = postgres.keep(connection, "accepted")
    load_id = _move(connection, held, is_correction=is_correction)
    if load_id is None:
        return None, RowCounts(), refused
    counts = _store(connection, held, load_id)
    return Entry(load_id, held.target, "postgres_done", held.path), counts, refused


def _accept_documents(
    stores: Stores, held: Held, accepted: pa.RecordBatch, *, is_correction: bool
) -> Accepted:
    """Store rows of a target that is no table, but for those that a later delivery brought."""
    day = _day_of(held)
    packed_day = day if held.is_packed else None
    if day is not None:
        name, is_packed = Path(held.path).name, held.is_packed
        refuse_other_store(stores.postgres, name, held.kind, day, is_packed=is_packed)
    if not is_correction:
        is_overtaken = (
            _overtaken_documents(stores, held, accepted)
            if packed_day is None
            else _overtaken_lines(stores.postgres, held, packed_day, accepted)
        )
        accepted = accepted.filter(compute.invert(is_overtaken))
    if not accepted.num_rows:
        return None, RowCounts(), Counter()
    with stores.postgres.cursor() as cursor:
        lines = {"lines": accepted["line"].to_pylist()}
        cursor.execute(read_sql("loaders.statements", "resolve_lines"), lines)
    load_id = ledger.begin_replay(stores.postgres, held.load_id, is_correction=is_correction)
    sink = _sink(stores, held, load_id, packed_day)
    sink.write(accepted)
    counts = RowCounts.of(*sink.finish())
    ledger.record_rows(stores.postgres, load_id, counts, state=sink.state)
    return Entry(load_id, held.target, sink.state, held.path), counts, Counter()


def _sink(stores: Stores, held: Held, load_id: int, packed_day: date | None) -> Sink:
    """Return what takes rows of a load again, as a load of their own."""
    connection, source, day = stores.postgres, held.source, _day_of(held)
    if packed_day is not None:
        return BoxDaySink(connection, held.path, source=source, day=packed_day, load_id=load_id)
    shape = partial(ONLY_DOCUMENTS[held.target], Delivery(source, load_id, day))
    return DocumentSink(connection, stores.mongodb[held.target], shape, load_id=load_id, day=day)


def _overtaken_documents(stores: Stores, held: Held, rows: pa.RecordBatch) -> Values:
    """Tell which rows a later delivery brought, as their documents say."""
    later_loads = _later_loads(stores.postgres, held)
    shape = partial(ONLY_DOCUMENTS[held.target], Delivery(held.source, held.load_id, _day_of(held)))
    keys = shape(rows).keys
    newer = {"_id": {"$in": keys.to_pylist()}, "load_id": {"$in": later_loads}}
    found = stores.mongodb[held.target].distinct("_id", newer)
    return compute.is_in(keys, value_set=pa.array(found, pa.string()))


def _overtaken_lines(connection: Connection, held: Held, day: date, rows: pa.RecordBatch) -> Values:
    """Tell which lines of a day without documents a later delivery brought."""
    ids, later_loads = rows.column("log_id"), set(_later_loads(connection, held))
    found: list[Values] = []
    # A part at a time, as a day may have any number of lines.
    for part in parts_of(ids):
        by_load = lines_by_load(connection, held.source, day, parts=[part])
        newer = together({load: lines for load, lines in by_load.items() if load in later_loads})
        known = newer.column("log_id").combine_chunks()
        found.append(compute.unique(known.filter(compute.is_in(known, value_set=ids))))
    return compute.is_in(ids, value_set=pa.concat_arrays([pa.array([], pa.string()), *found]))


def _later_loads(connection: Connection, held: Held) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(read_sql("loaders.statements", "later_loads"), {"load_id": held.load_id})
        return [load_id for (load_id,) in cursor.fetchall()]


def _day_of(held: Held) -> date | None:
    """Return the day of a load of a daily file; the name of any other says nothing of its rows."""
    return day_in_name(Path(held.path).name) if KINDS_BY_NAME[held.kind].is_daily else None


def _move(connection: Connection, held: Held, *, is_correction: bool) -> int | None:
    """Take the judged rows out of quarantine into a load of their own; None if there is none."""
    if not is_correction:
        postgres.leave_overtaken(connection, TABLES_BY_NAME[held.target], held.load_id)
    if not postgres.count_judged(connection):
        return None
    return ledger.begin_replay(connection, held.load_id, is_correction=is_correction)


def _store(connection: Connection, held: Held, load_id: int) -> RowCounts:
    """Store the judged rows, in the transaction that took them out of quarantine."""
    postgres.refuse(connection)
    counts = RowCounts.of(*postgres.store(connection, TABLES_BY_NAME[held.target]))
    ledger.record_rows(connection, load_id, counts, state="postgres_done")
    reached(Step.REPLAYED)
    return counts


def _published(
    stores: Stores,
    held: Held,
    entry: Entry,
    counts: RowCounts,
    *,
    started: float,
    progress: Progress,
) -> FileReport:
    publish(stores, entry, progress)
    seconds = time.monotonic() - started
    return FileReport(Path(held.path), held.kind, "replayed", counts, seconds)


def _held_batches(connection: Connection, load_id: int) -> Iterator[Batch]:
    """Yield the refused rows of a load that have columns, as their file had them."""
    after_line = -1
    while True:
        parameters = {"load_id": load_id, "after_line": after_line, "limit": BATCH_ROWS}
        with connection, connection.cursor() as cursor:
            cursor.execute(read_sql("loaders.statements", "held_rows"), parameters)
            rows = cursor.fetchall()
        if not rows:
            return
        lines, texts, values = zip(*rows, strict=True)
        yield _batch(lines, texts, values)
        after_line = lines[-1]


def _batch(lines: Sequence[int], texts: Sequence[str], values: Sequence[dict[str, str]]) -> Batch:
    names = list(dict.fromkeys(name for row in values for name in row))
    columns = [pa.array([row.get(name) for row in values], pa.string()) for name in names]
    return Batch(
        rows=pa.RecordBatch.from_arrays(columns, names=names),
        lines=pa.array(lines, pa.int64()),
        row_text=texts.__getitem__,
    )


def _held_load(connection: Connection, load_id: int) -> tuple[Held, Kind]:
    """Return a load, which may have no row in quarantine any more, and its kind."""
    statement = (
        "SELECT kind, target, source, path, said, is_packed FROM ops.load"
        " WHERE load_id = %s AND state = 'complete'"
    )
    with connection, connection.cursor() as cursor:
        cursor.execute(statement, (load_id,))
        found = cursor.fetchone()
    if found is None:
        message = f"there is no completed load {load_id}"
        raise UsageError(
            message, "'svp loads list' shows them; a refused file is loaded again whole"
        )
    held = Held(load_id, *found)
    return held, kind_of(held)


def kind_of(held: Held) -> Kind:
    """Return the kind by which the rows of a load are judged again, as it was said to be read.

    Raises:
        UsageError: it is not known any more, or what was said was not kept so that it can be read again.
    """
    said = _said(held)
    mapped = map_of(said["map"]).kind if "map" in said else None
    kind = mapped or KINDS_BY_NAME.get(held.kind)
    if kind is None or kind.name != held.kind:
        message = f"load {held.load_id} is of kind {held.kind}, which is not known any more"
        raise UsageError(message, MEND)
    return kind.in_zone(said["zone"]) if "zone" in said else kind


def _said(held: Held) -> dict[str, str]:
    """Return what was said of a file: ``zone``, ``map`` and ``encoding``, which rows that were read need no more."""
    try:
        return dict(json.loads(held.said or "{}"))
    except ValueError as error:
        told = "--zone, --map or --encoding said, which an older program did not keep"
        message = f"load {held.load_id} was read as {told}"
        raise UsageError(message, MEND) from error


def _lines(batch: Batch) -> set[int]:
    return set(map(int, batch.lines.to_numpy()))


def _unkept_rows(connection: Connection, load_id: int | None) -> int:
    """Return how many refused rows of a load, or of all, are not kept so that they can be judged again."""
    statement = "SELECT count(*) FROM ops.held_row WHERE row_form = 'text' AND load_id = coalesce(%s, load_id)"
    with connection, connection.cursor() as cursor:
        cursor.execute(statement, (load_id,))
        ((rows,),) = cursor.fetchall()
        return int(rows)


def _without_cut(batch: Batch, kind: Kind) -> tuple[Batch, int]:
    """Return corrected rows without those that still say that something was cut, and how many those are."""
    is_cut = np.zeros(batch.rows.num_rows, dtype=np.bool_)
    for name in kind.whole_columns.intersection(batch.rows.schema.names):
        is_cut |= mask(compute.match_substring(batch.rows.column(name), CUT))
    return _taken(batch, np.flatnonzero(~is_cut).tolist()), int(is_cut.sum())


def _still_held(connection: Connection, load_id: int, batch: Batch) -> Batch:
    """Return the rows of a batch whose refused rows are in quarantine."""
    lines = batch.lines.to_pylist()
    with connection, connection.cursor() as cursor:
        parameters = {"load_id": load_id, "lines": lines}
        cursor.execute(read_sql("loaders.statements", "held_lines"), parameters)
        held = {line for (line,) in cursor.fetchall()}
    return _taken(batch, [row for row, line in enumerate(lines) if line in held])


def _taken(batch: Batch, kept: Sequence[int]) -> Batch:
    """Return some rows of a batch."""
    return replace(
        batch,
        rows=batch.rows.take(pa.array(kept, pa.int64())),
        lines=batch.lines.take(pa.array(kept, pa.int64())),
        row_text=lambda row: batch.row_text(kept[row]),
    )
