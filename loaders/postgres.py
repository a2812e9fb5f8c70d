"""The bulk writer of PostgreSQL: COPY into a stage, judged and merged there set-wise, in one transaction."""

from __future__ import annotations

import io
import json
from collections import Counter
from typing import TYPE_CHECKING, Literal

import pyarrow as pa
import pyarrow.csv as pacsv
from psycopg2 import sql

from loaders import snapshots
from loaders.parsers import CUT
from loaders.personal import ADDRESS, IDS
from svp.core.sqlfiles import list_sql, read_sql

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from loaders.batches import Refusal
    from svp.core.postgres import Connection, Cursor
    from svp.model import Table

__all__ = [
    "MAX_KEPT_ROWS",
    "begin",
    "columns_of",
    "count_judged",
    "judge",
    "keep",
    "leave_overtaken",
    "quarantine",
    "refuse",
    "restage",
    "store",
    "view_stored",
    "write",
]

COPY_BUFFER_BYTES = 1024 * 1024

PLANNING = {"work_mem": "64MB", "random_page_cost": "1.1", "default_statistics_target": "10"}
"""Memory for each step that sorts or joins a file's rows; keys are looked up rather than all that is there read; and
a sample of 3,000 rows says enough of a file."""

WRITTEN_BY_LOAD: dict[str, sql.Composable] = {
    "source": sql.SQL("current_setting('svp.source')"),
    "load_id": sql.SQL("cast(current_setting('svp.load_id') AS bigint)"),
}
"""What a stored row says of its load; all else it says ``resolved`` has under the same name."""

MAX_KEPT_ROWS = 1_000_000
"""Of the rows that one load replaces; of a load that replaces more none is kept, and it can't be undone."""


def begin(connection: Connection, target: Table, *, source: str, load_id: int) -> None:
    """Prepare a transaction for one file: its settings, and an empty stage for rows of ``target``."""
    settings = {"svp.source": source, "svp.load_id": str(load_id), **PLANNING}
    with connection.cursor() as cursor:
        for name, value in settings.items():
            cursor.execute("SELECT set_config(%s, %s, true)", (name, value))
        cursor.execute(read_sql("loaders.statements", "leaving"))
        cursor.execute(read_sql(f"loaders.targets.{target.name}", "stage"))


def write(connection: Connection, rows: pa.RecordBatch) -> int:
    """Copy accepted rows into the stage; return how many."""
    buffer = io.BytesIO()
    options = pacsv.WriteOptions(include_header=False, quoting_style="needed")
    pacsv.write_csv(_flat(rows), buffer, options)
    buffer.seek(0)
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in rows.schema.names)
    statement = sql.SQL("COPY stage ({}) FROM STDIN WITH (FORMAT csv)").format(columns)
    with connection.cursor() as cursor:
        cursor.copy_expert(statement, buffer, size=COPY_BUFFER_BYTES)
        return cursor.rowcount


def _flat(rows: pa.RecordBatch) -> pa.RecordBatch:
    """Return the rows with lists as JSON, which CSV can carry."""
    columns = [
        pa.array(
            [None if value is None else json.dumps(value) for value in column.to_pylist()],
            pa.string(),
        )
        if pa.types.is_nested(column.type)
        else column
        for column in rows.columns
    ]
    return pa.RecordBatch.from_arrays(columns, names=rows.schema.names)


def quarantine(
    connection: Connection, load_id: int, refusals: Iterable[Refusal], *, day: date | None = None
) -> int:
    """Keep refused rows, with the reason; return how many.

    ``day`` is that of a file whose ids hold within their day only.
    """
    kept = list(refusals)
    columns = {
        "lines": [refusal.line for refusal in kept],
        "natural_ids": [_id_within(day, refusal.natural_id) for refusal in kept],
        "columns": [refusal.column for refusal in kept],
        "codes": [refusal.code for refusal in kept],
        "refused_values": [refusal.value for refusal in kept],
        "row_texts": [refusal.row_text for refusal in kept],
        "whole": [refusal.is_whole for refusal in kept],
        "byte_offsets": [refusal.byte_offset for refusal in kept],
        "row_values": [
            None if refusal.values is None else json.dumps(dict(refusal.values)) for refusal in kept
        ],
    }
    with connection.cursor() as cursor:
        cursor.execute(
            read_sql("loaders.statements", "quarantine"), {"load_id": load_id, **columns}
        )
    return len(kept)


def _id_within(day: date | None, natural_id: str | None) -> str | None:
    return natural_id if day is None or natural_id is None else f"{day}:{natural_id}"


def judge(connection: Connection, target: Table) -> None:
    """Give every staged row its outcome."""
    (key,) = target.key
    repeats = sql.SQL("SELECT count(DISTINCT {}) < count(*) FROM stage").format(sql.Identifier(key))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE stage")
        cursor.execute(read_sql(f"loaders.targets.{target.name}", "link"))
        cursor.execute(read_sql("loaders.statements", "judge"))
        cursor.execute(repeats)
        if cursor.fetchone() == (True,):
            cursor.execute(read_sql("loaders.statements", "supersede"))


def refuse(connection: Connection) -> int:
    """Quarantine the judged rows that are rejected; return how many."""
    with connection.cursor() as cursor:
        personal = {"address": ADDRESS, "ids": IDS, "cut": CUT}
        cursor.execute(read_sql("loaders.statements", "refuse"), personal)
        return cursor.rowcount


