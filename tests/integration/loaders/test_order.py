"""Whatever order deliveries, parents, undoings and failures come in, of each row the newest delivery stands."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from loaders import batches, overtaking, postgres
from loaders.quarantine import export_rows, find_row, list_waiting
from loaders.replay import replay_corrections
from loaders.tolerance import ANY, NONE
from loaders.undo import undo
from svp.core.sqlfiles import read_sql
from svp.errors import InputError, UsageError
from svp.model import DEVICES, USERS
from tests.unit.loaders.builders import (
    a_box_log,
    a_catalogue,
    a_session,
    a_user,
    logs_file,
    own_table,
    sessions_file,
    users_file,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.loaders.stores import Stores

PLAYS = "SELECT session_id, watch_seconds FROM oltp.viewing_sessions ORDER BY session_id"
WAITING_LINE = 2


@pytest.fixture
def base(stores: Stores, tmp_path: Path) -> Stores:
    """Loads 1 to 3: a user, a title, and S1 of a minute."""
    stores.load(users_file(tmp_path), a_catalogue(tmp_path), plays(tmp_path, 1))
    return stores


def plays(folder: Path, *minutes: int, user_id: str = "U1", name: str = "", **more: str) -> Path:
    """Write a file in which S1 comes with each of these lengths."""
    rows = [
        a_session("S1", user_id=user_id, watch_duration_minutes=f"{each}", **more)
        for each in minutes
    ]
    return sessions_file(folder, *rows, name=name or f"{user_id}_{minutes}.csv")


def user_comes(stores: Stores, folder: Path, user_id: str = "U8") -> int:
    """Load a user; return how many rows were replayed."""
    _, *replayed = stores.load(users_file(folder, a_user(user_id), name=f"{user_id}.csv"))
    return sum(report.counts.read_rows for report in replayed)


def waiting(stores: Stores) -> int:
    return sum(load["waiting_rows"] for load in list_waiting(stores.settings))


def newest_load(stores: Stores) -> int:
    return int(stores.one("SELECT max(load_id) FROM ops.load WHERE origin_load_id IS NULL"))


def test_a_later_delivery_that_says_the_same_as_before_stands_against_a_row_that_waited(
    base: Stores, tmp_path: Path
) -> None:
    base.load(plays(tmp_path, 2, user_id="U8"))
    (report,) = base.load(plays(tmp_path, 1, 1, name="again.csv"))
    assert report.counts.unchanged_rows == 2
    assert waiting(base) == 0
    assert user_comes(base, tmp_path) == 0
    assert base.rows(PLAYS) == [("S1", 60)]
    row = find_row(base.settings, 4, WAITING_LINE)
    assert (row["is_overtaken"], row["remedy"][:7]) == (True, "nothing")


@pytest.mark.parametrize("minutes", [1, 3], ids=["unchanged", "corrected"])
def test_a_row_that_waited_comes_in_when_what_overtook_it_is_taken_back(
    base: Stores, tmp_path: Path, minutes: int
) -> None:
    base.load(plays(tmp_path, 2, user_id="U8"))
    base.load(plays(tmp_path, minutes, minutes, name="later.csv"))
    later = newest_load(base)
    assert user_comes(base, tmp_path) == 0
    assert base.rows(PLAYS) == [("S1", 60 * minutes)]
    undo(base.settings, later)
    assert base.rows(PLAYS) == [("S1", 60)]
    base.load()
    assert base.rows(PLAYS) == [("S1", 120)]
    (document,) = base.mongodb["viewing_events"].find()
    assert document["watch_seconds"] == 120


def as_an_older_version_left_them(stores: Stores) -> None:
    """Make refused rows say nothing of their ids, and of what overtook them."""
    stores.rows(
        "UPDATE ops.quarantine SET natural_id = NULL, overtaken_by = '{}' RETURNING quarantine_id"
    )


def test_a_row_that_was_overtaken_before_quarantine_knew_ids_comes_in_when_that_is_taken_back(
    base: Stores, tmp_path: Path
) -> None:
    base.load(plays(tmp_path, 2, user_id="U8"))
    base.load(plays(tmp_path, 3))
    later = newest_load(base)
    as_an_older_version_left_them(base)
    assert user_comes(base, tmp_path) == 0
    assert base.rows(PLAYS) == [("S1", 180)]
    assert waiting(base) == 0
    undo(base.settings, later)
    base.load()
    assert base.rows(PLAYS) == [("S1", 120)]


def test_a_row_that_two_deliveries_overtook_stays_out_until_both_are_taken_back(
    base: Stores, tmp_path: Path
) -> None:
    base.load(plays(tmp_path, 2, user_id="U8"))
    base.load(plays(tmp_path, 1, 1, name="second.csv"))
    second = newest_load(base)
    base.load(plays(tmp_path, 1, 1, 1, name="third.csv"))
    third = newest_load(base)
    user_comes(base, tmp_path)
    for load_id, seconds in ((second, 60), (third, 120)):
        undo(base.settings, load_id)
        base.load()
        assert base.rows(PLAYS) == [("S1", seconds)]


def test_of_lines_with_one_key_the_last_counts_though_an_earlier_one_waited(
    base: Stores, tmp_path: Path
) -> None:
    rows = [a_session("S1", user_id="U8", watch_duration_minutes="2"), a_session("S1")]
    base.load(sessions_file(tmp_path, *rows, name="early.csv"))
    assert user_comes(base, tmp_path) == 0
    assert base.rows(PLAYS) == [("S1", 1_800)]
    rows = [a_session("S1"), a_session("S1", user_id="U9", watch_duration_minutes="2")]
    base.load(sessions_file(tmp_path, *rows, name="late.csv"))
    assert user_comes(base, tmp_path, "U9") == 1
    assert base.rows(PLAYS) == [("S1", 120)]


def test_a_load_whose_rows_came_again_is_not_taken_back_before_the_one_that_brought_them(
    base: Stores, tmp_path: Path
) -> None:
    base.load(plays(tmp_path, 1, 1, name="again.csv"))
    with pytest.raises(UsageError, match=r"load 4 .*again.csv.* brought rows of load 3 again"):
        undo(base.settings, 3)
    undo(base.settings, 4)
    undo(base.settings, 3)
    assert base.rows(PLAYS) == []


def test_documents_that_came_again_keep_the_load_that_brought_them_first(
    stores: Stores, tmp_path: Path
) -> None:
    stores.load(logs_file(tmp_path, a_box_log("L1")))
    stores.load(logs_file(tmp_path, a_box_log("L1"), a_box_log("L2"), name="20220401 (1).json"))
    with pytest.raises(UsageError, match=r"load 2 .* brought rows of load 1 again"):
        undo(stores.settings, 1)
    undo(stores.settings, 2)
    assert undo(stores.settings, 1).removed_rows == 1


def soon(session_id: str) -> dict[str, str]:
    """A row that waits in quarantine until ``comes_right`` says when it was."""
    return a_session(session_id, watch_date="soon")


def comes_right(stores: Stores, folder: Path, load_id: int) -> None:
    """Correct the refused rows of a load, and replay them."""
    mend = folder / f"mend{load_id}.csv"
    export_rows(stores.settings, mend, load_id=load_id)
    mend.write_text(mend.read_text().replace("soon,", f"{a_session('')['watch_date']},"))
    replay_corrections(stores.settings, mend, load_id=load_id)


@pytest.mark.parametrize("loads", [2, 3, 4])
def test_loads_that_wait_for_each_other_to_be_taken_back_are_all_named(
    base: Stores, tmp_path: Path, loads: int
) -> None:
    first, *later = range(4, 4 + loads)
    rows = [a_session(f"R{number}") for number in (first, *later)]
    base.load(sessions_file(tmp_path, rows[0], soon(f"R{later[-1]}"), name="first.csv"))
    for former, row in pairwise(rows):
        base.load(sessions_file(tmp_path, former, row, name=f"{row['session_id']}.csv"))
    comes_right(base, tmp_path, first)
    named = f"{', '.join(map(str, (first, *later[:-1])))} and {later[-1]}"
    for load_id in (first, *later):
        with pytest.raises(UsageError, match=rf"\nloads {named} each wait .* so none can be"):
            undo(base.settings, load_id)


def test_loads_that_wait_because_one_replaced_rows_of_the_other_are_named_too(
    base: Stores, tmp_path: Path
) -> None:
    base.load(sessions_file(tmp_path, a_session("S2"), soon("S3"), name="first.csv"))
    longer = a_session("S2", watch_duration_minutes="90")
    base.load(sessions_file(tmp_path, longer, a_session("S3"), name="second.csv"))
    comes_right(base, tmp_path, 4)
    for load_id, why in ((4, "replaced 1 of its rows"), (5, "brought rows of load 5 again")):
        with pytest.raises(UsageError, match=rf"{why}.*\nloads 4 and 5 each wait"):
            undo(base.settings, load_id)


def test_a_load_that_waits_for_loads_that_wait_for_each_other_is_told_of_them(
    base: Stores, tmp_path: Path
) -> None:
    base.load(sessions_file(tmp_path, a_session("S2"), name="before.csv"))
    base.load(sessions_file(tmp_path, a_session("S2"), a_session("S3"), name="between.csv"))
    base.load(sessions_file(tmp_path, a_session("S3"), a_session("S4"), soon("S5"), name="6.csv"))
    base.load(sessions_file(tmp_path, a_session("S4"), a_session("S5"), name="7.csv"))
    comes_right(base, tmp_path, 6)
    for load_id, why in (
        (5, "load 6 .* brought rows of load 5 again"),
        (4, "load 5 .* brought rows of load 4 again"),
        (2, "1 rows of viewing_sessions of load 7"),
        (1, "1 rows of viewing_sessions of load 7"),
    ):
        with pytest.raises(
            UsageError, match=rf"{why}.*\nloads 6 and 7 each wait .* new file instead"
        ):
            undo(base.settings, load_id)


def test_a_load_that_waits_for_one_that_can_not_be_taken_back_is_told_so(
    base: Stores, tmp_path: Path
) -> None:
    longer = a_session("S1", watch_duration_minutes="90")
    base.load(sessions_file(tmp_path, longer, a_session("S2"), name="corrected.csv"))
    base.rows("DELETE FROM ops.replaced_row WHERE load_id = 4 RETURNING row_key")
    base.load(sessions_file(tmp_path, a_session("S2"), a_session("S3"), name="later.csv"))
    base.load(sessions_file(tmp_path, a_session("S3"), name="last.csv"))
    with pytest.raises(UsageError, match=r"load 6 .*\ntake back load 6 first"):
        undo(base.settings, 5)
    for load_id in (1, 2):
        with pytest.raises(UsageError, match=r"\nload 4 can't be, as what it replaced is not kept"):
            undo(base.settings, load_id)


def test_of_rows_out_of_quarantine_the_load_that_they_go_with_is_the_one_to_take_back(
    base: Stores, tmp_path: Path
) -> None:
    longer = a_session("S1", user_id="U8", watch_duration_minutes="90")
    base.load(sessions_file(tmp_path, longer, name="waits.csv"))
    assert user_comes(base, tmp_path) == 1
    for load_id in (3, 2):
        with pytest.raises(UsageError, match=r"load 4 .*waits.csv.*\ntake back load 4 first"):
            undo(base.settings, load_id)
    undo(base.settings, 4)
    assert base.rows(PLAYS) == [("S1", 60)]


def test_a_refused_log_is_overtaken_by_a_later_line_of_its_file_and_by_a_later_file(
    stores: Stores, tmp_path: Path
) -> None:
    refused, right = a_box_log("L1", TotalDuration="long"), a_box_log("L1")
    stores.load(logs_file(tmp_path, refused, right, refused))
    assert [find_row(stores.settings, 1, line)["is_overtaken"] for line in (1, 3)] == [True, False]
    corrected = a_box_log("L1", TotalDuration=7)
    stores.load(logs_file(tmp_path, corrected, refused, name="20220401 (1).json"))
    held = stores.rows("SELECT load_id, line FROM ops.held_row")
    assert held == [(2, 2)]


def test_a_refused_log_of_an_earlier_batch_is_overtaken_and_one_of_a_later_batch_is_not(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH_ROWS", 1)
    refused, right = a_box_log("L1", TotalDuration="long"), a_box_log("L1")
    stores.load(logs_file(tmp_path, right, refused, a_box_log("L2"), right, refused))
    assert [find_row(stores.settings, 1, line)["is_overtaken"] for line in (2, 5)] == [True, False]


def test_documents_are_looked_up_among_refused_rows_only_where_their_ids_were_refused(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores.load(logs_file(tmp_path, a_box_log("L2", TotalDuration="long")))
    asked: list[str] = []

    def read_and_note(package: str, name: str) -> str:
        asked.append(name)
        return read_sql(package, name)

    monkeypatch.setattr(overtaking, "read_sql", read_and_note)
    stores.load(logs_file(tmp_path, a_box_log("L2"), name="20220402.json"))
    assert "overtake_documents" not in asked
    stores.load(logs_file(tmp_path, a_box_log("L1"), a_box_log("L3"), name="20220401 (1).json"))
    assert "overtake_documents" not in asked
    stores.load(logs_file(tmp_path, a_box_log("L1"), a_box_log("L2"), name="20220401 (2).json"))
    assert "overtake_documents" in asked


@pytest.fixture
def devices(stores: Stores, tmp_path: Path) -> Stores:
    """Loads 1 to 3: a user; a device of theirs; another of a user who is not there."""
    stores.load(a_platform_user(tmp_path, "U1"))
    stores.load(a_device(tmp_path, "D1", "U1"))
    stores.load(a_device(tmp_path, "D2", "U8"))
    return stores


def a_platform_user(folder: Path, user_id: str) -> Path:
    return own_table(folder, USERS, {"user_id": user_id, "registered_on": date(2024, 1, 1)})


def a_device(folder: Path, device_id: str, user_id: str, device_type: str = "TV") -> Path:
    row = {"device_id": device_id, "user_id": user_id, "device_type": device_type}
    return own_table(folder, DEVICES, row)


DEVICE_IDS = "SELECT device_id FROM oltp.devices WHERE ended_at IS NULL ORDER BY 1"


def test_a_full_delivery_ends_a_row_that_waits(devices: Stores, tmp_path: Path) -> None:
    devices.load(a_device(tmp_path, "D1", "U1"), may_end=NONE)
    assert waiting(devices) == 0
    devices.load(a_platform_user(tmp_path, "U8"))
    assert devices.rows(DEVICE_IDS) == [("D1",)]
    assert find_row(devices.settings, 3, 1)["is_overtaken"]
    undo(devices.settings, 4)
    assert waiting(devices) == 1
    devices.load()
    assert devices.rows(DEVICE_IDS) == [("D1",), ("D2",)]


def test_a_row_that_waits_in_a_full_delivery_is_part_of_it(devices: Stores, tmp_path: Path) -> None:
    rows = [
        {"device_id": device, "user_id": user, "device_type": "TV"}
        for device, user in (("D1", "U1"), ("D3", "U8"))
    ]
    devices.load(own_table(tmp_path, DEVICES, *rows), may_end=NONE, tolerance=ANY)
    assert waiting(devices) == 1
    devices.load(a_platform_user(tmp_path, "U8"))
    assert devices.rows(DEVICE_IDS) == [("D1",), ("D3",)]


def fail_once(stores: Stores, monkeypatch: pytest.MonkeyPatch, *paths: Path, **terms: Any) -> None:
    """Begin to load files, and fail before anything of them is stored."""
    with monkeypatch.context() as patched:
        patched.setattr(postgres, "store", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            stores.load(*paths, **terms)


def test_a_file_that_failed_counts_as_of_the_attempt_that_stored_it(
    base: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    early = sessions_file(
        tmp_path,
        a_session("S1", watch_duration_minutes="3"),
        a_session("S2", user_id="U8", watch_duration_minutes="3"),
        name="early.csv",
    )
    fail_once(base, monkeypatch, early)
    newer = [a_session(f"S{each}", user_id="U9", watch_duration_minutes="2") for each in (1, 2)]
    base.load(sessions_file(tmp_path, *newer, name="newer.csv"))
    base.load(early)
    assert base.rows(PLAYS) == [("S1", 180)]
    assert user_comes(base, tmp_path, "U8") == 1
    assert user_comes(base, tmp_path, "U9") == 0
    assert base.rows(PLAYS) == [("S1", 180), ("S2", 180)]


@pytest.mark.parametrize("is_noted", [True, False], ids=["now", "before_it_was_noted"])
def test_a_full_delivery_that_failed_is_later_than_what_came_before_it_succeeded(
    devices: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_noted: bool
) -> None:
    whole = a_device(tmp_path, "D1", "U1", "Phone")
    fail_once(devices, monkeypatch, whole, may_end=NONE)
    devices.rows(f"UPDATE ops.load SET is_full = {is_noted} WHERE load_id = 4 RETURNING 1")
    folder = tmp_path / "later"
    folder.mkdir()
    devices.load(a_device(folder, "D4", "U9"))
    devices.load(whole, may_end=NONE)
    for user_id in ("U8", "U9"):
        devices.load(a_platform_user(folder, user_id))
    assert devices.rows(DEVICE_IDS) == [("D1",)]


def test_a_full_delivery_with_corrections_of_its_own_is_still_the_state_of_now(
    stores: Stores, tmp_path: Path
) -> None:
    whole = users_file(tmp_path, a_user("U1"), a_user("U2", age="x"))
    stores.load(whole, may_end=NONE, tolerance=ANY)
    mend = tmp_path / "mend.csv"
    mend.write_text(users_file(tmp_path, a_user("U2"), name="right.csv").read_text())
    lines = mend.read_text().splitlines()
    mend.write_text(f"quarantine_line,{lines[0]}\n3,{lines[1]}\n")
    replay_corrections(stores.settings, mend, load_id=1)
    (report,) = stores.load(whole, may_end=NONE, tolerance=ANY)
    assert report.outcome == "already loaded"
    stores.load(users_file(tmp_path, a_user("U3", age="x"), name="other.csv"))
    mend.write_text(f"quarantine_line,{lines[0]}\n2,{lines[1].replace('U2', 'U3')}\n")
    replay_corrections(stores.settings, mend, load_id=3)
    with pytest.raises(InputError, match=r"load 4 of relational.users came since"):
        stores.load(whole, may_end=NONE, tolerance=ANY)
