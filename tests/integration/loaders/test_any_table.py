"""Any valid rows of several tables, in any form that files may have, are in the stores what they were in the files.

``SVP_TEST_EXAMPLES`` tries so many at random.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from svp.model import PLAYBACK_OUTCOMES, TABLES, TABLES_BY_NAME
from tests.fuzzing.tables import Form, Row, examples, forms, rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from svp.model import Column, Table
    from tests.integration.loaders.stores import Stores

PLAYS = TABLES_BY_NAME["viewing_sessions"]
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
    for table in TABLES:
        drawn = draw(rows_of(table, most=3))
        linked = [row | draw(its_parents(table, row, rows)) for row in drawn]
        agreed = [row | draw(AGREEMENTS.get(table.name, nothing_more)(row)) for row in linked]
        rows[table.name] = first_of_each(agreed, ONCE.get(table.name, ()))
    return rows


def first_of_each(rows: list[Row], names: Sequence[str]) -> list[Row]:
    """Return the rows but those that repeat what a table has once: the first stays."""
    found: dict[Any, Row] = {}
    for number, row in enumerate(rows):
        values = tuple(row[name] for name in names)
        found.setdefault(number if None in values or not names else values, row)
    return list(found.values())


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
    (key,) = TABLES_BY_NAME[column.refers_to].key
    return key


def nothing_more(_: Row) -> st.SearchStrategy[Row]:
    return st.just({})


def its_times(play: Row) -> st.SearchStrategy[Row]:
    """Return times that agree: a play ends within a day of its start, and is of the day of that."""
    start = play["started_at"]
    if start is None:
        return st.just({"ended_at": None})
    end = st.none() | st.integers(0, 86_399).map(lambda seconds: start + timedelta(seconds=seconds))
    return st.fixed_dictionaries({"started_on": st.just(start.date()), "ended_at": end})


def its_money(event: Row) -> st.SearchStrategy[Row]:
    """Return an amount with its currency, or neither."""
    both = event["amount_minor"] is not None and event["currency"] is not None
    return st.just({} if both else {"amount_minor": None, "currency": None})


def its_play(attempt: Row) -> st.SearchStrategy[Row]:
    """Return an outcome that agrees: what was played became a play, and nothing else."""
    if attempt["session_id"] is not None:
        return st.just({"outcome": "played"})
    outcomes = [outcome for outcome in PLAYBACK_OUTCOMES if outcome != "played"]
    return st.fixed_dictionaries({"outcome": st.sampled_from(outcomes)})


AGREEMENTS = {
    "viewing_sessions": its_times,
    "subscription_events": its_money,
    "playback_attempts": its_play,
}
ONCE = {
    "playback_attempts": ("session_id",),
    "ratings": ("user_id", "content_id"),
    "watchlist": ("user_id", "content_id"),
}


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


def told(row: Row) -> Row:
    """Return what of a row or document is there."""
    return {name: value for name, value in row.items() if value is not None}


def milliseconds(instant: datetime | None) -> datetime | None:
    return instant and instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def title_of(row: Row) -> Row:
    """Return a title as MongoDB should have it: with its own length, or that of its episodes."""
    named = (
        "content_id", "title", "content_type", "genres", "release_year", "maturity_rating", "language", "is_original",
        "director", "main_actor",
    )  # fmt: skip
    seasons = [
        {"season_number": number, "episode_count": episodes}
        for number, episodes in enumerate(row["episodes_per_season"] or (), start=1)
    ]
    average = row["average_episode_minutes"]
    if row["content_type"] == "series" or row["season_count"] is not None:
        length = {"seasons": seasons or None, "average_episode_minutes": average}
        is_kept = row["duration_minutes"] is None
    else:
        length = {"duration_minutes": row["duration_minutes"]}
        is_kept = average is None and not seasons
    differs = seasons_differ(row)
    flags = [("length_of_another_kind", not is_kept), ("season_count_differs", differs)]
    return told({name: row[name] for name in named} | length) | told(
        {
            "actors": row["actors"] or None,
            "quality_flags": [flag for flag, is_set in flags if is_set],
        }
    )


def seasons_differ(row: Row) -> bool:
    episodes, count = row["episodes_per_season"], row["season_count"]
    return None not in (episodes, count) and len(episodes) != count


def attempted(source: str, key: str, row: Row) -> Row:
    """Return who attempted what."""
    return {
        "session_id": key,
        "user_ref": f"{source}:{row['user_id']}",
        "title_ref": f"{source}:{row['content_id']}",
    }


def player_of(attempt: Row) -> Row:
    """Return what the player told of an attempt."""
    names = (
        "attempt_id", "outcome", "startup_milliseconds", "stall_milliseconds", "stall_count", "bitrate_change_count",
        "error_code",
    )  # fmt: skip
    return told({name: attempt[name] for name in names})


def play_of(source: str, row: Row, attempts: dict[str, Row]) -> Row:
    """Return a play as MongoDB should have it."""
    midnight = datetime.combine(row["started_on"], time(), UTC)
    attempt = attempts.get(row["session_id"])
    stream = ("quality", "stall_count", "average_bitrate_kbps")
    return attempted(source, row["session_id"], row) | told(
        {
            "started_on": midnight,
            "started_at": milliseconds(row["started_at"]),
            "ended_at": milliseconds(row["ended_at"]),
            "first_frame_at": milliseconds(row["started_at"]) or midnight,
            "watch_seconds": row["watch_seconds"],
            "device": told({"type": row["device_type"], "platform": row["platform"]}),
            "stream": told({name: row[name] for name in stream}),
            "player": attempt and player_of(attempt),
        }
    )


def attempt_of(source: str, row: Row, devices: dict[str, Row]) -> Row:
    """Return an attempt that became no play as MongoDB should have it."""
    midnight = datetime.combine(row["attempted_at"].date(), time(), UTC)
    device = devices.get(row["device_id"], {})
    return attempted(source, row["attempt_id"], row) | {
        "started_on": midnight,
        "started_at": milliseconds(row["attempted_at"]),
        "first_frame_at": None,
        "watch_seconds": 0,
        "device": told({"type": device.get("device_type"), "platform": device.get("platform")}),
        "stream": {},
        "player": player_of(row),
    }


def documents_of(source: str, delivery: dict[str, list[Row]]) -> dict[str, dict[str, Row]]:
    """Return what each collection should have of a delivery, by key."""
    attempts = {row["session_id"]: row for row in delivery["playback_attempts"]}
    devices = {row["device_id"]: row for row in delivery["devices"]}
    failed = {
        row["attempt_id"]: attempt_of(source, row, devices)
        for row in delivery["playback_attempts"]
        if row["session_id"] is None
    }
    # An attempt that is called as a play has no document: it would have the key of the play's.
    plays = {row["session_id"]: play_of(source, row, attempts) for row in delivery[PLAYS.name]}
    titles = {row["content_id"]: title_of(row) for row in delivery["content"]}
    return {"content": titles, "viewing_events": failed | plays}


DERIVED = {
    "content": (),
    "viewing_events": (
        "days", "completion_percent", "is_complete", "completion_source", "quality_flags",
    ),
}  # fmt: skip
"""Of documents, what is made of several tables; other tests are about that."""


def found_documents(stores: Stores, source: str, collection: str, key: str) -> dict[str, Row]:
    """Return the documents of a source by what it calls them, without what was derived."""
    found = {}
    for document in stores.mongodb[collection].find({"source": source}):
        assert document.pop("_id") == f"{document.pop('source')}:{document[key]}"
        assert document.pop("load_id") > 0
        if days := document.get("days"):
            assert sum(day["watch_seconds"] for day in days) == document["watch_seconds"]
            assert days[0]["on"] == document["started_on"]
        found[document[key]] = {
            name: value for name, value in document.items() if name not in DERIVED[collection]
        }
    return found


def test_any_rows_are_in_both_stores_what_they_were_in_their_files(
    stores: Stores, tmp_path: Path
) -> None:
    sources = (f"source{number}" for number in count())

    @examples(12)
    @given(delivery=deliveries(), form=forms())
    def load_and_compare(delivery: dict[str, list[Row]], form: Form) -> None:
        source = next(sources)
        for table in TABLES:
            rows = delivery[table.name]
            stores.load(form.write(tmp_path, table, rows), source=source)
            names = [name for name in table.schema.names if name not in DETAILS]
            found = stored(stores, source, table, names)
            assert found == expected(rows, names)
        expected_documents = documents_of(source, delivery)
        for collection, key in (("content", "content_id"), ("viewing_events", "session_id")):
            found_here = found_documents(stores, source, collection, key)
            assert found_here == expected_documents[collection]

    load_and_compare()
