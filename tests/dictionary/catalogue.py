"""Tables and columns as the catalogues of real servers have them, the same from MySQL and MariaDB."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlfluff.core import FluffConfig, Linter

from svp.core.mysql import open_connection
from svp.core.postgres import transaction
from svp.core.sqlfiles import list_sql

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from svp.settings import Settings

__all__ = ["Column", "Table", "mart_tables", "postgres_tables", "unsaid", "warehouse_tables"]

HERE = Path(__file__).parent
REFERENCE = re.compile(r"(dim_\w+)\.\w+_key\b")
DISPLAY_WIDTH = re.compile(r"\b(tinyint|smallint|mediumint|int|bigint)\(\d+\)")
CAST = re.compile(r"\Acast\((\w+\.\w+) AS [^()]+(?:\([^()]*\))?\)\Z")
HEADER = re.compile(r"\A(?:-- .*\n)+")


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    name: str
    type: str
    is_nullable: bool
    is_key: bool
    """Part of the primary key."""
    meaning: str
    refers_to: str | None = None
    """The table whose key it holds."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table, or one view of the marts."""

    name: str
    meaning: str
    columns: tuple[Column, ...]


def warehouse_tables(settings: Settings) -> tuple[Table, ...]:
    """Return the tables of the warehouse. It has no foreign keys: the comment of a column names what it refers to."""
    return tuple(
        Table(name, meaning, tuple(_mysql_column(name, row) for row in columns))
        for name, is_view, meaning, columns in _mysql_rows(
            settings, settings.workspace.warehouse_database
        )
        if not is_view
    )


def _mysql_column(table: str, row: Sequence[Any]) -> Column:
    name, kind, is_nullable, is_key, meaning = row
    found = REFERENCE.match(meaning)
    refers_to = found[1] if found and (found[1] != table or not is_key) else None
    return Column(name, _plain(kind), bool(is_nullable), bool(is_key), meaning, refers_to)


def mart_tables(settings: Settings) -> tuple[Table, ...]:
    """Return the views of the mart database; what they mean is said by the tables below and by their own text.

    A column that is only renamed has its meaning from there; any other is told by its formula.
    """
    said = {
        f"{table.name}.{column.name}": column.meaning
        for table in warehouse_tables(settings)
        for column in table.columns
    }
    texts = {file.name: file.text for file in list_sql("warehouse.marts")}
    return tuple(
        Table(
            name,
            header_of(texts[name]),
            _mart_columns(columns, formulas(texts[name]), said),
        )
        for name, _, _, columns in _mysql_rows(settings, settings.workspace.mart_database)
    )


def _mart_columns(
    rows: Iterable[Sequence[Any]], made_of: dict[str, str], said: dict[str, str]
) -> tuple[Column, ...]:
    return tuple(
        Column(
            name,
            _plain(kind),
            is_nullable=bool(is_nullable),
            is_key=False,
            meaning=_meaning(made_of[name], said),
        )
        for name, kind, is_nullable, _, _ in rows
    )


def _meaning(formula: str, said: dict[str, str]) -> str:
    return said.get(CAST.sub(r"\1", formula)) or f"`{formula}`"


def header_of(text: str) -> str:
    """Return the comment at the top of a view, without the view's name: what it is, and its grain."""
    found = HEADER.match(text)
    assert found
    lines = " ".join(line.removeprefix("-- ").strip() for line in found[0].splitlines())
    what, _, grain = lines.partition(": ")[2].partition(" grain:")
    return f"{_sentence(what)} {_sentence(grain)}".strip()


def _sentence(text: str) -> str:
    text = text.strip()
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}." if text else ""


def formulas(text: str) -> dict[str, str]:
    """Return what each column of a view is made of, by name."""
    config = FluffConfig(overrides={"dialect": "mysql", "templater": "raw"})
    tree = Linter(config=config).parse_string(text).tree
    assert tree is not None
    (select,) = list(tree.recursive_crawl("select_statement", recurse_into=False))
    clause = next(select.recursive_crawl("select_clause"))
    elements = clause.recursive_crawl("select_clause_element", recurse_into=False)
    return dict(_formula(" ".join(element.raw.split())) for element in elements)


def _formula(element: str) -> tuple[str, str]:
    formula, named, name = element.rpartition(" AS ")
    return (
        (name, formula) if named and name.isidentifier() else (element.rpartition(".")[2], element)
    )


def _mysql_rows(settings: Settings, database: str) -> list[tuple[Any, ...]]:
    query = (HERE / "mysql_columns.sql").read_text(encoding="utf-8")
    with open_connection(settings.url("mysql")) as connection, connection.cursor() as cursor:
        cursor.execute(query, {"database": database})
        # The engines' own orders differ in an underscore.
        rows = sorted((tuple(row) for row in cursor.fetchall()), key=lambda row: str(row[0]))
    return [
        (*table, [row[3:] for row in members])
        for table, members in groupby(rows, key=lambda row: row[:3])
    ]


def _plain(kind: str) -> str:
    """Return a type without the display width and the remark on its age that only MariaDB tells."""
    return DISPLAY_WIDTH.sub(r"\1", kind.partition(" /*")[0])


def postgres_tables(settings: Settings) -> tuple[Table, ...]:
    """Return the tables of schemas oltp and ops."""
    query = (HERE / "postgres_columns.sql").read_text(encoding="utf-8")
    database = settings.workspace.postgres_database
    with (
        transaction(settings.url("postgres"), database) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(query)
        rows = cursor.fetchall()
    return tuple(
        Table(name, meaning, tuple(Column(*row[2:]) for row in members))
        for (name, meaning), members in groupby(rows, key=lambda row: row[:2])
    )


def unsaid(tables: Sequence[Table]) -> list[str]:
    """Return the tables and columns without a meaning."""
    columns = [(table, column) for table in tables for column in table.columns]
    return [table.name for table in tables if not table.meaning] + [
        f"{table.name}.{column.name}" for table, column in columns if not column.meaning
    ]
