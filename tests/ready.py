"""A workspace with schemas that one test after another uses: what a test leaves in it is taken away.

Making schemas takes longer than most tests do with them. PostgreSQL copies a database that nobody writes to,
collections are emptied, and tables of the warehouse get back the rows that an installation leaves.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import replace
from operator import itemgetter
from typing import TYPE_CHECKING

from psycopg2 import sql

import nosql.schema
import oltp.schema
import warehouse.schema
from svp.core.mongodb import open_database
from svp.core.mysql import open_connection
from svp.core.postgres import connect
from svp.core.sqlfiles import quote_mysql
from warehouse.connections import execute, fetch, open_warehouse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from svp.core.mongodb import MongoDatabase
    from svp.core.mysql import Connection
    from svp.settings import Settings
    from warehouse.connections import Row

__all__ = ["Installed", "ReadyWorkspace", "copy_postgres"]

TABLES = (
    "SELECT table_name FROM information_schema.tables"
    " WHERE table_schema = schema() AND table_type = 'BASE TABLE'"
)

SCHEMA_STATEMENTS = (
    "SHOW GLOBAL STATUS WHERE variable_name REGEXP '^Com_(alter|create|drop|rename|grant|revoke)'"
)
"""How many statements of each kind that changes schemas or accounts the server was given."""


class ReadyWorkspace:
    """Lends a workspace with schemas and no rows but those that an installation leaves."""

    def __init__(self, settings: Settings, original: Settings) -> None:
        """Take a workspace that nothing else uses, and another whose PostgreSQL has the schema and is left alone."""
        self._settings = settings
        self._original = original
        self._installed: Installed | None = None

    @contextmanager
    def lent(self, home: Path) -> Iterator[Settings]:
        """Give a test its settings, with a home of its own.

        One that changes a schema of MongoDB or of the warehouse, or accounts, uses both up: the next test gets others,
        as it does when somebody else changes those on the warehouse's server meanwhile.
        """
        settings = replace(self._settings, home=home)
        oltp.schema.reset(settings)
        copy_postgres(self._original, settings)
        installed, self._installed = self._installed or Installed(settings), None
        before = state_of_schemas(settings)
        try:
            yield settings
        finally:
            oltp.schema.reset(settings)
            if state_of_schemas(settings) == before:
                installed.restore(settings)
                self._installed = installed
            else:
                nosql.schema.reset(settings)
                warehouse.schema.reset(settings)


class Installed:
    """What an installation leaves in MongoDB and in the warehouse."""

    def __init__(self, settings: Settings) -> None:
        """Install both, and note what is there."""
        for room in (nosql.schema, warehouse.schema):
            room.reset(settings)  # what a test left that could not be taken away
            room.install(settings)
        with opened_documents(settings) as database:
            self._migrations = list(database[nosql.schema.MIGRATION_COLLECTION].find())
        with open_warehouse(settings) as connection:
            tables = [quote_mysql(table) for (table,) in fetch(connection, TABLES)]
            self._rows = {table: fetch(connection, f"SELECT * FROM {table}") for table in tables}
            self._checksums = checksums(connection, tables)

    def restore(self, settings: Settings) -> None:
        """Take away everything else."""
        with opened_documents(settings) as database:
            for name in database.list_collection_names():
                database[name].delete_many({})
            database[nosql.schema.MIGRATION_COLLECTION].insert_many(self._migrations)
        with open_warehouse(settings) as connection:
            for table, checksum in checksums(connection, self._rows).items():
                if checksum != self._checksums[table]:
                    refill(connection, table, self._rows[table])


def opened_documents(settings: Settings) -> AbstractContextManager[MongoDatabase]:
    """Open the MongoDB of a workspace."""
    return open_database(settings.url("mongo"), settings.workspace.mongo_database)


def state_of_schemas(settings: Settings) -> tuple[Sequence[object], ...]:
    """Return what differs when collections were changed, or the warehouse's server changed schemas or accounts."""
    with opened_documents(settings) as database:
        collections = sorted(database.list_collections(), key=itemgetter("name"))
    with open_connection(settings.url("mysql")) as connection:
        return collections, fetch(connection, SCHEMA_STATEMENTS)


def copy_postgres(original: Settings, settings: Settings) -> None:
    """Make a workspace's database as a copy of another one's."""
    names = (settings.workspace.postgres_database, original.workspace.postgres_database)
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
        *map(sql.Identifier, names)
    )
    with (
        closing(connect(settings.url("postgres"), "postgres", autocommit=True)) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def checksums(connection: Connection, tables: Iterable[str]) -> Mapping[str, int]:
    """Return a checksum of the rows of each table."""
    found = fetch(connection, f"CHECKSUM TABLE {', '.join(tables)}")
    return {table: checksum for table, (_, checksum) in zip(tables, found, strict=True)}


def refill(connection: Connection, table: str, rows: Sequence[Row]) -> None:
    """Give a table these rows and no others, and let its keys begin anew."""
    execute(connection, f"TRUNCATE TABLE {table}")
    if rows:
        places = ", ".join(["%s"] * len(rows[0]))
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {table} VALUES ({places})", rows)
