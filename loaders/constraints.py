"""Filling an empty table: its foreign keys and indexes are off while rows come, and are made again with them.

Looking each row's parents up, one by one, and keeping indexes in order takes most of a large load. So what only costs
is taken off before it, in a moment in which nobody reads the tables; it is made again, and validated, in the
transaction that brings the rows, which locks no reader out. What is off is noted: a run that is killed leaves an empty
table without it, and the next one makes it again before anything else.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import psycopg2
from psycopg2 import sql
from psycopg2.errors import InsufficientPrivilege, LockNotAvailable, QueryCanceled

from loaders.ledger import only_ingest
from loaders.steps import Step, reached
from svp.core.sqlfiles import read_sql
from svp.errors import LockError, ServerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from svp.core.postgres import Connection
    from svp.model import Table
    from svp.settings import Settings

__all__ = ["make_again", "mend", "suspended"]

LOCK_WAIT = "200ms"
"""For all locks together; readers that come meanwhile wait as long. Then the table is filled with everything on."""


@contextmanager
def suspended(connection: Connection, target: Table) -> Iterator[None]:
    """Take off the foreign keys and indexes of a table that is empty, is ours, and is not being read.

    Whatever happens inside, they are there again afterwards; who brings rows makes them again before.
    """
    is_off = False
    with suppress(QueryCanceled, LockNotAvailable, InsufficientPrivilege), connection:
        is_off = _take_off(connection, target)
    try:
        if is_off:
            reached(Step.KEYS_OFF)
        yield
    except BaseException:
        # The connection may be lost; then the next run does it.
        with suppress(psycopg2.Error), connection:
            make_again(connection)
        raise
    with connection:
        make_again(connection)


def _take_off(connection: Connection, target: Table) -> bool:
    """Return whether anything was taken off."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", (LOCK_WAIT,))
        table = sql.Identifier("oltp", target.name)
        cursor.execute(sql.SQL("SELECT EXISTS (SELECT 1 FROM {})").format(table))
        if cursor.fetchone() == (True,):
            return False
        cursor.execute(read_sql("loaders.statements", "suspendable"), {"target": target.name})
        found = cursor.fetchall()
        if not found:
            return False
        parents = sorted({parent for *_, parent in found if parent is not None})
        cursor.execute(_locking([table, *map(sql.SQL, parents)]))
        for removal, definition, _ in found:
            cursor.execute(removal)
            cursor.execute("INSERT INTO ops.suspended (definition) VALUES (%s)", (definition,))
    return True


def _locking(tables: Iterable[sql.Composable]) -> sql.Composed:
    """Return the one statement that waits: what is taken off then needs no further lock."""
    return sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(sql.SQL(", ").join(tables))


def make_again(connection: Connection) -> None:
    """Make what is off, in the transaction that is open; nothing, if all is on.

    Raises:
        ServerError: the tables are not ours.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT definition FROM ops.suspended ORDER BY suspended_id")
        definitions = cursor.fetchall()
        for (definition,) in definitions:
            try:
                cursor.execute(definition)
            except InsufficientPrivilege as error:
                message = "a killed load left foreign keys or indexes off, which only the owner of the tables may make"
                advice = "run 'svp init' with the owner's URL, then the same command again"
                raise ServerError(message, advice) from error
        cursor.execute("DELETE FROM ops.suspended")
    if definitions:
        reached(Step.KEYS_ON)


def mend(settings: Settings) -> None:
    """Make what a killed load left off; an ingest that is at work does so itself.

    Raises:
        ServerError: the tables are not ours.
    """
    with suppress(LockError), only_ingest(settings) as connection, connection:
        make_again(connection)
