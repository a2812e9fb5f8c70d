"""Attempts to play: rows of PostgreSQL, and the telemetry in their plays' documents, or documents of their own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from nosql.pipelines import read_pipeline
from nosql.run import run
from svp.core.sqlfiles import read_sql
from svp.model import CONTENT, DEVICES, PLAYBACK_ATTEMPTS, USERS, VIEWING_SESSIONS, Table
from tests.integration.loaders.stores import Stores, documents
from tests.unit.loaders.builders import own_table

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2024, 2, 16, 12, tzinfo=UTC)
LATE = datetime(2024, 2, 16, 23, 59, 59, 500_000, tzinfo=UTC)
DAY = timedelta(days=1)


def an_attempt(attempt_id: str, **changes: object) -> dict[str, object]:
    """Return an attempt that failed."""
    row: dict[str, object] = {
        "attempt_id": attempt_id,
        "user_id": "U1",
        "content_id": "M1",
        "device_id": "D1",
        "attempted_at": NOON,
        "outcome": "failed",
        "startup_milliseconds": 900,
        "error_code": "MANIFEST_404",
    }
    return row | changes


def a_played_attempt(attempt_id: str, session_id: str, **changes: object) -> dict[str, object]:
    """Return an attempt that became a play."""
    telemetry = {"stall_count": 2, "stall_milliseconds": 1_500, "bitrate_change_count": 4}
    played = {"session_id": session_id, "outcome": "played", "error_code": None}
    return an_attempt(attempt_id) | played | telemetry | changes


def a_play(session_id: str, started_at: datetime = NOON, **changes: object) -> dict[str, object]:
    """Return a play of ten minutes."""
    row: dict[str, object] = {
        "session_id": session_id,
        "user_id": "U1",
        "content_id": "M1",
        "started_on": started_at.date(),
        "started_at": started_at,
        "ended_at": started_at + timedelta(minutes=10),
        "watch_seconds": 600,
    }
    return row | changes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def parents(stores: Stores, folder: Path) -> Stores:
    """A user with a device, a title with a cast, and a play, loaded: four loads."""
    title = {"content_id": "M1", "title": "x", "content_type": "movie", "genres": []}
    device = {"device_id": "D1", "user_id": "U1", "device_type": "Smart TV", "platform": "tizen"}
    stores.load(
        own_table(folder, USERS, {"user_id": "U1", "registered_on": date(2024, 1, 1)}),
        own_table(folder, CONTENT, title | {"actors": ["B", "A"]}),
        own_table(folder, DEVICES, device),
        own_table(folder, VIEWING_SESSIONS, a_play("S1")),
    )
    return stores


def load(stores: Stores, folder: Path, table: Table, *rows: dict[str, object]) -> Any:
    """Load one file of a table; return what became of it."""
    return stores.load(own_table(folder, table, *rows))[0].counts


def events(stores: Stores) -> dict[str, Any]:
    """Return every event by its session's id."""
    return {event["session_id"]: event for event in stores.mongodb["viewing_events"].find()}


def test_the_cast_and_the_devices_are_stored(parents: Stores) -> None:
    assert parents.rows("SELECT actors FROM oltp.content") == [(["B", "A"],)]
    assert parents.mongodb["content"].distinct("actors") == ["A", "B"]
    assert parents.rows(
        "SELECT device_id, user_id, device_type, platform, added_on FROM oltp.devices"
        " INNER JOIN oltp.users USING (user_key)"
    ) == [("D1", "U1", "Smart TV", "tizen", None)]


def test_a_title_without_a_cast_is_the_same_however_that_is_said(
    parents: Stores, folder: Path
) -> None:
    """It is the same, too, as it was before titles had a cast: an upgrade makes no title new."""
    title: dict[str, object] = {"content_id": "M2", "title": "x", "content_type": "movie"}
    title["genres"] = []
    load(parents, folder, CONTENT, title | {"actors": []})
    assert load(parents, folder, CONTENT, title).unchanged_rows == 1
    assert load(parents, folder, CONTENT, title | {"actors": ["A"]}).updated_rows == 1


