"""Take a load back: rows that it loaded go, rows that it replaced are again what they were, in both stores.

First in PostgreSQL, in one transaction that also notes it in the ledger; then in MongoDB; then it is told to exports. A
run that is killed in between is completed by the next one, as a load is.
"""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, NamedTuple

from psycopg2 import IntegrityError, sql

from loaders import box_lines, postgres
from loaders.documents import ONLY_DOCUMENTS
from loaders.ledger import Entry
from loaders.publishing import collection_of, publish_undo
from loaders.retries import persist
from loaders.snapshots import ENDING
from loaders.steps import Step, reached
from loaders.stores import open_stores
from svp.core.progress import SILENT, Progress
from svp.core.sqlfiles import list_sql, read_sql
from svp.errors import UsageError
from svp.model import TABLES_BY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from loaders.stores import Stores
    from svp.core.postgres import Connection
    from svp.model import Table
    from svp.settings import Settings

__all__ = ["Undo", "plan_undo", "undo"]

RIGHT_FILE = "deliver the right rows as a new file instead"
RIGHT_DAY = "deliver the right file of that day, with --replace-day if lines of it are to go"


@dataclass(frozen=True, slots=True)
class Part:
    """One of the loads that go together: what was asked for, and the replays of its rows."""

    load_id: int
    kind: str
    target: str
    state: str
    path: str
    origin_load_id: int | None
    is_packed: bool
    """Whether its lines went to the warehouse without documents."""
    loaded_rows: int
    updated_rows: int
    replaced_rows: int | None
    ended_rows: int
    kept_rows: int
    """Rows that it replaced, and that are kept as they were."""


class Waiting(NamedTuple):
    """A load that is to be taken back, and what it waits for."""

    load_id: int
    waits_for: list[int]
    """Loads that are to be taken back before it."""
    is_kept: bool
    """Whether what it replaced is known, unless that were documents."""


@dataclass(frozen=True, slots=True)
class Undo:
    """What taking a load back does."""

    load_ids: tuple[int, ...]
    """The load and the replays of its rows; none if it was taken back before."""
    path: str
    removed_rows: int
    restored_rows: int


def plan_undo(settings: Settings, load_id: int) -> Undo:
    """Return what ``undo`` would do now; nothing is written.

    Raises:
        LockError: an ingest is running in the workspace.
        UsageError: the load can't be taken back; the message says what stands in the way.
    """
    with open_stores(settings) as stores:
        try:
            return _prepare(stores, _parts(stores.postgres, load_id))
        finally:
            stores.postgres.rollback()


def undo(settings: Settings, load_id: int, *, progress: Progress = SILENT) -> Undo:
    """Take a load back, and the replays of its rows; one that was taken back is left alone.

    Raises:
        LockError: an ingest is running in the workspace.
        UsageError: the load can't be taken back; the message says what stands in the way.
    """
    planned: list[Undo] = []

    def take_back(stores: Stores) -> Undo:
        parts = _parts(stores.postgres, load_id)
        with stores.postgres:
            planned.append(_prepare(stores, parts))
            _take_back(stores.postgres, parts)
            reached(Step.TAKEN_BACK)
        reached(Step.UNDOING)
        for part in parts:
            entry = Entry(part.load_id, part.target, "undoing", part.path)
            publish_undo(stores, entry, progress)
        # After a lost answer there is nothing left to take back: it was this run that did.
        return planned[0]

    (done,) = persist(settings, [take_back], progress=progress)
    return done


def _parts(connection: Connection, load_id: int) -> tuple[Part, ...]:
    """Return the load and the replays of its rows; none if it was taken back before.

    Raises:
        UsageError: there is no such load, or it is no load that can be taken back.
    """
    with connection, connection.cursor() as cursor:
        parts = _found_parts(connection, load_id)
        cursor.execute("SELECT state FROM ops.load WHERE load_id = %s", (load_id,))
        state = cursor.fetchone()
    if state is None:
        message = f"there is no load {load_id}"
        raise UsageError(message, "'svp loads list' shows those there are")
    if state == ("undone",):
        return ()
    origin = next(part.origin_load_id for part in parts if part.load_id == load_id)
    if origin is not None:
        message = f"load {load_id} is rows out of the quarantine of load {origin}"
        raise UsageError(message, f"take back load {origin}: these rows go with it")
    if state in {("planned",), ("refused",)}:
        message = f"of load {load_id} nothing was stored, so there is nothing to take back"
        raise UsageError(message, f"'svp loads show {load_id}' shows what became of it")
    return parts


