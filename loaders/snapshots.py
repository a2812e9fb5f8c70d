"""Full deliveries: rows of their source and kind that they no longer have are ended.

A row that ended stays where it is, because others refer to it, and says when; a delivery that has it again begins it
anew. It is kept as it was before, as a row that is replaced is, so undo brings it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from psycopg2 import sql

from svp.errors import InputError, UsageError
from svp.model import CONTENT, DEVICES, EPISODES, USERS, WATCHLIST

if TYPE_CHECKING:
    from loaders.contract import Kind
    from loaders.tolerance import Tolerance
    from svp.core.postgres import Connection
    from svp.model import Table

__all__ = [
    "ENDING",
    "Missing",
    "check_ending",
    "end",
    "find_missing",
    "refuse_many",
    "resolve_missing",
]

ENDING = (USERS, CONTENT, EPISODES, DEVICES, WATCHLIST)
"""Tables whose rows may end. What happened, as a play or a payment, doesn't cease to have happened."""


class Missing(NamedTuple):
    """What a full delivery lacks of the rows of its source and kind."""

    rows: int
    present_rows: int
    """Rows that had not ended before."""


def check_ending(name: str, kind: Kind) -> None:
    """Raise UsageError unless rows of a kind may end; ``name`` is that of the file."""
    if kind.store == "postgres" and kind.target in ENDING:
        return
    message = f"{name} is {kind.name}, which tells what happened: its rows don't end"
    tables = ", ".join(table.name for table in ENDING)
    raise UsageError(message, f"give --snapshot with files that become {tables} only")


def find_missing(connection: Connection, target: Table, kind: str) -> Missing:
    """Find the rows that the staged file lacks: they are ``leaving``, and keep no other from their place."""
    (key,) = target.key
    statement = sql.SQL(
        "WITH present AS (SELECT stored.{key} AS natural_id FROM {table} AS stored"
        " INNER JOIN ops.load ON stored.load_id = load.load_id"
        " WHERE stored.source = current_setting('svp.source') AND load.kind = %(kind)s AND stored.ended_at IS NULL),"
        " missing AS (INSERT INTO leaving (natural_id) SELECT present.natural_id FROM present"
        " WHERE NOT EXISTS (SELECT 1 FROM stage WHERE stage.{key} = present.natural_id) RETURNING 1)"
        " SELECT (SELECT count(*) FROM missing), (SELECT count(*) FROM present)"
    ).format(key=sql.Identifier(key), table=sql.Identifier("oltp", target.name))
    with connection.cursor() as cursor:
        cursor.execute(statement, {"kind": kind})
        return Missing(*cursor.fetchall()[0])


def resolve_missing(connection: Connection) -> None:
    """Add the rows that are ``leaving`` to those that are judged, with the outcome ``ended``."""
    statement = (
        "INSERT INTO resolved (natural_id, is_latest, row_outcome)"
        " SELECT leaving.natural_id, TRUE, 'ended' FROM leaving"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)


def end(connection: Connection, target: Table) -> None:
    """End the rows of that outcome; their hash says so too, so that one that comes again is no unchanged row."""
    (key,) = target.key
    statement = sql.SQL(
        "UPDATE {table} AS stored SET ended_at = transaction_timestamp(),"
        " load_id = cast(current_setting('svp.load_id') AS bigint),"
        " row_hash = cast(md5(stored.row_hash || ' ended') AS uuid) FROM resolved"
        " WHERE resolved.row_outcome = 'ended' AND stored.{key} = resolved.natural_id"
        " AND stored.source = current_setting('svp.source')"
    ).format(key=sql.Identifier(key), table=sql.Identifier("oltp", target.name))
    with connection.cursor() as cursor:
        cursor.execute(statement)


def refuse_many(name: str, whole: str, missing: Missing, may_end: Tolerance) -> None:
    """Raise InputError if more rows would end than may: the file, ``name``, may not be the whole of a kind or day."""
    if not may_end.is_exceeded(missing.rows, rows=missing.present_rows):
        return
    message = (
        f"{name} lacks {missing.rows:,} of the {missing.present_rows:,} rows of {whole} that are there,"
        f" more than the {may_end} that may end; nothing of it was loaded"
    )
    advice = (
        f"check that it is the whole of them; if it is, give it with --max-ended {missing.rows}"
    )
    raise InputError(message, advice)
