"""A file of any company, with the map of docs/maps.md: into both stores, again, and rows that waited."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from loaders import replay
from loaders.quarantine import Held, export_rows
from loaders.replay import replay_corrections, replay_quarantine
from svp.errors import UsageError
from svp.model import TABLES
from tests.unit.loaders.builders import a_user, users_file, write_csv
from tests.unit.loaders.test_maps import PARTED, SPANS, SPANS_HEADER

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


def test_rows_that_waited_keep_their_time_their_clock_and_what_the_map_says_of_all(
    stores: Stores, tmp_path: Path
) -> None:
    map_file = tmp_path / "plays.toml"
    map_file.write_text(PARTED, encoding="utf-8")
    play = {"id": "1", "who": "K7", "what": "T1", "length": "1:30:05", "day": "05.04.2024"}
    stores.load(write_csv(tmp_path / "plays.csv", [{**play, "time": "21:30"}]), map_file=map_file)
    assert [code for _, _, code, _ in stores.quarantined()] == ["unknown_parent"]
    *_, replayed = stores.load(*parents(tmp_path), source="acme")
    assert (replayed.outcome, replayed.counts.loaded_rows) == ("replayed", 1)
    told = (
        "SELECT started_at AT TIME ZONE 'UTC', started_on, watch_seconds, device_type"
        " FROM oltp.viewing_sessions"
    )
    ((started_at, *others),) = stores.rows(told)
    assert (f"{started_at}", *others) == (
        "2024-04-05 19:30:00",
        date(2024, 4, 5),
        5_405,
        "Smart TV",
    )


def test_rows_that_were_refused_under_a_map_are_judged_again_and_corrected_by_it(
    stores: Stores, tmp_path: Path
) -> None:
    plays = written(tmp_path, "plays.csv", "csv")
    right = plays.read_text()
    plays.write_text(right.replace("05.04.2024", "31.02.2024"))
    stores.load(*parents(tmp_path), source="acme")
    stores.load(plays, map_file=written(tmp_path, "plays.toml", "toml"))
    before = stores.quarantined()
    assert len(before) == 2
    assert replay_quarantine(stores.settings).reports == ()
    assert stores.quarantined() == before
    mend = tmp_path / "mend.jsonl"
    export_rows(stores.settings, mend, load_id=3)
    mend.write_text(mend.read_text().replace("31.02.2024", "05.04.2024"))
    (report,) = replay_corrections(stores.settings, mend, load_id=3).reports
    assert (report.kind, report.counts.loaded_rows) == ("map.viewing_sessions", 2)
    told = "SELECT started_at AT TIME ZONE 'UTC' FROM oltp.viewing_sessions ORDER BY session_id"
    assert [str(at) for (at,) in stores.rows(told)] == [
        "2024-04-05 19:30:00",
        "2024-04-05 20:10:00",
    ]
    assert stores.quarantined() == []


def test_plays_with_neither_id_nor_length_are_loaded_corrected_and_told_when_they_come_again(
    stores: Stores, tmp_path: Path
) -> None:
    map_file = tmp_path / "plays.toml"
    map_file.write_text(SPANS, encoding="utf-8")
    rows = (
        "K7,b,T1,4/5/2024 9:30 PM,4/5/2024 10:00:05 PM\nK7,b,T1,4/6/2024 9:30 PM,4/6/2024 9:00 PM\n"
    )
    plays = tmp_path / "plays.csv"
    plays.write_text(SPANS_HEADER + rows)
    stores.load(*parents(tmp_path), source="acme")
    stores.load(plays, map_file=map_file)
    assert [code for _, _, code, _ in stores.quarantined()] == ["ends_before_start"]
    mend = tmp_path / "mend.csv"
    export_rows(stores.settings, mend, load_id=3)
    mend.write_text(mend.read_text().replace("9:00 PM", "9:30:07 PM"))
    (report,) = replay_corrections(stores.settings, mend, load_id=3).reports
    assert report.counts.loaded_rows == 1
    told = "SELECT session_id, watch_seconds FROM oltp.viewing_sessions ORDER BY 1"
    assert stores.rows(told) == [("K7|b|4/5/2024 9:30 PM", 1_805), ("K7|b|4/6/2024 9:30 PM", 7)]
    plays.write_text(SPANS_HEADER + rows.splitlines()[0] + "\n")
    assert stores.load(plays, map_file=map_file)[0].counts.unchanged_rows == 1


def test_rows_whose_terms_an_older_program_did_not_keep_are_left_alone(
    stores: Stores, tmp_path: Path
) -> None:
    path = users_file(tmp_path, a_user(age="x"))
    stores.load(path)
    with stores.postgres.cursor() as cursor:
        cursor.execute("UPDATE ops.load SET said = 'cp1252'")
    assert replay_quarantine(stores.settings).reports == ()
    with pytest.raises(UsageError, match="which an older program did not keep"):
        replay_corrections(stores.settings, path, load_id=1)


def test_rows_are_judged_again_in_the_zone_that_was_said() -> None:
    held = Held(
        1, "service.ratings", "ratings", "service", "ratings.csv", '{"zone": "Europe/Oslo"}'
    )
    kind = replay.kind_of(held)
    assert (kind.name, kind.is_naive) == ("service.ratings", False)
    (rated_at,) = (field.parser for field in kind.fields if field.to == "rated_at")
    (instant,) = rated_at.parse(pa.array(["2024-07-01 12:00:00"])).values.to_pylist()
    assert instant == datetime(2024, 7, 1, 10, tzinfo=UTC)


def test_the_page_names_every_table() -> None:
    assert all(f"`{table.name}`" in TEXT for table in TABLES)
