"""A load that is taken back leaves both stores as if it had never been, or is refused with the reason."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from loaders import ledger, publishing
from loaders import undo as undoing
from loaders.quarantine import export_rows
from loaders.replay import replay_corrections
from loaders.undo import plan_undo, undo
from svp.errors import UsageError
from svp.model import CONTENT, DEVICES, PLAYBACK_ATTEMPTS, USERS, VIEWING_SESSIONS
from tests.integration.loaders.stores import TABLES, documents
from tests.integration.loaders.test_attempts import a_play, a_played_attempt, an_attempt
from tests.unit.loaders.builders import (
    a_box_log,
    a_catalogue,
    a_movie,
    a_session,
    a_user,
    logs_file,
    own_table,
    sessions_file,
    users_file,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.loaders.stores import Stores

Contents = dict[str, list[Any]]

VERSIONS = "SELECT day, version FROM ops.day_version ORDER BY day"


@pytest.fixture
def base(stores: Stores, tmp_path: Path) -> Stores:
    """Loads 1 to 3: two users, two titles with genres, two sessions."""
    stores.load(
        users_file(tmp_path, a_user("U1"), a_user("U2")),
        a_catalogue(tmp_path, a_movie("M1"), a_movie("M2", genre=["Drama", "War"])),
        sessions_file(tmp_path, a_session("S1"), a_session("S2", content_id="M2")),
    )
    return stores


def world(stores: Stores) -> Contents:
    """Return all rows and documents, with the loads that wrote them."""
    rows = {
        f"oltp.{name}": stores.rows(f"SELECT ({row})::text FROM oltp.{name} ORDER BY 1")
        for name, row in TABLES.items()
    }
    genres = stores.rows(
        "SELECT content_key, genre_key, position FROM oltp.content_genres ORDER BY 1, 2"
    )
    loads = {
        name: [
            (found["_id"], found["load_id"]) for found in stores.mongodb[name].find().sort("_id")
        ]
        for name in ("content", "viewing_events", "box_logs")
    }
    return rows | documents(stores) | {"genres": genres, "loads": list(loads.items())}


def new_and_corrected_sessions(folder: Path) -> Path:
    corrected = a_session("S1", watch_date="2024-03-09", content_id="M2", quality_level="SD")
    new = [a_session("S8", watch_date="2024-04-01"), a_session("S9", watch_date="2024-04-02")]
    return sessions_file(folder, corrected, *new, a_session("S2", content_id="M2"), name="more.csv")


def corrected_titles(folder: Path) -> Path:
    changed = a_movie("M2", genre=["Comedy"], duration_minutes=5, title="Other")
    return a_catalogue(folder, changed, a_movie("M3"), name="more.json")


def corrected_users(folder: Path) -> Path:
    return users_file(folder, a_user("U2", country="Wakanda"), a_user("U3"), name="more_users.csv")


@pytest.mark.parametrize(
    ("deliver", "removed", "restored"),
    [(new_and_corrected_sessions, 2, 1), (corrected_titles, 1, 1), (corrected_users, 1, 1)],
)
def test_rows_go_and_what_they_replaced_comes_back_in_both_stores(
    base: Stores, tmp_path: Path, deliver: Callable[[Path], Path], removed: int, restored: int
) -> None:
    before, (path) = world(base), deliver(tmp_path)
    base.load(path)
    after = world(base)
    assert after != before
    plan = plan_undo(base.settings, 4)
    assert world(base) == after
    done = undo(base.settings, 4)
    assert done == plan
    assert (done.load_ids, done.removed_rows, done.restored_rows) == ((4,), removed, restored)
    assert world(base) == before
    assert base.rows("SELECT state FROM ops.load ORDER BY load_id") == [
        ("complete",), ("complete",), ("complete",), ("undone",)
    ]  # fmt: skip
    assert base.one("SELECT count(*) FROM ops.replaced_row") == 0

    again = undo(base.settings, 4)
    assert again.load_ids == ()
    (report,) = base.load(path)
    assert (report.counts.loaded_rows, report.counts.updated_rows) == (removed, restored)
    redone = world(base)
    assert {name: len(rows) for name, rows in redone.items()} == {
        name: len(rows) for name, rows in after.items()
    }


def test_the_days_and_marks_that_a_load_touched_are_told_to_exports(
    base: Stores, tmp_path: Path
) -> None:
    base.load(new_and_corrected_sessions(tmp_path), corrected_users(tmp_path))
    days, mark = (
        dict(base.rows(VERSIONS)),
        base.one("SELECT version FROM ops.mark WHERE mark = 'users'"),
    )
    number = base.one("SELECT load_id FROM ops.load WHERE kind LIKE '%sessions' AND load_id > 3")
    undo(base.settings, number)
    raised = {str(day) for day, version in base.rows(VERSIONS) if version > days[day]}
    assert raised == {"2024-02-16", "2024-03-09", "2024-04-01", "2024-04-02"}
    assert base.rows(f"SELECT day FROM ops.load_day WHERE load_id = {number}") == []
    assert base.one("SELECT version FROM ops.mark WHERE mark = 'users'") == mark
    undo(base.settings, base.one("SELECT max(load_id) FROM ops.load WHERE kind LIKE '%users'"))
    assert base.one("SELECT version FROM ops.mark WHERE mark = 'users'") > mark


def test_rows_that_others_need_or_have_replaced_stay_and_the_load_to_take_back_first_is_named(
    base: Stores, tmp_path: Path
) -> None:
    for load_id, table in ((1, "viewing_sessions"), (2, "viewing_sessions")):
        with pytest.raises(UsageError, match=f"2 rows of {table} of load 3 .*sessions.csv"):
            undo(base.settings, load_id)
    base.load(new_and_corrected_sessions(tmp_path))
    before = world(base)
    with pytest.raises(UsageError, match=r"load 4 .*more.csv.* replaced 1 of its rows"):
        undo(base.settings, 3)
    assert world(base) == before
    for load_id in (4, 3, 2, 1):
        undo(base.settings, load_id)
    assert {name: rows for name, rows in world(base).items() if rows} == {
        "loads": [("content", []), ("viewing_events", []), ("box_logs", [])]
    }


def test_what_is_not_kept_can_not_come_back(
    base: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from loaders import postgres

    monkeypatch.setattr(postgres, "MAX_KEPT_ROWS", 0)
    base.load(new_and_corrected_sessions(tmp_path))
    with pytest.raises(UsageError, match="load 4 replaced 1 rows, and what they were is not kept"):
        undo(base.settings, 4)
    with pytest.raises(UsageError, match="later loads replaced rows of load 3"):
        undo(base.settings, 3)


def test_what_is_kept_is_removed_after_the_days_of_the_settings(
    base: Stores, tmp_path: Path
) -> None:
    base.load(new_and_corrected_sessions(tmp_path))
    with base.postgres.cursor() as cursor:
        cursor.execute("UPDATE ops.replaced_row SET replaced_at = now() - interval '31 days'")
    base.load()
    with pytest.raises(UsageError, match="what they were is not kept"):
        plan_undo(base.settings, 4)


def test_what_was_replayed_goes_with_the_load_that_it_came_with(
    base: Stores, tmp_path: Path
) -> None:
    base.load(sessions_file(tmp_path, a_session("S7", user_id="U7"), a_session("S8"), name="b.csv"))
    base.load(users_file(tmp_path, a_user("U7"), name="b_users.csv"))
    assert base.rows("SELECT load_id, origin_load_id FROM ops.load WHERE load_id > 3") == [
        (4, None), (5, None), (6, 4)
    ]  # fmt: skip
    with pytest.raises(UsageError, match="load 6 is rows out of the quarantine of load 4"):
        undo(base.settings, 6)
    done = undo(base.settings, 4)
    assert (done.load_ids, done.removed_rows) == ((4, 6), 2)
    assert base.mongodb["viewing_events"].count_documents({}) == 2
    undo(base.settings, 5)
    base.load(sessions_file(tmp_path, a_session("S7", user_id="U7"), a_session("S8"), name="b.csv"))
    base.load(users_file(tmp_path, a_user("U7"), name="b_users.csv"))
    assert base.one("SELECT count(*) FROM oltp.viewing_sessions") == 4


def test_waiting_rows_go_with_their_load(base: Stores, tmp_path: Path) -> None:
    base.load(sessions_file(tmp_path, a_session("S7", user_id="U7"), name="b.csv"))
    undo(base.settings, 4)
    base.load(users_file(tmp_path, a_user("U7"), name="b_users.csv"))
    assert base.one("SELECT count(*) FROM oltp.viewing_sessions") == 2
    assert base.quarantined() == []


@pytest.mark.parametrize(
    ("module", "step"),
    [
        (undoing, "_take_back"),
        (undoing, "publish_undo"),
        (publishing, "store_documents"),
        (publishing, "collection_of"),
        (ledger, "complete_undo"),
    ],
)
def test_an_undo_that_breaks_off_is_completed_by_the_next_run_of_anything(
    base: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: Any, step: str
) -> None:
    before = world(base)
    base.load(new_and_corrected_sessions(tmp_path))
    after = world(base)

    def break_off(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(module, step, break_off)
        with pytest.raises(KeyboardInterrupt):
            undo(base.settings, 4)
    if step != "_take_back":
        assert plan_undo(base.settings, 4).removed_rows == 0
    base.load()
    if step == "_take_back":
        assert world(base) == after
        undo(base.settings, 4)
    assert world(base) == before
    assert undo(base.settings, 4).load_ids == ()


def test_documents_go_unless_some_were_there_before(stores: Stores, tmp_path: Path) -> None:
    stores.load(logs_file(tmp_path, a_box_log("L1", TotalDuration=60), name="20220401.json"))
    before = world(stores)
    stores.load(logs_file(tmp_path, a_box_log("L2"), name="20220401 (1).json"))
    assert undo(stores.settings, 2).removed_rows == 1
    assert world(stores) == before
    stores.load(logs_file(tmp_path, a_box_log("L1", TotalDuration=90), name="20220401 (2).json"))
    with pytest.raises(UsageError, match="load 3 replaced documents of load 1"):
        undo(stores.settings, 3)
    with pytest.raises(UsageError, match="load 3 replaced documents of load 1"):
        undo(stores.settings, 1)


@pytest.mark.parametrize("is_replacing", [True, False])
def test_documents_that_a_replay_replaced_of_its_own_file_go_if_they_replaced_none(
    stores: Stores, tmp_path: Path, *, is_replacing: bool
) -> None:
    if is_replacing:
        stores.load(logs_file(tmp_path, a_box_log("L1", TotalDuration=9), name="20220401 (0).json"))
    origin = 2 if is_replacing else 1
    stores.load(logs_file(tmp_path, a_box_log("L1"), a_box_log("L1", TotalDuration="long")))
    mend = tmp_path / "mend.jsonl"
    export_rows(stores.settings, mend, load_id=origin)
    mended = json.loads(mend.read_text()) | {"_source.TotalDuration": "60"}
    mend.write_text(json.dumps(mended))
    (report,) = replay_corrections(stores.settings, mend, load_id=origin).reports
    assert report.counts.updated_rows == 1
    if is_replacing:
        told = "out of the quarantine of its file replaced documents of load 2"
        with pytest.raises(UsageError, match=told):
            undo(stores.settings, 2)
        return
    assert undo(stores.settings, 1).removed_rows == 1
    assert stores.mongodb["box_logs"].count_documents({}) == 0


def test_a_load_that_stored_nothing_or_is_none_is_refused(
    base: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from loaders import postgres

    with pytest.raises(UsageError, match="there is no load 99"):
        undo(base.settings, 99)
    with monkeypatch.context() as patched:
        patched.setattr(postgres, "store", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            base.load(new_and_corrected_sessions(tmp_path))
    with pytest.raises(UsageError, match="of load 4 nothing was stored"):
        undo(base.settings, 4)


def test_telemetry_goes_from_the_play_and_its_event_stays(base: Stores, tmp_path: Path) -> None:
    changed = a_played_attempt("A1", "P1", stall_count=9)
    base.load(
        own_table(tmp_path, USERS, {"user_id": "U1", "registered_on": date(2024, 1, 1)}),
        own_table(
            tmp_path,
            CONTENT,
            {"content_id": "M1", "title": "x", "content_type": "movie", "genres": []},
        ),
        own_table(tmp_path, VIEWING_SESSIONS, a_play("P1"), a_play("P2")),
        source="other",
    )
    played = world(base)
    base.load(
        own_table(tmp_path, DEVICES, {"device_id": "D1", "user_id": "U1", "device_type": "TV"}),
        source="other",
    )
    base.load(
        own_table(tmp_path, PLAYBACK_ATTEMPTS, a_played_attempt("A1", "P1"), an_attempt("A2")),
        source="other",
    )
    attempted = world(base)
    base.load(own_table(tmp_path, PLAYBACK_ATTEMPTS, changed, an_attempt("A3")), source="other")
    assert world(base) != attempted
    undo(base.settings, 9)
    assert world(base) == attempted
    with pytest.raises(UsageError, match="1 rows of playback_attempts of load 8"):
        undo(base.settings, 6)
    undo(base.settings, 8)
    assert world(base) == played