def _found_parts(connection: Connection, load_id: int) -> tuple[Part, ...]:
    with connection.cursor() as cursor:
        cursor.execute(read_sql("loaders.statements", "find_undo"), {"load_id": load_id})
        return tuple(Part(*row) for row in cursor.fetchall())


def _prepare(stores: Stores, parts: Sequence[Part]) -> Undo:
    """Find what goes and what comes back, and that nothing stands in the way."""
    if not parts:
        return Undo((), "", 0, 0)
    load_ids = [part.load_id for part in parts]
    if parts[0].state == "undoing":
        return Undo(tuple(load_ids), parts[0].path, 0, 0)
    table = TABLES_BY_NAME.get(parts[0].target)
    if table is not None:
        removed_rows, restored_rows = _check_rows(stores.postgres, table, parts, load_ids)
    elif parts[0].is_packed:
        removed_rows, restored_rows = _check_lines(stores.postgres, parts, load_ids)
    else:
        removed_rows, restored_rows = _check_documents(stores, parts, load_ids), 0
    _refuse_confirmed(stores, parts, load_ids)
    return Undo(tuple(load_ids), parts[0].path, removed_rows, restored_rows)


def _refuse_confirmed(stores: Stores, parts: Sequence[Part], load_ids: list[int]) -> None:
    """Raise UsageError if later loads brought rows again, which would be lost with these."""
    parameters = {"load_ids": load_ids}
    with stores.postgres.cursor() as cursor:
        cursor.execute(read_sql("loaders.statements", "confirming_loads"), parameters)
        confirming = cursor.fetchall()
    if confirming:
        path, load_id = confirming[-1]
        message = f"load {load_id} ({path}) brought rows of load {load_ids[0]} again, unchanged"
        waiting = _waiting(stores.postgres, load_ids)
        stuck = _stuck(stores, waiting) if _is_documents(parts[0]) else ""
        raise UsageError(message, _way_out(waiting, load_id, stuck=stuck))


def _waiting(connection: Connection, load_ids: Sequence[int]) -> list[Waiting]:
    """Return loads with all that are to be taken back before them."""
    parameters = {"load_ids": list(load_ids), "documents": list(ONLY_DOCUMENTS)}
    with connection.cursor() as cursor:
        cursor.execute(read_sql("loaders.statements", "undo_order"), parameters)
        return [Waiting(*row) for row in cursor.fetchall()]


def _way_out(waiting: Sequence[Waiting], first_id: int, *, stuck: str = "") -> str:
    """Return what to do about a load that is to be taken back first.

    Of the loads, or of those that they wait for, there may be some that never can be.
    """
    obstacle = _circle(waiting) or _unkept(waiting) or stuck
    if obstacle:
        return f"{obstacle}; {RIGHT_FILE}"
    return f"take back load {first_id} first, or deliver the right rows"


def _stuck(stores: Stores, waiting: Sequence[Waiting]) -> str:
    """Say which load of documents can't be taken back whatever is taken back before; nothing if each can be."""
    for load in waiting:
        parts = _found_parts(stores.postgres, load.load_id)
        try:
            _check_documents(stores, parts, [part.load_id for part in parts])
        except UsageError as error:
            return f"load {load.load_id} can't be: {error.message}"
    return ""


def _circle(waiting: Sequence[Waiting]) -> str:
    """Say which loads wait for each other; nothing if there is an order in which all can be taken back."""
    try:
        TopologicalSorter({load.load_id: load.waits_for for load in waiting}).prepare()
    except CycleError as error:
        *others, last = sorted(set(error.args[1]))
        named = f"{', '.join(map(str, others))} and {last}"
        return f"loads {named} each wait for another of them to be taken back, so none can be"
    return ""


def _unkept(waiting: Sequence[Waiting]) -> str:
    """Say which load can't be taken back because what it replaced is not kept; nothing if each can be."""
    load_id = next((load.load_id for load in waiting if not load.is_kept), None)
    return f"load {load_id} can't be, as what it replaced is not kept" if load_id else ""


def _check_rows(
    connection: Connection, table: Table, parts: Sequence[Part], load_ids: list[int]
) -> tuple[int, int]:
    """Return how many rows go and how many come back, leaving those that go in ``removed``."""
    _refuse_unkept(parts)
    parameters = {"load_ids": load_ids, "target": table.name}
    postgres.view_stored(connection, table)
    _refuse_overtaken(connection, load_ids)
    with connection.cursor() as cursor:
        cursor.execute(read_sql("loaders.statements", "removed"), parameters)
        removed_rows = cursor.rowcount
        cursor.execute(read_sql("loaders.statements", "written_rows"), parameters)
        ((written_rows,),) = cursor.fetchall()
    if removed_rows < _loaded_rows(parts):
        raise _unknown(parts)
    _refuse_needed(connection, table, load_ids)
    return removed_rows, written_rows - removed_rows