def test_a_failed_attempt_is_a_row_and_an_event_without_a_first_frame(
    parents: Stores, folder: Path
) -> None:
    assert load(parents, folder, PLAYBACK_ATTEMPTS, an_attempt("A1")).loaded_rows == 1
    assert parents.rows(
        "SELECT attempt_id, session_key, device_id, attempted_at, outcome, startup_milliseconds, error_code"
        " FROM oltp.playback_attempts INNER JOIN oltp.devices USING (device_key)"
    ) == [("A1", None, "D1", NOON, "failed", 900, "MANIFEST_404")]
    day = NOON.replace(hour=0)
    assert events(parents)["A1"] == {
        "_id": "platform:A1",
        "source": "platform",
        "session_id": "A1",
        "user_ref": "platform:U1",
        "title_ref": "platform:M1",
        "started_on": day,
        "started_at": NOON,
        "first_frame_at": None,
        "watch_seconds": 0,
        "days": [{"on": day, "watch_seconds": 0}],
        "device": {"type": "Smart TV", "platform": "tizen"},
        "stream": {},
        "player": {
            "attempt_id": "A1",
            "outcome": "failed",
            "startup_milliseconds": 900,
            "error_code": "MANIFEST_404",
        },
        "quality_flags": [],
        "load_id": 5,
    }


def test_a_played_attempt_is_told_in_the_event_of_its_play(parents: Stores, folder: Path) -> None:
    before = events(parents)["S1"]
    load(parents, folder, PLAYBACK_ATTEMPTS, a_played_attempt("A1", "S1"))
    player = {
        "attempt_id": "A1",
        "outcome": "played",
        "startup_milliseconds": 900,
        "stall_milliseconds": 1_500,
        "stall_count": 2,
        "bitrate_change_count": 4,
    }
    assert events(parents) == {"S1": before | {"player": player, "load_id": 5}}


def test_a_correction_of_a_play_keeps_its_telemetry_and_one_of_the_attempt_changes_it(
    parents: Stores, folder: Path
) -> None:
    load(parents, folder, PLAYBACK_ATTEMPTS, a_played_attempt("A1", "S1"))
    load(parents, folder, VIEWING_SESSIONS, a_play("S1", watch_seconds=300))
    event = events(parents)["S1"]
    assert (event["watch_seconds"], event["player"]["attempt_id"], event["load_id"]) == (
        300,
        "A1",
        6,
    )
    later = a_played_attempt("A1", "S1", stall_count=9)
    assert load(parents, folder, PLAYBACK_ATTEMPTS, later).updated_rows == 1
    event = events(parents)["S1"]
    assert (event["watch_seconds"], event["player"]["stall_count"], event["load_id"]) == (300, 9, 7)


def test_attempts_touch_their_days_those_they_replace_and_those_of_their_plays(
    parents: Stores, folder: Path
) -> None:
    load(parents, folder, VIEWING_SESSIONS, a_play("S2", LATE + timedelta(seconds=1)))
    over_midnight = a_play("S3", LATE + DAY, watch_seconds=60)
    load(parents, folder, VIEWING_SESSIONS, over_midnight)
    days = "SELECT extract(DAY FROM day)::int FROM ops.load_day WHERE load_id = {} ORDER BY 1"
    attempts = [
        (an_attempt("A1", attempted_at=NOON - 5 * DAY), [11]),
        (an_attempt("A1", attempted_at=NOON - 4 * DAY), [11, 12]),
        (a_played_attempt("A2", "S2", attempted_at=LATE), [16, 17]),
        (a_played_attempt("A3", "S3", attempted_at=LATE + DAY), [17, 18]),
    ]
    for load_id, (attempt, touched) in enumerate(attempts, start=7):
        load(parents, folder, PLAYBACK_ATTEMPTS, attempt)
        assert [day for (day,) in parents.rows(days.format(load_id))] == touched


def test_what_an_attempt_refers_to_must_be_there_and_it_waits_for_it(
    parents: Stores, folder: Path
) -> None:
    counts = load(
        parents,
        folder,
        PLAYBACK_ATTEMPTS,
        an_attempt("A1", user_id="U9"),
        an_attempt("A2", content_id="M9"),
        a_played_attempt("A3", "S9"),
        an_attempt("A4", device_id="D9"),
        an_attempt("A5", device_id=None),
    )
    assert (counts.loaded_rows, counts.rejected_rows) == (1, 4)
    assert [row[1:] for row in parents.quarantined()] == [
        ("user_id", "unknown_parent", "U9"),
        ("content_id", "unknown_parent", "M9"),
        ("session_id", "unknown_parent", "S9"),
        ("device_id", "unknown_parent", "D9"),
    ]
    load(parents, folder, VIEWING_SESSIONS, a_play("S9"))
    assert events(parents)["S9"]["player"]["attempt_id"] == "A3"
    assert len(parents.quarantined()) == 3


