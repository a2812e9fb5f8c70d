"""A full delivery ends what it no longer has: in both stores, counted, taken back by undo, and never by mistake."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from loaders import ledger, publishing, snapshots
from loaders.snapshots import ENDING
from loaders.tolerance import ANY, HALF, NONE, Tolerance, parse_tolerance
from loaders.undo import undo
from svp.errors import InputError, UsageError
from svp.model import CONTENT, DEVICES, USERS, WATCHLIST
from tests.integration.loaders.test_undo import world
from tests.unit.loaders.builders import (
    a_catalogue,
    a_listed_title,
    a_movie,
    a_session,
    a_user,
    logs_file,
    own_table,
    sessions_file,
    users_file,
    write_csv,
)

if TYPE_CHECKING:
    from pathlib import Path

    from loaders.ledger import RowCounts
    from tests.integration.loaders.stores import Stores

ENDED = "SELECT user_id FROM oltp.users WHERE ended_at IS NOT NULL ORDER BY 1"


def deliver(
    stores: Stores,
    path: Path,
    *,
    may_end: Tolerance = HALF,
    tolerance: Tolerance = NONE,
    source: str | None = None,
) -> RowCounts:
    """Ingest a full delivery of one file."""
    (report,) = stores.load(path, tolerance=tolerance, source=source, may_end=may_end)
    return report.counts


def users(folder: Path, *numbers: int, name: str = "all.csv", **changes: str) -> Path:
    return users_file(folder, *(a_user(f"U{number}", **changes) for number in numbers), name=name)


@pytest.fixture
def base(stores: Stores, tmp_path: Path) -> Stores:
    """Four users, two titles and a session of U1 with M1; and a user of another kind and of another source."""
    stores.load(
        users(tmp_path, 1, 2, 3, 4, name="users.csv"),
        a_catalogue(tmp_path, a_movie("M1"), a_movie("M2")),
        sessions_file(tmp_path),
    )
    stores.load(users(tmp_path, 9, name="other.csv"), source="other")
    return stores


def test_rows_that_a_full_delivery_lacks_end_and_stay_with_what_refers_to_them(
    base: Stores, tmp_path: Path
) -> None:
    counts = deliver(base, users(tmp_path, 2, 3, 4, 5))
    assert (counts.loaded_rows, counts.unchanged_rows, counts.ended_rows) == (1, 3, 1)
    assert base.rows(ENDED) == [("U1",)]
    told = "SELECT ended_rows, read_rows, ended_at IS NOT NULL FROM ops.load ORDER BY load_id DESC LIMIT 1"
    assert base.rows(told) == [(1, 4, True)]
    assert (
        base.one(
            "SELECT count(*) FROM oltp.viewing_sessions INNER JOIN oltp.users USING (user_key)"
        )
        == 1
    )
    late = sessions_file(tmp_path, a_session("S2", user_id="U1"), name="late.csv")
    assert base.load(late)[0].counts.loaded_rows == 1


def test_the_same_full_delivery_again_ends_nothing_more(base: Stores, tmp_path: Path) -> None:
    path = users(tmp_path, 2, 3, 4)
    assert deliver(base, path).ended_rows == 1
    before = world(base)
    assert stores_outcome(base, path) == "already loaded"
    assert world(base) == before
    assert deliver(base, users(tmp_path, 4, 3, 2)).ended_rows == 0
    assert base.rows(ENDED) == [("U1",)]


def stores_outcome(stores: Stores, path: Path) -> str:
    (report,) = stores.load(path, may_end=HALF)
    return report.outcome


def test_a_file_that_was_loaded_before_ends_rows_when_it_is_said_to_be_all(
    base: Stores, tmp_path: Path
) -> None:
    base.load(users(tmp_path, 2, 3, 4))
    assert base.rows(ENDED) == []
    assert deliver(base, users(tmp_path, 2, 3, 4)).ended_rows == 1


def test_a_row_that_comes_again_begins_anew(base: Stores, tmp_path: Path) -> None:
    deliver(base, users(tmp_path, 2, 3, 4))
    (report,) = base.load(users(tmp_path, 1, name="back.csv"))
    assert (report.counts.updated_rows, report.counts.unchanged_rows) == (1, 0)
    assert base.rows(ENDED) == []


def test_a_full_delivery_that_others_followed_is_not_the_state_any_more(
    base: Stores, tmp_path: Path
) -> None:
    path = users(tmp_path, 2, 3, 4)
    deliver(base, path)
    base.load(users(tmp_path, 7, name="later.csv"))
    with pytest.raises(InputError, match=r"load 5, and load 6 of relational.users came since"):
        deliver(base, path)


def test_a_title_leaves_the_catalogue_in_both_stores_and_undo_brings_it_back(
    base: Stores, tmp_path: Path
) -> None:
    before = world(base)
    counts = deliver(base, a_catalogue(tmp_path, a_movie("M2"), name="new.json"))
    assert (counts.unchanged_rows, counts.ended_rows) == (1, 1)
    ((ended_at,),) = base.rows("SELECT ended_at FROM oltp.content WHERE content_id = 'M1'")
    document = base.mongodb["content"].find_one({"_id": "relational:M1"})
    assert document is not None
    assert abs((document["ended_at"] - ended_at).total_seconds()) < 0.001
    assert base.mongodb["content"].count_documents({"ended_at": {"$exists": True}}) == 1
    done = undo(base.settings, 5)
    assert (done.removed_rows, done.restored_rows) == (0, 1)
    assert world(base) == before


def test_undo_brings_back_what_ended_beside_what_came_and_was_corrected(
    base: Stores, tmp_path: Path
) -> None:
    before = world(base)
    rows = [a_user("U2", age="99"), a_user("U3"), a_user("U4"), a_user("U5")]
    deliver(base, users_file(tmp_path, *rows, name="all.csv"))
    assert base.one("SELECT replaced_rows FROM ops.load WHERE load_id = 5") == 2
    done = undo(base.settings, 5)
    assert (done.removed_rows, done.restored_rows) == (1, 2)
    assert world(base) == before


@pytest.mark.parametrize(
    ("module", "step"),
    [(snapshots, "end"), (publishing, "store_documents"), (ledger, "complete_load")],
)
def test_a_full_delivery_that_breaks_off_is_completed_by_its_repeat(
    base: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: Any, step: str
) -> None:
    before, path = world(base), a_catalogue(tmp_path, a_movie("M2"), name="new.json")

    def break_off(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(module, step, break_off)
        with pytest.raises(KeyboardInterrupt):
            deliver(base, path)
    assert (world(base) == before) == (step == "end")
    deliver(base, path)
    ended = "SELECT content_id FROM oltp.content WHERE ended_at IS NOT NULL"
    assert base.rows(ended) == [("M1",)]
    assert base.mongodb["content"].distinct("_id", {"ended_at": {"$exists": True}}) == [
        "relational:M1"
    ]
    told = "SELECT load_id, ended_rows FROM ops.load WHERE state = 'complete' ORDER BY load_id DESC"
    load_id, ended_rows = base.rows(told)[0]
    assert ended_rows == 1
    undo(base.settings, load_id)
    assert world(base) == before


def test_a_rejected_row_ends_nothing_unless_it_is_borne(base: Stores, tmp_path: Path) -> None:
    rows = [a_user("U1", age="x"), a_user("U2"), a_user("U3"), a_user("U4")]
    path = users_file(tmp_path, *rows, name="all.csv")
    with pytest.raises(InputError, match="1 of the 4 rows read were rejected, more than the 0"):
        deliver(base, path)
    assert base.rows(ENDED) == []
    counts = deliver(base, path, tolerance=ANY)
    assert (counts.rejected_rows, counts.ended_rows) == (1, 1)


def test_a_row_that_only_postgresql_rejects_is_there_and_does_not_end(
    stores: Stores, tmp_path: Path
) -> None:
    stores.load(users_file(tmp_path), source="platform")
    device = {"device_id": "D1", "user_id": "U1", "device_type": "TV"}
    stores.load(own_table(tmp_path, DEVICES, device))
    moved = own_table(tmp_path, DEVICES, device | {"user_id": "U8"})
    counts = deliver(stores, moved, tolerance=ANY)
    assert (counts.rejected_rows, counts.ended_rows) == (1, 0)


def test_more_than_half_end_only_when_it_is_said(base: Stores, tmp_path: Path) -> None:
    path, before = users(tmp_path, 1), world(base)
    told = (
        r"lacks 3 of the 4 rows of relational.users that are there, more than the 50% that may end"
    )
    with pytest.raises(InputError, match=told) as caught:
        deliver(base, path)
    assert "--max-ended 3" in caught.value.advice
    assert world(base) == before
    assert deliver(base, users(tmp_path, 3, 4)).ended_rows == 2
    with pytest.raises(InputError, match="lacks 1 of the 2 rows"):
        deliver(base, users(tmp_path, 3), may_end=parse_tolerance("49%"))
    assert deliver(base, users(tmp_path, 3), may_end=Tolerance(max_rows=1)).ended_rows == 1


def test_what_happened_does_not_end_and_a_part_is_not_all(base: Stores, tmp_path: Path) -> None:
    for path in (sessions_file(tmp_path), logs_file(tmp_path)):
        with pytest.raises(UsageError, match="tells what happened: its rows don't end"):
            deliver(base, path)
    parts = (users(tmp_path, 1, name="a.csv"), users(tmp_path, 2, name="b.csv"))
    with pytest.raises(UsageError, match=r"a\.csv and .*b\.csv are both relational\.users"):
        base.load(*parts, may_end=HALF)


@pytest.mark.parametrize("table", [table.name for table in ENDING])
def test_every_table_whose_rows_end_says_when(stores: Stores, table: str) -> None:
    assert stores.rows(f"SELECT ended_at FROM oltp.{table}") == []


def test_a_full_delivery_of_a_public_catalogue_may_come_again(
    stores: Stores, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "titles.csv", [a_listed_title("s1")])
    assert deliver(stores, path).loaded_rows == 1
    assert stores_outcome(stores, path) == "already loaded"
    (report,) = stores.load(path)
    assert (report.outcome, report.counts.unchanged_rows) == ("loaded", 1)


def test_rows_end_when_they_were_ended_not_when_a_delivery_was_refused(
    base: Stores, tmp_path: Path
) -> None:
    path = users(tmp_path, 1)
    with pytest.raises(InputError, match="more than the 50%"):
        deliver(base, path)
    (refused,) = base.rows("SELECT max(started_at) FROM ops.load")
    deliver(base, path, may_end=ANY)
    ends = "SELECT DISTINCT ended_at > %s FROM oltp.users WHERE ended_at IS NOT NULL"
    with base.postgres.cursor() as cursor:
        cursor.execute(ends, refused)
        assert cursor.fetchall() == [(True,)]


LISTED = "SELECT watchlist_id, ended_at IS NULL FROM oltp.watchlist ORDER BY watchlist_id"
Listed = tuple[str, str, str]
"""Id of an entry, user and title."""


@pytest.fixture
def listed(stores: Stores, tmp_path: Path) -> Stores:
    """Two users and two titles; U1 has both on the list, U2 one."""
    people = [{"user_id": name, "registered_on": date(2024, 1, 1)} for name in ("U1", "U2")]
    titles: list[dict[str, object]] = [
        {"content_id": name, "title": "x", "content_type": "movie", "genres": []}
        for name in ("M1", "M2")
    ]
    stores.load(own_table(tmp_path, USERS, *people), own_table(tmp_path, CONTENT, *titles))
    stores.load(lists(tmp_path, *LISTS))
    return stores


LISTS: tuple[Listed, ...] = (("W1", "U1", "M1"), ("W2", "U1", "M2"), ("W3", "U2", "M1"))


def lists(folder: Path, *entries: Listed) -> Path:
    columns = ("watchlist_id", "user_id", "content_id")
    rows = [
        dict(zip(columns, entry, strict=True)) | {"added_at": datetime(2024, 2, 1, tzinfo=UTC)}
        for entry in entries
    ]
    return own_table(folder, WATCHLIST, *rows)


def test_an_entry_of_a_watchlist_ends_comes_back_and_is_given_back(
    listed: Stores, tmp_path: Path
) -> None:
    whole = "SELECT to_jsonb(watchlist) FROM oltp.watchlist ORDER BY watchlist_id"
    before = listed.rows(whole)
    counts = deliver(listed, lists(tmp_path, *LISTS[1:]))
    assert (counts.unchanged_rows, counts.ended_rows) == (2, 1)
    assert listed.rows(LISTED) == [("W1", False), ("W2", True), ("W3", True)]
    assert stores_outcome(listed, lists(tmp_path, *LISTS[1:])) == "already loaded"
    ended = listed.rows(whole)
    counts = deliver(listed, lists(tmp_path, *LISTS))
    assert (counts.updated_rows, counts.unchanged_rows, counts.ended_rows) == (1, 2, 0)
    assert all(is_there for _, is_there in listed.rows(LISTED))
    undo(listed.settings, 5)
    assert listed.rows(whole) == ended
    undo(listed.settings, 4)
    assert listed.rows(whole) == before


def test_a_title_that_is_put_on_the_list_again_is_there_under_its_new_id(
    listed: Stores, tmp_path: Path
) -> None:
    whole = "SELECT to_jsonb(watchlist) FROM oltp.watchlist ORDER BY watchlist_id"
    states = [listed.rows(whole)]
    again = ("W0", "U1", "M1"), ("W4", "U1", "M2")
    for entries in ((*again, LISTS[2]), LISTS, (LISTS[2], *again)):
        counts = deliver(listed, lists(tmp_path, *entries), may_end=ANY)
        assert (counts.rejected_rows, counts.unchanged_rows, counts.ended_rows) == (0, 1, 2)
        assert {name for name, is_there in listed.rows(LISTED) if is_there} == {
            name for name, *_ in entries
        }
        states.append(listed.rows(whole))
    for load_id in (6, 5, 4):
        states.pop()
        undo(listed.settings, load_id)
        assert listed.rows(whole) == states[-1]


def test_an_entry_that_took_the_place_of_one_that_ended_gives_it_back(
    listed: Stores, tmp_path: Path
) -> None:
    whole = "SELECT to_jsonb(watchlist) FROM oltp.watchlist ORDER BY watchlist_id"
    for moved in (("W2", "U1", "M1"), ("W1", "U1", "M2")):
        before = listed.rows(whole)
        counts = deliver(listed, lists(tmp_path, moved, LISTS[2]), may_end=ANY)
        assert (counts.updated_rows, counts.unchanged_rows, counts.ended_rows) == (1, 1, 1)
        (load_id,) = listed.rows("SELECT max(load_id) FROM ops.load")[0]
        undo(listed.settings, load_id)
        assert listed.rows(whole) == before


def test_an_entry_is_on_a_list_once_while_it_is_there(listed: Stores, tmp_path: Path) -> None:
    second = ("W9", "U1", "M1")
    (report,) = listed.load(lists(tmp_path, second))
    assert report.counts.rejected_rows == 1
    with pytest.raises(InputError, match="1 of the 4 rows read were rejected"):
        deliver(listed, lists(tmp_path, *LISTS, second))
    deliver(listed, lists(tmp_path, *LISTS[1:]))
    (report,) = listed.load(lists(tmp_path, second, ("W8", "U1", "M1")))
    assert (report.counts.loaded_rows, report.counts.rejected_rows) == (1, 1)
    (report,) = listed.load(lists(tmp_path, LISTS[0]))
    assert report.counts.rejected_rows == 1
    with pytest.raises(UsageError, match="can't come back: duplicate key"):
        undo(listed.settings, 6)
    assert listed.rows(LISTED)[0] == ("W1", False)
