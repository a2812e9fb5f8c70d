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
from psycopg2.errors import LockNotAvailable

from svp.core.sqlfiles import read_sql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from svp.core.postgres import Connection
    from svp.model import Table

__all__ = ["make_again", "suspended"]

LOCK_WAIT = "200ms"
"""Readers that come meanwhile wait as long; after it, the table is filled with everything on."""


@contextmanager
def suspended(connection: Connection, target: Table) -> Iterator[None]:
    """Take off the foreign keys and indexes of a table that is empty, is ours, and is not being read.

    Whatever happens inside, they are there again afterwards; who brings rows makes them again before.
    """
    with suppress(LockNotAvailable), connection:
        _take_off(connection, target)
    try:
        yield
    except BaseException:
        # The connection may be lost; then the next run does it.
        with suppress(psycopg2.Error), connection:
            make_again(connection)
        raise
    with connection:
        make_again(connection)


def _take_off(connection: Connection, target: Table) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", (LOCK_WAIT,))
        table = sql.Identifier("oltp", target.name)
        cursor.execute(sql.SQL("SELECT EXISTS (SELECT 1 FROM {})").format(table))
        if cursor.fetchone() == (True,):
            return
        cursor.execute(read_sql("loaders.statements", "suspendable"), {"target": target.name})
        for removal, definition in cursor.fetchall():
            cursor.execute(removal)
            cursor.execute("INSERT INTO ops.suspended (definition) VALUES (%s)", (definition,))


def make_again(connection: Connection) -> None:
    """Make what is off, in the transaction that is open; nothing, if all is on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT definition FROM ops.suspended ORDER BY suspended_id")
        for (definition,) in cursor.fetchall():
            cursor.execute(definition)
        cursor.execute("DELETE FROM ops.suspended")
