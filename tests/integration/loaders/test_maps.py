"""A file of any company, with the map of docs/maps.md: into both stores, again, and rows that waited."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from loaders.replay import replay_corrections, replay_quarantine
from svp.errors import UsageError
from svp.model import TABLES
from tests.unit.loaders.builders import write_csv

if TYPE_CHECKING:
    from tests.integration.loaders.stores import Stores

PAGE = Path(__file__).parents[3] / "docs" / "maps.md"
TEXT = PAGE.read_text(encoding="utf-8")


def written(folder: Path, name: str, kind: str) -> Path:
    """Write the first example of a kind that the page has."""
    path = folder / name
    path.write_text(re.findall(rf"```{kind}\n(.*?)```", TEXT, re.S)[0], encoding="utf-8")
    return path


def parents(folder: Path) -> tuple[Path, Path]:
    users = [{"user_id": id_, "registered_on": "2024-01-01"} for id_ in ("K7", "K8")]
    titles = [{"content_id": "T1", "title": "Heat", "content_type": "movie", "genres": "Crime"}]
    return write_csv(folder / "users.csv", users), write_csv(folder / "titles.csv", titles)


def test_the_example_of_the_page_is_loaded_and_its_waiting_rows_follow_without_the_map(
    stores: Stores, tmp_path: Path
) -> None:
    plays = written(tmp_path, "plays.csv", "csv")
    map_file = written(tmp_path, "plays.toml", "toml")
    (report,) = stores.load(plays, map_file=map_file)
    assert (report.kind, report.counts.rejected_rows) == ("map.viewing_sessions", 2)
    assert [code for _, _, code, _ in stores.quarantined()] == ["unknown_parent"] * 2
    *_, replayed = stores.load(*parents(tmp_path), source="acme")
    assert (replayed.outcome, replayed.counts.loaded_rows) == ("replayed", 2)
    told = (
        "SELECT session_id, started_at AT TIME ZONE 'UTC', watch_seconds, completion_percent::text, device_type"
        " FROM oltp.viewing_sessions WHERE source = 'acme' ORDER BY 1"
    )
    assert [(row[0], f"{row[1]}", *row[2:]) for row in stores.rows(told)] == [
        ("1", "2024-04-05 19:30:00", 60_030, "85.00", "Smart TV"),
        ("2", "2024-04-05 20:10:00", 735, None, "Mobile"),
    ]
    documents = stores.mongodb["viewing_events"].find().sort("_id")
    assert [document["_id"] for document in documents] == ["acme:1", "acme:2"]
    assert stores.load(plays, map_file=map_file)[0].outcome == "already loaded"
    map_file.write_text(map_file.read_text().replace("Europe/Oslo", "UTC"))
    assert stores.load(plays, map_file=map_file)[0].counts.updated_rows == 2
    assert stores.load(plays, map_file=map_file)[0].outcome == "already loaded"


def test_rows_that_were_refused_under_a_map_are_not_judged_without_it(
    stores: Stores, tmp_path: Path
) -> None:
    plays = written(tmp_path, "plays.csv", "csv")
    plays.write_text(plays.read_text().replace("05.04.2024", "31.02.2024"))
    stores.load(*parents(tmp_path), source="acme")
    load = stores.load(plays, map_file=written(tmp_path, "plays.toml", "toml"))[0]
    assert load.counts.rejected_rows > 0
    before = stores.quarantined()
    assert replay_quarantine(stores.settings).reports == ()
    assert stores.quarantined() == before
    with pytest.raises(UsageError, match="--map"):
        replay_corrections(stores.settings, plays, load_id=3)


def test_the_page_names_every_table() -> None:
    assert all(f"`{table.name}`" in TEXT for table in TABLES)
