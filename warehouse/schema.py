"""Create, upgrade, check and remove the MySQL part of a workspace: warehouse and mart database."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import mysql.connector

from svp.core import migrations
from svp.core.mysql import COLLATION, open_connection
from svp.core.progress import SILENT, Progress
from svp.core.sqlfiles import quote_mysql
from svp.errors import SchemaError
from warehouse.connections import execute, explained, fetch, hold_lock, open_warehouse
from warehouse.objects import install_objects, stale_objects
from warehouse.reader import drop_reader
from warehouse.store import WarehouseStore, load

if TYPE_CHECKING:
    from svp.core.migrations import Migration
    from svp.core.mysql import Connection
    from svp.settings import Settings

__all__ = ["check_current", "install", "reset"]

INSTALL_WAIT_SECONDS = 60


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
        allow_tables_without_key(connection)
        applied = migrations.migrate(WarehouseStore(connection, workspace), load())
        installed = install_objects(connection, workspace)
    if installed:
        progress.say(
            f"installed {len(installed)} procedures, events and views in {workspace.warehouse_database}"
        )
    return applied


def allow_tables_without_key(connection: Connection) -> None:
    """Have the server take tables without a primary key, as those of staging are, if it knows and allows to say so."""
    with suppress(mysql.connector.Error):
        execute(connection, "SET SESSION sql_require_primary_key = OFF")


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
    """Raise SchemaError unless tables and procedures are exactly this program's: what an export works with."""
    with open_warehouse(settings) as connection:
        store = WarehouseStore(connection, settings.workspace)
        migrations.check_current(store, load())
        stale = stale_objects(connection, settings.workspace, kinds={"procedure"})
    if stale:
        message = f"{store.name}: {stale[0].fault}"
        raise SchemaError(message, "run 'svp init' to bring it up to date")


def reset(settings: Settings) -> None:
    """Drop the databases with everything in them, and the account that reads them; safe to repeat."""
    workspace = settings.workspace
    with open_connection(settings.url("mysql")) as connection, explained():
        for database in (
            workspace.mart_database,
            workspace.rebuild_database,
            workspace.warehouse_database,
        ):
            execute(connection, f"DROP DATABASE IF EXISTS {quote_mysql(database)}")
        drop_reader(connection, settings)