def _check_lines(
    connection: Connection, parts: Sequence[Part], load_ids: list[int]
) -> tuple[int, int]:
    """Return how many lines of logs without documents go and how many come back."""
    _refuse_unkept(parts)
    _refuse_overtaken(connection, load_ids)
    standing_lines, replaced_lines = box_lines.count_standing(connection, load_ids)
    removed_lines = standing_lines - replaced_lines + sum(part.ended_rows for part in parts)
    if removed_lines != _loaded_rows(parts):
        raise _unknown(parts)
    return removed_lines, replaced_lines


def _loaded_rows(parts: Sequence[Part]) -> int:
    return sum(part.loaded_rows for part in parts)


def _unknown(parts: Sequence[Part]) -> UsageError:
    """Return the refusal of loads whose own rows can't be told from those of others."""
    message = f"later loads replaced rows of load {parts[0].load_id}, and which rows is not known any more"
    return UsageError(message, RIGHT_FILE)


def _refuse_unkept(parts: Sequence[Part]) -> None:
    """Raise UsageError if not all is known that comes back."""
    for part in parts:
        replaced_rows = part.updated_rows if part.replaced_rows is None else part.replaced_rows
        if part.kept_rows < replaced_rows:
            message = f"load {part.load_id} replaced {replaced_rows:,} rows, and what they were is not kept"
            advice = (
                f"it is kept for the days of undo_days, of loads that replace up to {postgres.MAX_KEPT_ROWS:,} rows;"
                f" {RIGHT_FILE}"
            )
            raise UsageError(message, advice)


def _refuse_overtaken(connection: Connection, load_ids: list[int]) -> None:
    """Raise UsageError if later loads replaced rows; they are to be taken back before."""
    parameters = {"load_ids": load_ids}
    with connection.cursor() as cursor:
        cursor.execute(read_sql("loaders.statements", "overtaking_loads"), parameters)
        overtaking = cursor.fetchall()
    if overtaking:
        path, load_id, rows = overtaking[-1]
        message = f"load {load_id} ({path}) replaced {rows:,} of its rows"
        raise UsageError(message, _way_out(_waiting(connection, load_ids), load_id))


def _refuse_needed(connection: Connection, table: Table, load_ids: list[int]) -> None:
    """Raise UsageError if rows of other loads refer to rows that go."""
    with connection.cursor() as cursor:
        cursor.execute(read_sql("loaders.statements", "references"), {"target": table.name})
        for child, column in cursor.fetchall():
            cursor.execute(_referring(child, column))
            if referring := cursor.fetchall():
                load_id, path, rows = referring[-1]
                message = f"{rows:,} rows of {child} of load {load_id} ({path}) refer to rows of it"
                involved = [*load_ids, *(each for each, _, _ in referring)]
                raise UsageError(message, _way_out(_waiting(connection, involved), load_id))


def _referring(child: str, column: str) -> sql.Composed:
    """Return the query for the loads with rows that refer to rows that go, and how many; the newest last."""
    return sql.SQL(
        "SELECT coalesce(load.origin_load_id, load.load_id), load.path, count(*) FROM {child} AS child"
        " INNER JOIN removed ON child.{column} = removed.row_key"
        " INNER JOIN ops.load ON child.load_id = load.load_id"
        " GROUP BY 1, 2 ORDER BY 1"
    ).format(child=sql.Identifier("oltp", child), column=sql.Identifier(column))


def _check_documents(stores: Stores, parts: Sequence[Part], load_ids: list[int]) -> int:
    """Return how many documents go. What a document was before it was replaced is not kept."""
    collection = stores.mongodb[collection_of(parts[0].target) or parts[0].target]
    _refuse_ended(parts)
    own = {"load_id": {"$in": load_ids}}
    earlier = collection.distinct("replaced_load_id", own)
    _refuse_replaced(parts, _others(earlier, load_ids))
    _refuse_forgotten([part for part in parts if part.load_id in earlier])
    replaced = {"replaced_load_id": {"$in": load_ids}}
    later = _others(collection.distinct("load_id", replaced), load_ids)
    written = collection.count_documents(own)
    if later or written < _loaded_rows(parts):
        named = f"load {later[-1]}" if later else "later loads"
        message = f"{named} replaced documents of load {load_ids[0]}"
        raise UsageError(message, RIGHT_DAY)
    return written