def test_an_attempt_and_its_play_belong_together_for_good(parents: Stores, folder: Path) -> None:
    load(parents, folder, VIEWING_SESSIONS, a_play("S2"))
    load(parents, folder, PLAYBACK_ATTEMPTS, a_played_attempt("A1", "S1"), an_attempt("A2"))
    counts = load(
        parents,
        folder,
        PLAYBACK_ATTEMPTS,
        a_played_attempt("A1", "S2"),
        an_attempt("A1"),
        a_played_attempt("A2", "S2"),
        a_played_attempt("A3", "S1"),
        a_played_attempt("A4", "S2"),
        a_played_attempt("A5", "S2"),
        an_attempt("A6", outcome="played"),
        an_attempt("A7", session_id="S2", outcome="abandoned"),
    )
    assert (counts.loaded_rows, counts.rejected_rows) == (0, 8)
    assert [(line, code) for line, _, code, _ in parents.quarantined()] == [
        (1, "repeated_play"),
        (2, "repeated_play"),
        (3, "repeated_play"),
        (4, "repeated_play"),
        (5, "repeated_play"),
        (6, "repeated_play"),
        (7, "outcome_differs"),
        (8, "outcome_differs"),
    ]


def test_an_attempt_that_has_the_id_of_a_play_leaves_its_event_alone(
    parents: Stores, folder: Path
) -> None:
    before = events(parents)
    load(parents, folder, PLAYBACK_ATTEMPTS, an_attempt("S1"))
    assert events(parents) == before
    load(parents, folder, PLAYBACK_ATTEMPTS, an_attempt("S2"))
    load(parents, folder, VIEWING_SESSIONS, a_play("S2"))
    assert "player" not in events(parents)["S2"]


def test_attempts_that_showed_no_frame_count_as_attempts_only(
    parents: Stores, folder: Path
) -> None:
    run(parents.settings, force=True)
    before = results(parents)
    attempts = [
        a_played_attempt("A1", "S1"),
        an_attempt("A2"),
        an_attempt("A3", outcome="abandoned", attempted_at=LATE + DAY),
    ]
    load(parents, folder, PLAYBACK_ATTEMPTS, *attempts)
    run(parents.settings, force=True)
    after = results(parents)
    devices = [after.pop("device_statistics"), before.pop("device_statistics")]
    assert after == before
    assert [sorted((row["attempts"], row["plays"]) for row in rows) for rows in devices] == [
        [(1, 1), (2, 0)],
        [(1, 1)],
    ]
    assert exported(parents) == {
        day: (int(plays), int(seconds))
        for day, plays, _, _, seconds, *_ in parents.rows(
            read_sql("oltp.extracts", "totals_of_viewing_sessions")
        )
    }


def results(stores: Stores) -> dict[str, Any]:
    """Return the result of every pipeline, without the stamps of the run."""
    stamps = {"run_number": 0, "calculated_at": 0}
    names = [name for name in stores.mongodb.list_collection_names() if "statistics" in name]
    names += ["top_titles_by_month", "hourly_activity", "binge_runs"]
    return {name: list(stores.mongodb[name].find({}, stamps).sort("_id")) for name in names}


def exported(stores: Stores) -> dict[date, tuple[int, int]]:
    """Return plays and seconds by day, as an export takes them from MongoDB; days of neither are left out."""
    days = {"from": date(2024, 1, 1), "to": date(2024, 12, 31), "last_load": 99}
    totals: dict[date, tuple[int, int]] = {}
    stages = read_pipeline("export_playback_by_day", days)
    for row in stores.mongodb["viewing_events"].aggregate(stages):
        plays, seconds = totals.get(row["day"].date(), (0, 0))
        totals[row["day"].date()] = (plays + row["plays"], seconds + row["watch_seconds"])
    return {day: said for day, said in totals.items() if any(said)}


def test_a_run_that_stops_between_the_stores_is_completed_with_both_kinds_of_events(
    parents: Stores, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from loaders import mongodb
    from svp.errors import ServerError

    def hang_up(*_: object) -> None:
        raise ServerError("MongoDB is gone")  # noqa: EM101  (a test's own)

    rows = [a_played_attempt("A1", "S1"), an_attempt("A2")]
    path = own_table(folder, PLAYBACK_ATTEMPTS, *rows)
    with monkeypatch.context() as patched:
        patched.setattr(mongodb, "write", hang_up)
        with pytest.raises(ServerError):
            parents.load(path)
    assert [report.outcome for report in parents.load(path)] == ["already loaded"]
    assert [event["player"]["attempt_id"] for event in documents(parents)["viewing_events"]] == [
        "A2",
        "A1",
    ]
