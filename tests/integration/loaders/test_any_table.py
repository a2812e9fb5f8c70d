"""Any valid users, titles and plays, in any form that files may have, are in the stores what they were in the files.

``SVP_TEST_EXAMPLES`` tries so many at random.
"""

from __future__ import annotations

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

    from tests.integration.loaders.stores import Stores

PARENTS = {table.name: table for table in TABLES if table.name in {"users", "content"}}
PLAYS = next(table for table in TABLES if table.name == "viewing_sessions")
SHORT_NAMES = {"user_id": "users.user_id", "content_id": "content.content_id"}
DETAILS = {
    "genres", "duration_minutes", "season_count", "episodes_per_season", "average_episode_minutes",
}  # fmt: skip
"""Columns of titles that are in tables of their own."""
LISTS = {"actors", "available_countries"}
"""Columns of titles of which none and an empty one are the same."""


@st.composite
def deliveries(draw: st.DrawFn) -> dict[str, list[Row]]:
    """Return rows of three tables, of which the plays refer to the others."""
    rows = {name: draw(rows_of(table, most=3)) for name, table in PARENTS.items()}
    rows[PLAYS.name] = [
        play | draw(its_parents(rows)) | draw(its_times(play)) for play in draw(rows_of(PLAYS))
    ]
    return rows


def its_parents(rows: dict[str, list[Row]]) -> st.SearchStrategy[Row]:
    return st.fixed_dictionaries(
        {
            "user_id": st.sampled_from([row["user_id"] for row in rows["users"]]),
            "content_id": st.sampled_from([row["content_id"] for row in rows["content"]]),
        }
    )


def its_times(play: Row) -> st.SearchStrategy[Row]:
    """Return times that agree: a play ends within a day of its start, and is of the day of that."""
    start = play["started_at"]
    if start is None:
        return st.just({"ended_at": None})
    end = st.none() | st.integers(0, 86_399).map(lambda seconds: start + timedelta(seconds=seconds))
    return st.fixed_dictionaries({"started_on": st.just(start.date()), "ended_at": end})


def stored(stores: Stores, source: str, table: str, names: Sequence[str]) -> list[Row]:
    """Return columns of what a source has in a table, in the order of the first."""
    columns = ", ".join(SHORT_NAMES.get(name, f"{table}.{name}") for name in names)
    joined = " JOIN oltp.users USING (user_key) JOIN oltp.content USING (content_key)"
    found = stores.rows(
        f"SELECT {columns} FROM oltp.{table} {joined if table == PLAYS.name else ''}"
        f" WHERE {table}.source = '{source}'"
    )
    return by_key([dict(zip(names, row, strict=True)) for row in found], names[0])


def by_key(rows: Sequence[Row], key: str) -> list[Row]:
    return sorted(rows, key=lambda row: row[key])


def expected(rows: Sequence[Row], names: Sequence[str]) -> list[Row]:
    kept: list[dict[str, Any]] = [
        {name: row[name] or [] if name in LISTS else row[name] for name in names} for row in rows
    ]
    return by_key(kept, names[0])


def test_any_rows_are_in_both_stores_what_they_were_in_their_files(
    stores: Stores, tmp_path: Path
) -> None:
    sources = (f"source{number}" for number in count())

    @examples(12)
    @given(delivery=deliveries(), form=forms())
    def load_and_compare(delivery: dict[str, list[Row]], form: Form) -> None:
        source = next(sources)
        for table in (*PARENTS.values(), PLAYS):
            rows = delivery[table.name]
            stores.load(form.write(tmp_path, table, rows), source=source)
            names = [name for name in table.schema.names if name not in DETAILS]
            found = stored(stores, source, table.name, names)
            assert found == expected(rows, names)
        documents = stores.mongodb["viewing_events"].find({"source": source})
        told = {(one["session_id"], one["user_ref"], one["watch_seconds"]) for one in documents}
        assert told == {
            (row["session_id"], f"{source}:{row['user_id']}", row["watch_seconds"])
            for row in delivery[PLAYS.name]
        }

    load_and_compare()
