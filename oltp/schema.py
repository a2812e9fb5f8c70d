"""Create, upgrade, check and remove the PostgreSQL part of a workspace."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from svp.core import migrations
from svp.core.postgres import connect, create_database, drop_database, transaction
from svp.core.progress import SILENT, Progress
from svp.core.sqlfiles import read_sql

if TYPE_CHECKING:
    from collections.abc import Mapping

    from svp.core.migrations import Migration
    from svp.settings import Settings

__all__ = ["check_current", "install", "reset"]

LOCK_KEY = 0x737670_01
"""Advisory lock of a migration; any number that no other svp lock uses."""


class PostgresStore:
    """The migrations of one workspace's PostgreSQL database; each is one transaction with its record."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.url("postgres")
        self._database = settings.workspace.postgres_database
        self.name = f"PostgreSQL database {self._database}"

    def applied(self) -> Mapping[int, str]:
        """Return the checksum of each applied migration by number."""
        with (
            closing(connect(self._url, self._database)) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT to_regclass('ops.schema_migration') IS NOT NULL")
            if cursor.fetchone() == (False,):
                return {}
            cursor.execute("SELECT number, checksum FROM ops.schema_migration")
            return dict(cursor.fetchall())

    def apply(self, migration: Migration) -> None:
        """Make the change and record it, unless another run did so meanwhile."""
        record = "INSERT INTO ops.schema_migration (number, name, checksum) VALUES (%s, %s, %s)"
        with transaction(self._url, self._database) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK_KEY,))
            cursor.execute(read_sql("oltp", "migration_table"))
            cursor.execute(
                "SELECT 1 FROM ops.schema_migration WHERE number = %s", (migration.number,)
            )
            if cursor.fetchone() is None:
                cursor.execute(migration.text)
                cursor.execute(record, (migration.number, migration.name, migration.checksum))


def install(settings: Settings, *, progress: Progress = SILENT) -> tuple[Migration, ...]:
    """Create the database if need be and bring its schema up to date; return what was applied.

    Raises:
        SchemaError: the schema is newer than the program.
    """
    database = settings.workspace.postgres_database
    if create_database(settings.url("postgres"), database):
        progress.say(f"created PostgreSQL database {database}")
    return migrations.migrate(
        PostgresStore(settings), migrations.load_migrations("oltp.migrations")
    )


def check_current(settings: Settings) -> None:
    """Raise SchemaError unless the database has exactly this program's schema."""
    migrations.check_current(PostgresStore(settings), migrations.load_migrations("oltp.migrations"))


def reset(settings: Settings) -> None:
    """Drop the workspace's database; safe to repeat."""
    drop_database(settings.url("postgres"), settings.workspace.postgres_database)
