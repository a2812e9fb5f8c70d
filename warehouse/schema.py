"""Create, upgrade, check and remove the MySQL part of a workspace: warehouse and mart database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mysql.connector
from mysql.connector import errorcode

from svp.core import migrations
from svp.core.mysql import COLLATION, Connection, open_connection
from svp.core.progress import SILENT, Progress
from svp.core.sqlfiles import quote_mysql
from svp.errors import SchemaError
from warehouse.connections import execute, explained, fetch, hold_lock, open_warehouse
from warehouse.objects import install_objects, stale_objects

if TYPE_CHECKING:
    from collections.abc import Mapping

    from svp.core.migrations import Migration
    from svp.settings import Settings, Workspace

__all__ = ["check_current", "install", "reset"]

INSTALL_WAIT_SECONDS = 60


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
        """Run the statement and record it; run again if it was interrupted between the two."""
        record = (
            "INSERT INTO schema_migration (migration_number, name, checksum, applied_at)"
            " VALUES (%s, %s, %s, utc_timestamp(6))"
        )
        execute(self._connection, migration.text)
        execute(self._connection, record, (migration.number, migration.name, migration.checksum))


def install(settings: Settings, *, progress: Progress = SILENT) -> tuple[Migration, ...]:
    """Create the databases if need be and bring tables, procedures, events and views up to date.

    Returns the migrations that were applied; procedures, events and views are only said.

    Raises:
        SchemaError: the schema is newer than the program.
        LockError: another installation goes on for longer than a minute.
    """
    workspace = settings.workspace
    lock = f"{workspace.warehouse_database}.install"
    with (
        open_connection(settings.url("mysql")) as connection,
        explained(),
        hold_lock(connection, lock, wait_seconds=INSTALL_WAIT_SECONDS),
    ):
        for database in (workspace.warehouse_database, workspace.mart_database):
            if create_database(connection, database):
                progress.say(f"created MySQL database {database}")
        connection.database = workspace.warehouse_database
        applied = migrations.migrate(WarehouseStore(connection, workspace), load())
        installed = install_objects(connection, workspace)
    if installed:
        progress.say(
            f"installed {len(installed)} procedures, events and views in {workspace.warehouse_database}"
        )
    return applied


def create_database(connection: Connection, database: str) -> bool:
    """Create a database whose text compares by bytes; return False if it was there."""
    if fetch(
        connection, "SELECT 1 FROM information_schema.schemata WHERE schema_name = %s", (database,)
    ):
        return False
    execute(
        connection,
        f"CREATE DATABASE {quote_mysql(database)} CHARACTER SET utf8mb4 COLLATE {COLLATION}",
    )
    return True


def check_current(settings: Settings) -> None:
    """Raise SchemaError unless the warehouse has exactly this program's schema."""
    with open_warehouse(settings) as connection:
        store = WarehouseStore(connection, settings.workspace)
        migrations.check_current(store, load())
        stale = stale_objects(connection, settings.workspace)
    if stale:
        message = f"{store.name} has another {stale[0].kind} {stale[0].name} than this program"
        raise SchemaError(message, "run 'svp init' to bring it up to date")


def reset(settings: Settings) -> None:
    """Drop both databases with everything in them; nothing happens if there are none."""
    with open_connection(settings.url("mysql")) as connection, explained():
        for database in (settings.workspace.mart_database, settings.workspace.warehouse_database):
            execute(connection, f"DROP DATABASE IF EXISTS {quote_mysql(database)}")


def load() -> tuple[Migration, ...]:
    """Return the program's migrations, in order."""
    return migrations.load_migrations("warehouse.migrations")
