"""The canonical tables agree with themselves and with the relational schema."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest

import svp.model
from loaders.snapshots import ENDING
from svp.core.sqlfiles import list_sql
from svp.model import CONTENT, EPISODE_VIEWING, RATINGS, TABLES, USERS, Table

SPLIT_FROM_CONTENT = {
    "duration_minutes": "movie_details",
    "season_count": "series_details",
    "episodes_per_season": "series_details",
    "average_episode_minutes": "series_details",
    "genres": "content_genres",
}


def relational_columns() -> dict[str, set[str]]:
    """Return the columns of every table that the migrations create, or add to."""
    text = "".join(file.text for file in list_sql("oltp.migrations"))
    tables = re.findall(r"^CREATE TABLE oltp\.(\w+) \((.*?)^\);", text, re.MULTILINE | re.DOTALL)
    columns = {
        name: set(re.findall(r"^ {4}([a-z_]+) ", body, re.MULTILINE)) for name, body in tables
    }
    for name, column in re.findall(
        r"^ALTER TABLE oltp\.(\w+) ADD COLUMN (\w+) ", text, re.MULTILINE
    ):
        columns[name].add(column)
    return columns


def home_of(table: Table, column: str) -> tuple[str, str]:
    """Return the relational table and column that hold a canonical column."""
    if table is CONTENT and column in SPLIT_FROM_CONTENT:
        return SPLIT_FROM_CONTENT[column], "genre_key" if column == "genres" else column
    referring = table.column(column).refers_to
    return table.name, re.sub(r"_id$", "_key", column) if referring else column


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_has_a_place_in_the_relational_schema(table: Table) -> None:
    relational = relational_columns()
    homes = [home_of(table, column.name) for column in table.columns]
    assert [home for home in homes if home[1] not in relational[home[0]]] == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_relational_column_of_a_table_is_delivered_or_made_by_the_loader(
    table: Table,
) -> None:
    made = {
        "source",
        "quality_flags",
        "row_hash",
        "load_id",
        re.sub("_id$", "_key", table.key[0]),
    }
    if table.name == "viewing_sessions":
        made |= {"next_day_seconds", "is_complete", "completion_source"}
    if table in ENDING:
        made |= {"ended_at"}
    delivered = {home_of(table, column.name)[1] for column in table.columns}
    assert relational_columns()[table.name] - made <= delivered


def test_tables_come_after_the_tables_they_refer_to() -> None:
    names = [table.name for table in TABLES]
    for position, table in enumerate(TABLES):
        assert {column.refers_to for column in table.references} <= set(names[:position])


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_key_columns_are_required(table: Table) -> None:
    assert all(table.column(name).required for name in table.key)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_is_described_once(table: Table) -> None:
    names = [column.name for column in table.columns]
    assert len(set(names)) == len(names)
    assert all(
        column.description and not column.description.endswith(".") for column in table.columns
    )


def test_schema_is_nullable_exactly_where_a_column_is_not_required() -> None:
    schema = USERS.schema
    assert not schema.field("user_id").nullable
    assert schema.field("age").nullable
    assert schema.field("lifetime_watch_hours").type == pa.decimal128(12, 2)


def test_column_raises_when_the_table_has_none_of_that_name() -> None:
    with pytest.raises(KeyError, match="stars"):
        EPISODE_VIEWING.column("stars")
    assert RATINGS.column("stars").type == pa.int16()


def test_public_names_are_exactly_those_declared() -> None:
    public = {name for name in vars(svp.model) if not name.startswith("_")}
    assert public - {"annotations", "schema", "tables"} == set(svp.model.__all__)
