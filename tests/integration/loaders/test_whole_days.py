"""A log of set-top boxes that is all there is of its day: documents that it lacks end, once its load is published."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from bson import Int64

from loaders.quarantine import export_rows
from loaders.replay import replay_corrections
from loaders.tolerance import HALF
from loaders.undo import undo
from svp.core.migrations import load_migrations
from svp.errors import InputError, UsageError
from tests.integration.loaders.test_box_logs import VERSIONS, counts, seconds
from tests.unit.loaders.builders import (
    a_box_log,
    a_session,
    logs_file,
    sessions_file,
    write_json_lines,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.loaders.stores import Stores

ENDED = "SELECT count(*) FROM ops.ended_document"


def test_documents_that_a_whole_day_lacks_end(stores: Stores, tmp_path: Path) -> None:
    stores.load(logs_file(tmp_path, *map(a_box_log, "abc"), a_box_log("e", TotalDuration=-1)))
    stores.load(logs_file(tmp_path, a_box_log("d", TotalDuration=1), name="20220401b.json"))
    stores.load(logs_file(tmp_path, a_box_log("n", TotalDuration=9), name="20220402.json"))
    north = logs_file(tmp_path, a_box_log("c", TotalDuration=8), name="20220401n.json")
    stores.load(north, source="north")
    lines = [a_box_log("a"), a_box_log("b", TotalDuration=2), a_box_log("x", TotalDuration=3)]
    whole = logs_file(tmp_path, *lines, name="20220401w.json")
    (report,) = stores.load(whole, replaces_days=True)
    assert (counts(report), report.counts.ended_rows) == ((1, 1, 1, 0, 0), 2)
    assert seconds(stores) == {"a": 254, "b": 2, "x": 3, "n": 9, "c": 8}
    assert stores.rows("SELECT load_id, overtaken_by FROM ops.quarantine") == [(1, [5])]
    assert stores.one(ENDED) == 0

    versions = stores.rows(VERSIONS)
    (again,) = stores.load(whole, replaces_days=True)
    assert (again.outcome, stores.rows(VERSIONS)) == ("already loaded", versions)
    with pytest.raises(UsageError, match="load 5 ended 2 documents, and what they were is not"):
        undo(stores.settings, 5)
    with pytest.raises(UsageError, match="later loads replaced documents of load 2"):
        undo(stores.settings, 2)


def test_a_day_that_only_lost_lines_is_told_to_exports(stores: Stores, tmp_path: Path) -> None:
    stores.load(logs_file(tmp_path, *map(a_box_log, "ab")))
    whole = logs_file(tmp_path, a_box_log("a"), name="20220401w.json")
    (report,) = stores.load(whole, replaces_days=True)
    assert (counts(report), report.counts.ended_rows) == ((0, 1, 0, 0, 0), 1)
    assert [version for _, version in stores.rows(VERSIONS)] == [2]
    assert seconds(stores) == {"a": 254}


def test_what_can_not_be_all_there_is_of_a_day_ends_nothing(stores: Stores, tmp_path: Path) -> None:
    stores.load(logs_file(tmp_path, *map(a_box_log, "abc")))
    before = seconds(stores)
    bad = logs_file(tmp_path, a_box_log("a", TotalDuration=-1), name="20220401c.json")
    with pytest.raises(InputError, match=r"20220401c\.json has no line that is accepted"):
        stores.load(bad, replaces_days=True)
    few = logs_file(tmp_path, a_box_log("a", TotalDuration=1), name="20220401f.json")
    with pytest.raises(InputError, match="lacks 2 of the 3 rows of 2022-04-01 that are there"):
        stores.load(few, replaces_days=True, may_end=HALF)
    assert (seconds(stores), stores.one(ENDED)) == (before, 0)
    assert stores.rows("SELECT load_id FROM ops.load_day") == [(1,)]
    with pytest.raises(
        UsageError, match=r"is relational\.viewing_sessions, which is not of one day"
    ):
        stores.load(sessions_file(tmp_path, a_session("S1")), replaces_days=True)
    (report,) = stores.load(few, replaces_days=True)
    assert (report.counts.ended_rows, seconds(stores)) == (2, {"a": 1})


def test_documents_of_a_run_that_never_ended_go_and_count_for_what_they_hid(
    stores: Stores, tmp_path: Path
) -> None:
    stores.load(logs_file(tmp_path, *map(a_box_log, "ab")))
    with stores.postgres, stores.postgres.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ops.load (content_sha256, kind, target, source, path, file_bytes, state)"
            " SELECT repeat('0', 64), kind, target, source, path, 1, 'planned' FROM ops.load"
            " RETURNING load_id"
        )
        ((load_id,),) = cursor.fetchall()
    lines = stores.mongodb["box_logs"]
    hidden, new = lines.find().sort("_id")
    hiding = {"load_id": Int64(load_id), "replaced_load_id": hidden["load_id"]}
    lines.update_one({"_id": hidden["_id"]}, {"$set": hiding})
    lines.insert_one(new | {"_id": "iptv:2022-04-01:z", "log_id": "z", "load_id": Int64(load_id)})
    whole = logs_file(tmp_path, a_box_log("b"), name="20220401w.json")
    (report,) = stores.load(whole, replaces_days=True, may_end=HALF)
    assert report.counts.ended_rows == 1
    assert seconds(stores) == {"b": 254}


@pytest.mark.parametrize("to_warehouse", [True, False])
def test_lines_of_a_file_that_was_refused_whole_go_where_the_file_went(
    stores: Stores, tmp_path: Path, *, to_warehouse: bool
) -> None:
    stores.load(logs_file(tmp_path, a_box_log("a", TotalDuration=-1)), to_warehouse=to_warehouse)
    mended = mended_lines(stores, tmp_path)
    (report,) = replay_corrections(stores.settings, mended, load_id=1).reports
    assert counts(report) == (1, 0, 0, 0, 0)
    lines = stores.one("SELECT count(*) FROM oltp.box_day_lines")
    documents = stores.mongodb["box_logs"].count_documents({})
    assert (lines, documents) == ((1, 0) if to_warehouse else (0, 1))


@pytest.mark.parametrize("to_warehouse", [True, False])
def test_lines_of_a_file_that_was_refused_whole_stay_where_its_day_went_the_other_way(
    stores: Stores, tmp_path: Path, *, to_warehouse: bool
) -> None:
    stores.load(logs_file(tmp_path, a_box_log("a", TotalDuration=-1)), to_warehouse=to_warehouse)
    mended = mended_lines(stores, tmp_path)
    other = logs_file(tmp_path, a_box_log("b"), name="20220401b.json")
    stores.load(other, to_warehouse=not to_warehouse)
    with pytest.raises(InputError, match=r"20220401\.json: 2022-04-01 (went to|is in)"):
        replay_corrections(stores.settings, mended, load_id=1)
    assert stores.rows("SELECT line FROM ops.held_row") == [(1,)]
    # Given again that way, the file goes it, too.
    refused = logs_file(tmp_path, a_box_log("a", TotalDuration=-1))
    (report,) = stores.load(refused, to_warehouse=not to_warehouse)
    assert report.outcome == "already loaded"
    (report,) = replay_corrections(stores.settings, mended, load_id=1).reports
    assert counts(report) == (1, 0, 0, 0, 0)
    assert stores.rows("SELECT DISTINCT is_packed FROM ops.load") == [(not to_warehouse,)]


def mended_lines(stores: Stores, folder: Path) -> Path:
    """Return a file of the refused lines of load 1 with a length that is one."""
    mended = folder / "mended.jsonl"
    export_rows(stores.settings, mended, load_id=1)
    rows = map(json.loads, mended.read_text().splitlines())
    write_json_lines(mended, [row | {"_source.TotalDuration": "60"} for row in rows])
    return mended


def test_advice_to_take_documents_back_names_no_load_that_can_not_be(
    stores: Stores, tmp_path: Path
) -> None:
    stores.load(logs_file(tmp_path, a_box_log("a")))
    again = logs_file(tmp_path, a_box_log("a"), a_box_log("b"), name="20220401b.json")
    stores.load(again)
    with pytest.raises(UsageError, match=r"load 2 \(.*b\.json\) brought rows of load 1") as refusal:
        undo(stores.settings, 1)
    assert refusal.value.advice == "take back load 2 first, or deliver the right rows"
    stores.load(logs_file(tmp_path, a_box_log("b", TotalDuration=2), name="20220401c.json"))
    with pytest.raises(UsageError, match=r"load 2 \(.*b\.json\) brought rows of load 1") as refusal:
        undo(stores.settings, 1)
    assert refusal.value.advice == (
        "load 2 can't be: load 3 replaced documents of load 2; deliver the right rows as a new file instead"
    )


def test_loads_from_before_packed_ones_were_told_are_told_by_their_days(
    stores: Stores, tmp_path: Path
) -> None:
    stores.load(logs_file(tmp_path, *map(a_box_log, "ab")))
    stores.load(logs_file(tmp_path, *map(a_box_log, "ba"), name="20220401b.json"))
    stores.load(logs_file(tmp_path, a_box_log("a"), name="20220402.json"), to_warehouse=True)
    bad = logs_file(tmp_path, a_box_log("a", TotalDuration=-1), name="20220402b.json")
    stores.load(bad, to_warehouse=True)
    (migration,) = (
        each for each in load_migrations("oltp.migrations") if "whole_days" in each.name
    )
    with stores.postgres, stores.postgres.cursor() as cursor:
        cursor.execute("DROP TABLE ops.ended_document")
        cursor.execute("ALTER TABLE ops.load DROP COLUMN is_packed")
        cursor.execute("UPDATE ops.load SET confirmed_loads = '{}'")
        cursor.execute(
            "UPDATE ops.schema_migration SET applied_at = clock_timestamp() WHERE number = 19"
        )
        cursor.execute(migration.text)
    assert stores.rows("SELECT load_id, is_packed FROM ops.load ORDER BY 1") == [
        (1, False),
        (2, False),
        (3, True),
        (4, True),
    ]
    with pytest.raises(UsageError, match=r"load 2 \(.*b\.json\) brought rows of load 1 again"):
        undo(stores.settings, 1)