def _others(found: Sequence[int], load_ids: Sequence[int]) -> list[int]:
    """Return the loads that are none of those that go together."""
    return [load_id for load_id in found if load_id not in load_ids]


def _refuse_replaced(parts: Sequence[Part], earlier: Sequence[int]) -> None:
    """Raise UsageError if documents of other loads were replaced."""
    if earlier:
        message = f"load {parts[0].load_id} replaced documents of load {earlier[-1]}, and what they were is not kept"
        raise UsageError(message, RIGHT_DAY)


def _is_documents(part: Part) -> bool:
    return part.target in ONLY_DOCUMENTS and not part.is_packed


def _refuse_ended(parts: Sequence[Part]) -> None:
    """Raise UsageError if a load ended documents."""
    ended_rows = sum(part.ended_rows for part in parts)
    if ended_rows:
        message = f"load {parts[0].load_id} ended {ended_rows:,} documents, and what they were is not kept"
        raise UsageError(message, RIGHT_DAY)


def _refuse_forgotten(replaced: Sequence[Part]) -> None:
    """Raise UsageError if loads of which a replay of their own file replaced documents had replaced some before that.

    A document names the load of the last one whose place it took, and no earlier one.
    """
    for part in replaced:
        if part.updated_rows:
            message = (
                f"rows out of the quarantine of its file replaced documents of load {part.load_id}, and whether those"
                " had replaced others is not known any more"
            )
            raise UsageError(message, RIGHT_DAY)


def _take_back(connection: Connection, parts: Sequence[Part]) -> None:
    """Remove and restore rows, and note that the documents are to follow; all in the transaction that is open."""
    if not parts:
        return
    load_ids, table = [part.load_id for part in parts], TABLES_BY_NAME.get(parts[0].target)
    parameters = {"load_ids": load_ids}
    with connection.cursor() as cursor:
        cursor.execute(read_sql("loaders.statements", "rewritten_loads"), parameters)
        rewritten = sorted(load_id for (load_id,) in cursor.fetchall() if load_id not in load_ids)
        if table is not None:
            for statement in _removal(connection, table):
                try:
                    cursor.execute(statement, parameters)
                except IntegrityError as error:
                    raise _taken(error) from error
        elif parts[0].is_packed:
            box_lines.take_back(connection, load_ids)
        begun = parameters | {"rewritten_loads": rewritten}
        cursor.execute(read_sql("loaders.statements", "begin_undo"), begun)


def _removal(connection: Connection, table: Table) -> Iterator[str | sql.Composed]:
    """Yield the statements that make a table what it was: what was there before first, as rows that go may be new."""
    yield read_sql("loaders.statements", "remove")
    yield _restoring(table, postgres.columns_of(connection, table))
    yield from (
        file.text for file in list_sql(f"loaders.targets.{table.name}") if file.name == "restore"
    )


def _restoring(table: Table, columns: Sequence[str]) -> sql.Composed:
    """Return the statement that puts the rows back that the loads replaced.

    Those that had ended come first, as others have their place; those that ended since come last, as others may have
    theirs.
    """
    key, *others = map(sql.Identifier, columns)
    name = sql.Identifier("oltp", table.name)
    order = sql.SQL(
        " ORDER BY image.ended_at,"
        " (SELECT present.ended_at FROM {table} AS present WHERE present.{key} = image.{key}) NULLS FIRST"
    ).format(table=name, key=key)
    return sql.SQL(
        "INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT image.* FROM ops.replaced_row"
        " INNER JOIN ops.load ON replaced_row.load_id = load.load_id AND load.target = {target}"
        " CROSS JOIN LATERAL jsonb_populate_record(cast(NULL AS {table}), replaced_row.image) AS image"
        " WHERE replaced_row.load_id = ANY(%(load_ids)s) AND replaced_row.replaced_load_id <> ALL(%(load_ids)s)"
        "{order} ON CONFLICT ({key}) DO UPDATE SET ({columns}) = ROW({values})"
    ).format(
        table=name,
        target=sql.Literal(table.name),
        order=order if table in ENDING else sql.SQL(""),
        key=key,
        columns=sql.SQL(", ").join(others),
        values=sql.SQL(", ").join(sql.SQL("excluded.{}").format(column) for column in others),
    )


def _taken(error: IntegrityError) -> UsageError:
    """Return the refusal of rows that can't come back, because others are there or are gone since."""
    message = f"what the load replaced can't come back: {str(error).splitlines()[0]}"
    advice = "take back the later load that stands in its way first"
    return UsageError(message, advice)
