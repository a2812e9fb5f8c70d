"""What three stores say, as a hash for each table, collection and mart; who says the same has the same.

Left out is what counts attempts and tells times: numbers of loads, keys that a sequence gave, when something was done.
A key that refers to another row is replaced by what that row is called.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from bson import json_util
from psycopg2 import sql

from loaders import snapshots
from svp.core.mongodb import open_database
from svp.core.mysql import open_connection
from svp.core.postgres import connect
from svp.core.sqlfiles import quote_mysql, read_sql
from svp.model import TABLES
from warehouse.connections import fetch
from warehouse.reading import list_marts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from svp.core.mysql import Connection as MySQLConnection
    from svp.core.postgres import Connection
    from svp.settings import Settings

__all__ = ["STORES", "Content", "contents"]

STORES = ("PostgreSQL", "MongoDB", "MySQL")

NATURAL_KEYS = {table.name: table.key[0] for table in TABLES} | {"genres": "genre"}
OF_THE_RUN = {"load_id", "replaced_load_id"}
"""Fields of documents that count attempts."""

ENDING = {table.name for table in snapshots.ENDING}
"""Tables of which a row says when a full delivery ended it; a play has ended by itself."""

OWN_MARTS = {"data_freshness"}
"""Marts that tell when something was done."""

LEDGER = {"ops.load": "ledger", "ops.quarantine": "quarantine", "keys": "keys"}
"""Tables of the bookkeeping, and the indexes and constraints: the files of the queries that say them."""

MARKED = {
    "ops.day_version": "SELECT day::text FROM ops.day_version ORDER BY day",
    "ops.mark": "SELECT mark FROM ops.mark ORDER BY mark",
}


@dataclass(frozen=True, slots=True)
class Content:
    """What a table, a collection or a mart says."""

    store: str
    name: str
    rows: int
    sha256: str


def contents(settings: Settings) -> tuple[Content, ...]:
    """Return the content of every table, collection and mart of a workspace."""
    return (*_of_postgres(settings), *_of_mongodb(settings), *_of_mysql(settings))


def _content(store: str, name: str, rows: Iterable[str]) -> Content:
    digest, count = sha256(), 0
    for row in rows:
        digest.update(row.encode() + b"\n")
        count += 1
    return Content(store, name, count, digest.hexdigest())


def _of_postgres(settings: Settings) -> Iterator[Content]:
    url, database = settings.url("postgres"), settings.workspace.postgres_database
    with closing(connect(url, database)) as connection:
        statements: dict[str, str | sql.Composed] = {
            f"oltp.{name}": statement for name, statement in _tables(connection)
        }
        statements |= {name: read_sql("warehouse.selfcheck", file) for name, file in LEDGER.items()}
        for name, statement in (statements | MARKED).items():
            yield _content("PostgreSQL", name, _texts(connection, statement))


def _texts(connection: Connection, statement: str | sql.Composed) -> Iterator[str]:
    with connection, closing(connection.cursor("contents")) as cursor:
        cursor.execute(statement)
        for (text,) in cursor:
            yield text


def _tables(connection: Connection) -> Iterator[tuple[str, sql.Composed]]:
    """Yield each table of rows, and the query that says its rows without keys of a sequence."""
    parents: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)
    with connection, connection.cursor() as cursor:
        cursor.execute(read_sql("warehouse.selfcheck", "foreign_keys"))
        for table, column, parent, key in cursor.fetchall():
            parents[table].append((column, parent, key))
        cursor.execute(read_sql("warehouse.selfcheck", "base_tables"))
        own_keys = dict(cursor.fetchall())
    for name, own_key in own_keys.items():
        yield name, _said(name, own_key, parents[name])


def _said(name: str, own_key: str | None, parents: Sequence[tuple[str, str, str]]) -> sql.Composed:
    """Return the query of a table's rows as text, in order."""
    unsaid = [*filter(None, [own_key]), "load_id", *(column for column, _, _ in parents)]
    if name in ENDING:
        unsaid.append("ended_at")
    is_ended = sql.SQL("'is_ended', ended_at IS NOT NULL")
    named: list[sql.Composable] = [is_ended] if name in ENDING else []
    named += [
        sql.SQL(
            "{column}, (SELECT to_jsonb(parent) -> {natural} FROM {parent} AS parent"
            " WHERE parent.{key} = said.{own})"
        ).format(
            column=sql.Literal(column),
            natural=sql.Literal(NATURAL_KEYS[parent]),
            parent=sql.Identifier("oltp", parent),
            key=sql.Identifier(key),
            own=sql.Identifier(column),
        )
        for column, parent, key in parents
    ]
    return sql.SQL(
        "SELECT ((to_jsonb(said) - {unsaid}::text[]) || jsonb_build_object({named}))::text AS row"
        " FROM {table} AS said ORDER BY row"
    ).format(
        unsaid=sql.Literal(unsaid),
        named=sql.SQL(", ").join(named),
        table=sql.Identifier("oltp", name),
    )


def _of_mongodb(settings: Settings) -> Iterator[Content]:
    with open_database(settings.url("mongo"), settings.workspace.mongo_database) as database:
        for name in sorted(database.list_collection_names()):
            if name.startswith(("system.", "schema_")):
                continue
            documents = database[name].find().sort("_id")
            said = (
                json_util.dumps(
                    {field: value for field, value in found.items() if field not in OF_THE_RUN},
                    sort_keys=True,
                )
                for found in documents
            )
            yield _content("MongoDB", name, said)


def _of_mysql(settings: Settings) -> Iterator[Content]:
    with open_connection(settings.url("mysql"), settings.workspace.mart_database) as connection:
        for mart in list_marts():
            if mart.name not in OWN_MARTS:
                yield _content("MySQL", mart.name, _mart_rows(connection, mart.name))


def _mart_rows(connection: MySQLConnection, mart: str) -> list[str]:
    """Return the rows of a mart in an order that doesn't depend on keys."""
    columns = [
        name
        for name, *_ in fetch(connection, f"SHOW COLUMNS FROM {quote_mysql(mart)}")
        if name == "date_key" or not (name.endswith("_key") or name == "refreshed_at")
    ]
    chosen = ", ".join(map(quote_mysql, columns)) or "count(*)"
    return sorted(map(repr, fetch(connection, f"SELECT {chosen} FROM {quote_mysql(mart)}")))  # noqa: S608  (quoted)