def store(connection: Connection, target: Table) -> tuple[dict[str, int], dict[str, int]]:
    """Store what is new or corrected of the judged rows, note the days.

    Returns:
        Rows by outcome (loaded, unchanged, updated, rejected, ended), and stored rows by flag.
    """
    steps = _steps(target)
    with connection.cursor() as cursor:
        outcomes, flags = _count(cursor)
        cursor.execute(read_sql("loaders.statements", "overtake"))
        if outcomes.keys() - {"loaded", "rejected"}:
            view_stored(connection, target)
            cursor.execute(read_sql("loaders.statements", "confirm"))
            limit = {"max_rows": MAX_KEPT_ROWS}
            cursor.execute(read_sql("loaders.statements", "keep_replaced"), limit)
        if "ended" in outcomes:
            # Before others are stored, which may come in their place.
            snapshots.end(connection, target)
        if "days" in steps:
            cursor.execute(steps["days"])
        cursor.execute(steps.get("merge") or _merge(target, columns_of(connection, target)))
    return outcomes, flags


def _count(cursor: Cursor) -> tuple[dict[str, int], dict[str, int]]:
    """Return the judged rows by outcome, and those to be stored by flag."""
    outcomes, flags = Counter[str](), Counter[str]()
    cursor.execute(read_sql("loaders.statements", "outcomes"))
    for outcome, remarks, rows in cursor.fetchall():
        outcomes[outcome] += rows
        flags.update(dict.fromkeys(remarks, rows))
    return dict(outcomes), dict(sorted(flags.items()))


def _steps(target: Table) -> dict[str, str]:
    """Return the statements that a table has of its own, by name."""
    return {file.name: file.text for file in list_sql(f"loaders.targets.{target.name}")}


def _merge(target: Table, columns: Sequence[str]) -> sql.Composed:
    """Return the statements that store the new rows of ``resolved``, and put corrections in the place of the old ones.

    Nobody else stores any meanwhile, so what is new is known; ON CONFLICT would write twice to the log for each row.
    """
    (natural_key,) = target.key
    _, *written = columns
    values = WRITTEN_BY_LOAD | ({"ended_at": sql.SQL("NULL")} if target in snapshots.ENDING else {})
    return sql.SQL(
        "INSERT INTO {table} ({columns}) SELECT {values} FROM resolved"
        " WHERE resolved.is_latest AND resolved.row_outcome = 'loaded';"
        " UPDATE {table} AS stored SET ({columns}) = ROW({values}) FROM resolved"
        " WHERE resolved.is_latest AND resolved.row_outcome = 'updated'"
        " AND stored.source = current_setting('svp.source') AND stored.{natural_key} = resolved.{natural_key}"
    ).format(
        table=sql.Identifier("oltp", target.name),
        columns=sql.SQL(", ").join(map(sql.Identifier, written)),
        values=sql.SQL(", ").join(
            values.get(name, sql.Identifier("resolved", name)) for name in written
        ),
        natural_key=sql.Identifier(natural_key),
    )


def view_stored(connection: Connection, target: Table) -> None:
    """Let the rows of a table be seen under the name ``stored``, each with its keys and as an image of itself."""
    with connection.cursor() as cursor:
        stored = _steps(target).get("stored")
        cursor.execute(stored or _stored(target, columns_of(connection, target)[0]))


def columns_of(connection: Connection, target: Table) -> list[str]:
    """Return the columns of a table as it is stored, its primary key first."""
    with connection.cursor() as cursor:
        cursor.execute(read_sql("loaders.statements", "table_columns"), {"target": target.name})
        return [name for (name,) in cursor.fetchall()]


def _stored(target: Table, key: str) -> sql.Composed:
    (natural_key,) = target.key
    return sql.SQL(
        "CREATE OR REPLACE TEMPORARY VIEW stored AS SELECT {key} AS row_key, {natural_key} AS natural_id,"
        " source, load_id, to_jsonb({name}) AS image FROM {table}"
    ).format(
        key=sql.Identifier(key),
        natural_key=sql.Identifier(natural_key),
        name=sql.Identifier(target.name),
        table=sql.Identifier("oltp", target.name),
    )


def restage(connection: Connection, load_id: int, *, is_waiting: bool) -> None:
    """Stage rows of a load again that PostgreSQL refused; or only those that wait for what they refer to."""
    parameters = {"load_id": load_id, "is_waiting": is_waiting}
    with connection.cursor() as cursor:
        cursor.execute(read_sql("loaders.statements", "restage"), parameters)


def keep(connection: Connection, rows: Literal["found", "accepted"]) -> Counter[str]:
    """Leave out the judged rows that wait on, or that are refused at all; return how many, by code."""
    with connection.cursor() as cursor:
        cursor.execute(read_sql("loaders.statements", f"keep_{rows}"))
        return Counter(code for (code,) in cursor.fetchall())


def leave_overtaken(connection: Connection, target: Table, load_id: int) -> None:
    """Leave out the judged rows of a load in whose place a later delivery is stored, and note that."""
    view_stored(connection, target)
    with connection.cursor() as cursor:
        cursor.execute(read_sql("loaders.statements", "leave_overtaken"), {"load_id": load_id})


def count_judged(connection: Connection) -> int:
    """Return how many judged rows there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM resolved")
        ((judged_rows,),) = cursor.fetchall()
        return int(judged_rows)
