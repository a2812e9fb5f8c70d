"""Any valid rows of several tables, in any form that files may have, are in the stores what they were in the files.

``SVP_TEST_EXAMPLES`` tries so many at random.
"""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from svp.model import TABLES
from tests.fuzzing.tables import Form, Row, examples, forms, rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from svp.model import Column, Table
    from tests.integration.loaders.stores import Stores

ORDER = ("users", "content", "devices", "viewing_sessions", "search_queries")
"""Tables, parents before children."""

BY_NAME = {table.name: table for table in TABLES}
STORED = tuple(BY_NAME[name] for name in ORDER)
PLAYS = BY_NAME["viewing_sessions"]
DETAILS = {
    "genres", "duration_minutes", "season_count", "episodes_per_season", "average_episode_minutes",
}  # fmt: skip
"""Columns of titles that are in tables of their own."""
LISTS = {"actors", "available_countries"}
"""Columns of titles of which none and an empty one are the same."""


@st.composite
def deliveries(draw: st.DrawFn) -> dict[str, list[Row]]:
    """Return rows of the tables, of which each refers to those before."""
    rows: dict[str, list[Row]] = {}
    for table in STORED:
        drawn = draw(rows_of(table, most=3))
        rows[table.name] = [row | draw(its_parents(table, row, rows)) for row in drawn]
    rows[PLAYS.name] = [play | draw(its_times(play)) for play in rows[PLAYS.name]]
    return rows


def its_parents(table: Table, row: Row, rows: dict[str, list[Row]]) -> st.SearchStrategy[Row]:
    """Return what a row refers to, where it refers to anything."""
    return st.fixed_dictionaries(
        {
            column.name: st.sampled_from(
                [parent[key_of(column)] for parent in rows[column.refers_to]]
            )
            for column in table.columns
            if column.refers_to and row[column.name] is not None
        }
    )


def key_of(column: Column) -> str:
    """Return the natural key of the table that a column refers to."""
    (key,) = BY_NAME[column.refers_to].key
    return key


def its_times(play: Row) -> st.SearchStrategy[Row]:
    """Return times that agree: a play ends within a day of its start, and is of the day of that."""
    start = play["started_at"]
    if start is None:
        return st.just({"ended_at": None})
    end = st.none() | st.integers(0, 86_399).map(lambda seconds: start + timedelta(seconds=seconds))
    return st.fixed_dictionaries({"started_on": st.just(start.date()), "ended_at": end})


def stored(stores: Stores, source: str, table: Table, names: Sequence[str]) -> list[Row]:
    """Return columns of what a source has in a table, in the order of the first."""
    columns = ", ".join(said(column) for column in table.columns if column.name in names)
    found = stores.rows(
        f"SELECT {columns} FROM oltp.{table.name} AS own WHERE own.source = '{source}'"
    )
    return by_key([dict(zip(names, row, strict=True)) for row in found], names[0])


def said(column: Column) -> str:
    """Return the expression of a column: for a key that refers to a row, what that row is called."""
    if not column.refers_to:
        return f"own.{column.name}"
    key, own = key_of(column), column.name.removesuffix("_id")
    parent_key = f"{key.removesuffix('_id')}_key"
    return f"(SELECT {key} FROM oltp.{column.refers_to} AS parent WHERE parent.{parent_key} = own.{own}_key)"


def by_key(rows: Sequence[Row], key: str) -> list[Row]:
    return sorted(rows, key=lambda row: row[key])


def expected(rows: Sequence[Row], names: Sequence[str]) -> list[Row]:
    kept: list[dict[str, Any]] = [
        {name: row[name] or [] if name in LISTS else row[name] for name in names} for row in rows
    ]
    for row in kept:
        if row.get("filters") is not None:
            row["filters"] = json.loads(row["filters"])
    return by_key(kept, names[0])


def test_any_rows_are_in_both_stores_what_they_were_in_their_files(
    stores: Stores, tmp_path: Path
) -> None:
    sources = (f"source{number}" for number in count())

    @examples(12)
    @given(delivery=deliveries(), form=forms())
    def load_and_compare(delivery: dict[str, list[Row]], form: Form) -> None:
        source = next(sources)
        for table in STORED:
            rows = delivery[table.name]
            stores.load(form.write(tmp_path, table, rows), source=source)
            names = [name for name in table.schema.names if name not in DETAILS]
            found = stored(stores, source, table, names)
            assert found == expected(rows, names)
        documents = stores.mongodb["viewing_events"].find({"source": source})
        told = {(one["session_id"], one["user_ref"], one["watch_seconds"]) for one in documents}
        assert told == {
            (row["session_id"], f"{source}:{row['user_id']}", row["watch_seconds"])
            for row in delivery[PLAYS.name]
        }

    load_and_compare()
