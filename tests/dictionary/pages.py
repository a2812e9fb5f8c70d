"""The dictionaries as Markdown, and the names of the pictures that go with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.dictionary.catalogue import mart_tables, postgres_tables, warehouse_tables
from tests.dictionary.diagram import draw

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from svp.settings import Settings
    from tests.dictionary.catalogue import Column, Table

__all__ = ["postgres_files", "warehouse_files"]

SECTIONS = {
    "Dimensions": ("dim_", "bridge_", "customer_user"),
    "Facts": ("fact_", "customer_first_day"),
    "Aggregates": ("agg_",),
    "Staging": ("stg_",),
}
"""Title and beginnings of names; what is in none of them keeps the warehouse going."""

REST = "Rules, versions and logs"
MADE = "Made from the catalogues of real servers by `python -m tests.dictionary`; a test holds it to them."
HEAD = "| column | type | null | key | meaning |\n|---|---|---|---|---|\n"
LEDGER = "ops.load"


def warehouse_files(settings: Settings) -> dict[str, str]:
    """Return the page and pictures of the warehouse by path below docs/."""
    tables = warehouse_tables(settings)
    sections = {title: [t for t in tables if _section(t) == title] for title in (*SECTIONS, REST)}
    dimensions = [table for table in sections["Dimensions"] if table.name.startswith("dim_")]
    bridges = [table for table in sections["Dimensions"] if table not in dimensions]
    return {
        "pictures/warehouse-facts.svg": draw(dimensions, [*sections["Facts"], *bridges]),
        "pictures/warehouse-aggregates.svg": draw(dimensions, sections["Aggregates"]),
        "dictionary-warehouse.md": "\n".join(
            (
                "# Dictionary of the warehouse\n",
                f"{MADE} [The warehouse](warehouse.md) says how it is kept. Rates, shares and averages of the marts",
                "are shown as the formulas that the views have.\n",
                "![Facts and the dimensions they refer to](pictures/warehouse-facts.svg)\n",
                "![Aggregates and the dimensions they refer to](pictures/warehouse-aggregates.svg)\n",
                *(_chapter(title, found) for title, found in sections.items()),
                _chapter("Marts", mart_tables(settings)),
            )
        ),
    }


def postgres_files(settings: Settings) -> dict[str, str]:
    """Return the page and the picture of PostgreSQL by path below docs/."""
    tables = postgres_tables(settings)
    drawn = [table for table in tables if table.name.startswith("oltp.")]
    referring = [table for table in drawn if _refers(table)]
    sides = [table for table in drawn if table not in referring]
    return {
        "pictures/postgres.svg": draw(sides, referring),
        "dictionary-postgres.md": "\n".join(
            (
                "# Dictionary of PostgreSQL\n",
                f"{MADE} Schema `oltp` holds the data, `ops` the ledger of loads, the quarantine and versions.",
                f"Left out of the picture: `load_id`, by which every row of `oltp` refers to `{LEDGER}`.\n",
                "![Tables of oltp and what they refer to](pictures/postgres.svg)\n",
                _chapter("oltp", drawn),
                _chapter("ops", [table for table in tables if table not in drawn]),
            )
        ),
    }


def _section(table: Table) -> str:
    found = (title for title, starts in SECTIONS.items() if table.name.startswith(starts))
    return next(found, REST)


def _refers(table: Table) -> bool:
    return any(column.refers_to not in {None, LEDGER} for column in table.columns)


def _chapter(title: str, tables: Sequence[Table]) -> str:
    return "\n".join((f"## {title}\n", *map(_table, tables)))


def _table(table: Table) -> str:
    return f"### `{table.name}`\n\n{table.meaning}\n\n{HEAD}{_rows(table.columns)}"


def _rows(columns: Iterable[Column]) -> str:
    return "".join(
        f"| `{column.name}` | {column.type} | {'yes' if column.is_nullable else ''} | {_key(column)} |"
        f" {_escaped(column.meaning)} |\n"
        for column in columns
    )


def _key(column: Column) -> str:
    roles = (
        "primary" if column.is_key else "",
        f"→ `{column.refers_to}`" if column.refers_to else "",
    )
    return " ".join(filter(None, roles))


def _escaped(text: str) -> str:
    return (
        text.replace("|", "\\|").replace("<", "&lt;")
        if "`" not in text
        else text.replace("|", "\\|")
    )
