"""The bulk writer of PostgreSQL: COPY into a stage, judged and merged there set-wise, in one transaction."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.csv as pacsv
from psycopg2 import sql

from svp.core.sqlfiles import list_sql, read_sql

if TYPE_CHECKING:
    from collections.abc import Iterable

    from loaders.batches import Refusal
    from svp.core.postgres import Connection
    from svp.model import Table

__all__ = ["begin", "merge", "quarantine", "write"]

COPY_BUFFER_BYTES = 1024 * 1024


def begin(connection: Connection, target: Table, *, source: str, load_id: int) -> None:
    """Prepare a transaction for one file: its settings, and an empty stage for rows of ``target``."""
    settings = {"svp.source": source, "svp.load_id": str(load_id)}
    with connection.cursor() as cursor:
        for name, value in settings.items():
            cursor.execute("SELECT set_config(%s, %s, true)", (name, value))
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


def quarantine(connection: Connection, load_id: int, refusals: Iterable[Refusal]) -> int:
    """Keep refused rows, with the reason; return how many."""
    kept = list(refusals)
    columns = {
        "lines": [refusal.line for refusal in kept],
        "columns": [refusal.column for refusal in kept],
        "codes": [refusal.code for refusal in kept],
        "refused_values": [refusal.value for refusal in kept],
        "row_texts": [refusal.row_text for refusal in kept],
    }
    with connection.cursor() as cursor:
        cursor.execute(
            read_sql("loaders.statements", "quarantine"), {"load_id": load_id, **columns}
        )
    return len(kept)


def merge(connection: Connection, target: Table) -> tuple[dict[str, int], dict[str, int]]:
    """Judge the staged rows, store what is new or corrected, quarantine what is refused, note the days.

    Returns:
        Rows by outcome (loaded, unchanged, updated, rejected), and stored rows by flag.
    """
    package = f"loaders.targets.{target.name}"
    available = {file.name: file.text for file in list_sql(package)}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE stage")
        cursor.execute(available["resolve"])
        cursor.execute(read_sql("loaders.statements", "refuse"))
        cursor.execute(read_sql("loaders.statements", "outcomes"))
        outcomes = dict(cursor.fetchall())
        cursor.execute(read_sql("loaders.statements", "flags"))
        flags = dict(cursor.fetchall())
        if "days" in available:
            cursor.execute(available["days"])
        cursor.execute(available["merge"])
    return outcomes, flags
