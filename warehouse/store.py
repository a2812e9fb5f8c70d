"""The tables of a workspace's warehouse: which migrations it has, and whether they are this program's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mysql.connector
from mysql.connector import errorcode

from svp.core import migrations
from warehouse.connections import execute, fetch, open_warehouse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from svp.core.migrations import Migration
    from svp.core.mysql import Connection
    from svp.settings import Settings, Workspace

__all__ = ["WarehouseStore", "check_tables", "load", "staging_tables"]

DONE_ERRORS = frozenset(
    {
        errorcode.ER_CANT_DROP_FIELD_OR_KEY,
        errorcode.ER_DUP_FIELDNAME,
        errorcode.ER_DUP_KEYNAME,
    }
)
"""What the server says to a change of a table that was made already."""


class WarehouseStore:
    """The migrations of one warehouse database; each is one statement, then its record."""

    def __init__(self, connection: Connection, workspace: Workspace) -> None:
        self.name = f"MySQL database {workspace.warehouse_database}"
        self._connection = connection

    def applied(self) -> Mapping[int, str]:
        """Return the checksum of each applied migration by number; none before the first."""
        try:
            return dict(
                fetch(self._connection, "SELECT migration_number, checksum FROM schema_migration")
            )
        except mysql.connector.Error as error:
            if error.errno == errorcode.ER_NO_SUCH_TABLE:
                return {}
            raise

    def apply(self, migration: Migration) -> None:
        """Run the statement and record it; run again if it was interrupted between the two.

        A key that can't be dropped because it is gone was dropped by such a run; a column or a key that is there was
        added.
        """
        record = (
            "INSERT INTO schema_migration (migration_number, name, checksum, applied_at)"
            " VALUES (%s, %s, %s, utc_timestamp(6))"
        )
        try:
            execute(self._connection, migration.text)
        except mysql.connector.Error as error:
            if error.errno not in DONE_ERRORS:
                raise
        execute(self._connection, record, (migration.number, migration.name, migration.checksum))


def check_tables(settings: Settings) -> None:
    """Raise SchemaError unless the tables are exactly this program's, whatever became of procedures and views."""
    with open_warehouse(settings) as connection:
        migrations.check_current(WarehouseStore(connection, settings.workspace), load())


def load() -> tuple[Migration, ...]:
    """Return the program's migrations, in order."""
    return migrations.load_migrations("warehouse.migrations")


def staging_tables() -> tuple[str, ...]:
    """Return the names of the staging tables: each has a migration of its own, named after it."""
    names = (migration.name.partition("_")[2] for migration in load())
    return tuple(name for name in names if name.startswith("stg_"))
