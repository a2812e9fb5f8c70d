"""The nine tables of a generated platform as pandas exports them: lists as Python writes them, ids as 123.0."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from loaders.recognise import recognise
from svp.errors import UsageError
from tests.unit.loaders.service_tables import service_tables

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.loaders.stores import Stores


def write(folder: Path, tables: dict[str, pd.DataFrame]) -> Path:
    folder.mkdir()
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    return folder


def test_nine_tables_are_loaded_as_pandas_writes_them(stores: Stores, tmp_path: Path) -> None:
    reports = stores.load(write(tmp_path / "day1", service_tables()), zone="Europe/Paris")
    assert {report.kind: report.counts.loaded_rows for report in reports} == {
        "service.users": 2,
        "service.content": 2,
        "service.episodes": 1,
        "service.viewing_sessions": 2,
        "service.episode_viewing": 1,
        "service.ratings": 1,
        "service.watchlist": 1,
        "service.subscription_events": 2,
        "service.search_queries": 2,
    }
    assert stores.quarantined() == []
    assert stores.rows("SELECT user_id, country, plan, registered_on::text FROM oltp.users") == [
        ("1", "France", "basic", "2024-01-05"),
        ("2", "United States", "premium", "2024-02-01"),
    ]
    assert stores.rows("SELECT content_type, available_countries FROM oltp.content") == [
        ("movie", ["FRA", "USA"]),
        ("series", []),
    ]
    plays = "SELECT started_on::text, started_at AT TIME ZONE 'UTC', watch_seconds FROM oltp.viewing_sessions"
    assert [(day, f"{at}", seconds) for day, at, seconds in stores.rows(plays)] == [
        ("2024-02-29", "2024-02-29 23:30:00", 1200),
        ("2024-07-01", "2024-07-01 18:00:00.250000", 60),
    ]
    money = "SELECT event_type, amount_minor, currency FROM oltp.subscription_events ORDER BY 1"
    assert stores.rows(money) == [("cancellation", None, None), ("start", 999, "USD")]
    searches = (
        "SELECT filters, clicked_content_key IS NULL FROM oltp.search_queries ORDER BY search_id"
    )
    assert stores.rows(searches) == [
        ({"genre": "Drama", "years": [2020, None], "it's": True}, False),
        (None, True),
    ]


def test_a_snapshot_of_the_next_day_changes_only_what_differs(
    stores: Stores, tmp_path: Path
) -> None:
    tables = service_tables()
    stores.load(write(tmp_path / "day1", tables), zone="UTC")
    tables["users"].loc[1, "subscription_plan"] = "family"
    tables["viewing_sessions"] = pd.concat(
        [tables["viewing_sessions"], tables["viewing_sessions"].tail(1).assign(id=3)]
    )
    reports = stores.load(write(tmp_path / "day2", tables), zone="UTC")
    told = {report.kind: report.counts for report in reports}
    users, plays = told["service.users"], told["service.viewing_sessions"]
    assert (users.unchanged_rows, users.updated_rows) == (1, 1)
    assert (plays.unchanged_rows, plays.loaded_rows) == (2, 1)
    assert {report.outcome for report in reports} == {"loaded", "already loaded"}


def test_a_file_is_another_one_when_its_clocks_are_said_to_be_others(
    stores: Stores, tmp_path: Path
) -> None:
    folder = write(tmp_path / "day1", service_tables())
    stores.load(folder, zone="Europe/Paris")
    again = {report.kind: report for report in stores.load(folder, zone="UTC")}
    assert again["service.users"].outcome == "already loaded"
    assert again["service.viewing_sessions"].counts.updated_rows == 2


def test_tables_with_instants_must_say_whose_clocks_they_show(tmp_path: Path) -> None:
    folder = write(tmp_path / "day1", service_tables())
    assert recognise(folder / "users.csv").kind.name == "service.users"
    told = r"ratings.csv is service.ratings, whose instants name no zone\nsay whose clocks they are"
    with pytest.raises(UsageError, match=told):
        recognise(folder / "ratings.csv")
