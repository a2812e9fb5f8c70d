"""The dictionaries and diagrams of docs/ are what real servers say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.dictionary.catalogue import postgres_tables, unsaid, warehouse_tables
from tests.dictionary.pages import postgres_files, warehouse_files

if TYPE_CHECKING:
    from tests.integration.warehouse.builders import Platform

DOCS = Path(__file__).parents[3] / "docs"
STAR = ("dim_", "bridge_", "fact_", "agg_")


def differing(files: dict[str, str]) -> list[str]:
    """Return the files of docs/ to write again, by 'python -m tests.dictionary'."""
    return [path for path, text in files.items() if (DOCS / path).read_text("utf-8") != text]


def test_dictionary_of_the_warehouse_is_what_its_server_says(empty_platform: Platform) -> None:
    assert differing(warehouse_files(empty_platform.settings)) == []


def test_dictionary_of_postgresql_is_what_its_server_says(empty_platform: Platform) -> None:
    assert differing(postgres_files(empty_platform.settings)) == []


def test_every_table_and_column_says_what_it_means(empty_platform: Platform) -> None:
    settings = empty_platform.settings
    assert unsaid((*warehouse_tables(settings), *postgres_tables(settings))) == []


def test_every_key_of_the_star_says_whose_it_is(empty_platform: Platform) -> None:
    tables = warehouse_tables(empty_platform.settings)
    silent = [
        f"{table.name}.{column.name}"
        for table in tables
        if table.name.startswith(STAR)
        for column in table.columns
        if column.name.endswith("_key") and column.refers_to is None
        # A dimension's own key refers to nothing.
        if not (table.name.startswith("dim_") and column is table.columns[0])
    ]
    assert silent == []
