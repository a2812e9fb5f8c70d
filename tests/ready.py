"""A workspace with schemas that one test after another uses: what a test leaves in it is taken away.

Making schemas takes longer than most tests do with them. PostgreSQL copies a database that nobody writes to,
collections are emptied, and tables of the warehouse get back the rows that an installation leaves.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import replace
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
    from pathlib import Path

    from svp.core.mysql import Connection
    from svp.settings import Settings
    from warehouse.connections import Row

__all__ = ["ReadyWorkspace", "copy_postgres"]

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
        self._rows: Mapping[str, Sequence[Row]] = {}
        """Of the warehouse by table, as an installation leaves them; empty if there has to be one."""
        self._checksums: Mapping[str, int] = {}

    @contextmanager
    def lent(self, home: Path) -> Iterator[Settings]:
        """Give a test its settings, with a home of its own.

        One that changes the warehouse's schema, or accounts, uses up the warehouse: the next test gets another.
        """
        settings = replace(self._settings, home=home)
        copy_postgres(self._original, settings)
        if not self._rows:
            self._install(settings)
        statements = schema_statements(settings)
        try:
            yield settings
        finally:
            oltp.schema.reset(settings)
            if schema_statements(settings) == statements:
                self._restore(settings)
            else:
                nosql.schema.reset(settings)
                warehouse.schema.reset(settings)
                self._rows = {}

    def _install(self, settings: Settings) -> None:
        """Make what is kept, and note how it looks."""
        nosql.schema.install(settings)
        warehouse.schema.install(settings)
        with open_warehouse(settings) as connection:
            tables = [quote_mysql(table) for (table,) in fetch(connection, TABLES)]
            self._rows = {table: fetch(connection, f"SELECT * FROM {table}") for table in tables}
            self._checksums = checksums(connection, tables)

    def _restore(self, settings: Settings) -> None:
        """Make what is kept look so again."""
        with open_database(settings.url("mongo"), settings.workspace.mongo_database) as database:
            for name in database.list_collection_names():
                if name != nosql.schema.MIGRATION_COLLECTION:
                    database[name].delete_many({})
        with open_warehouse(settings) as connection:
            for table, checksum in checksums(connection, self._rows).items():
                if checksum != self._checksums[table]:
                    refill(connection, table, self._rows[table])


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


def schema_statements(settings: Settings) -> Sequence[Row]:
    """Return how many statements changed schemas or accounts of the warehouse's server, by kind."""
    with open_connection(settings.url("mysql")) as connection:
        return fetch(connection, SCHEMA_STATEMENTS)


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
