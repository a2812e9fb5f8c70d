"""Runs: a repeat writes nothing, a change replaces exactly the result, two at once do no harm."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import pytest
from bson import Int64

import nosql.run
from nosql.pipelines import list_pipelines
from nosql.run import explain, run, show
from svp.errors import UsageError
from tests.integration.nosql.builders import a_play, a_title

if TYPE_CHECKING:
    from svp.core.mongodb import Document, MongoDatabase
    from svp.settings import Settings


@pytest.fixture
def filled(database: MongoDatabase) -> MongoDatabase:
    """The database with two titles, each played twice by one user."""
    database["content"].insert_many([a_title("t1"), a_title("t2")])
    database["viewing_events"].insert_many(
        [a_play("t1", watch_seconds=50), a_play("t1"), a_play("t2"), a_play("t2", watch_seconds=70)]
    )
    return database


def contents(database: MongoDatabase) -> dict[str, list[Document]]:
    """Return every document of every result."""
    return {
        pipeline.name: list(database[pipeline.name].find().sort("_id"))
        for pipeline in list_pipelines()
        if pipeline.into
    }


def without_stamp(row: Document) -> Document:
    return {key: row[key] for key in row.keys() - {"run_number", "calculated_at"}}


def test_a_run_says_what_it_wrote_and_stamps_it(settings: Settings, filled: MongoDatabase) -> None:
    (result,) = run(settings, ["title_statistics"])
    assert (result.name, result.written, result.removed, result.skipped) == (
        "title_statistics",
        2,
        0,
        False,
    )
    assert {row["run_number"] for row in filled["title_statistics"].find()} == {1}


def test_a_repeat_on_the_same_data_writes_nothing(
    settings: Settings, filled: MongoDatabase
) -> None:
    run(settings)
    before = contents(filled)
    repeated = run(settings)
    assert [result.skipped for result in repeated] == [True] * len(before)
    assert sum(result.written + result.removed for result in repeated) == 0
    assert contents(filled) == before


def test_a_forced_repeat_changes_the_stamp_alone(settings: Settings, filled: MongoDatabase) -> None:
    run(settings)
    before = contents(filled)
    assert not any(result.skipped for result in run(settings, force=True))
    after = contents(filled)
    for name, rows in before.items():
        assert [without_stamp(row) for row in after[name]] == [without_stamp(row) for row in rows]
        assert {row["run_number"] for row in after[name]} <= {2}


def test_a_group_that_the_data_no_longer_has_is_removed(
    settings: Settings, filled: MongoDatabase
) -> None:
    run(settings, ["title_statistics"])
    filled["viewing_events"].delete_many({"title_ref": "demo:t2"})
    (result,) = run(settings, ["title_statistics"])
    assert (result.written, result.removed) == (1, 1)
    assert [row["content_id"] for row in show(settings, "title_statistics")] == ["t1"]


def test_a_result_is_empty_when_all_data_is_gone(settings: Settings, filled: MongoDatabase) -> None:
    run(settings)
    filled["viewing_events"].delete_many({})
    run(settings)
    assert all(rows == [] for rows in contents(filled).values())


@pytest.mark.parametrize("load_id", [2, 3, 1], ids=["same load", "newer load", "older load"])
def test_a_run_follows_whichever_load_wrote_last(
    settings: Settings, filled: MongoDatabase, load_id: int
) -> None:
    run(settings, ["title_statistics"])
    filled["viewing_events"].insert_one(a_play("t2", load_id=Int64(load_id)))
    (result,) = run(settings, ["title_statistics"])
    assert not result.skipped
    assert show(settings, "title_statistics", limit=1)[0]["plays"] == 3


def test_a_run_sees_a_document_that_was_replaced(settings: Settings, filled: MongoDatabase) -> None:
    filled["viewing_events"].update_one({"title_ref": "demo:t2"}, {"$set": {"load_id": Int64(9)}})
    run(settings, ["title_statistics"])
    play = a_play("t1", watch_seconds=999, load_id=Int64(5))
    (old,) = filled["viewing_events"].find({"title_ref": "demo:t1", "watch_seconds": 50})
    replacement = play | {"_id": old["_id"], "session_id": old["session_id"]}
    filled["viewing_events"].replace_one({"_id": old["_id"]}, replacement)
    (result,) = run(settings, ["title_statistics"])
    assert not result.skipped
    assert show(settings, "title_statistics", limit=1)[0]["watch_seconds"] == 1_599


def test_a_run_follows_a_change_of_the_catalogue(settings: Settings, filled: MongoDatabase) -> None:
    run(settings, ["title_statistics"])
    filled["content"].update_one(
        {"content_id": "t1"}, {"$set": {"title": "Renamed", "load_id": Int64(3)}}
    )
    run(settings, ["title_statistics"])
    titles = {row["content_id"]: row["title"] for row in show(settings, "title_statistics")}
    assert titles == {"t1": "Renamed", "t2": "Title t2"}


def test_a_result_that_was_tampered_with_is_mended(
    settings: Settings, filled: MongoDatabase
) -> None:
    run(settings, ["title_statistics"])
    filled["title_statistics"].delete_one({})
    (result,) = run(settings, ["title_statistics"])
    assert (result.skipped, result.written) == (False, 2)


def test_a_run_that_was_killed_is_completed_by_the_next(
    settings: Settings, filled: MongoDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(settings, ["title_statistics"])
    filled["viewing_events"].delete_many({"title_ref": "demo:t2"})
    with monkeypatch.context() as killed:
        killed.setattr(nosql.run, "finish_run", _interrupt)
        with pytest.raises(KeyboardInterrupt):
            run(settings, ["title_statistics"])
    (result,) = run(settings, ["title_statistics"])
    assert (result.skipped, result.written, result.removed) == (False, 1, 1)


def _interrupt(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_runs_at_the_same_time_leave_what_one_leaves(
    settings: Settings, filled: MongoDatabase
) -> None:
    run(settings)
    expected = contents(filled)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(partial(run, force=True), [settings] * 3))
    for name, rows in contents(filled).items():
        assert [without_stamp(row) for row in rows] == [
            without_stamp(row) for row in expected[name]
        ]


def test_an_older_run_that_ends_later_gives_way_to_the_newer(
    settings: Settings, filled: MongoDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_merge = nosql.run.merge_result

    def overtaken(database: MongoDatabase, *arguments: object) -> None:
        """Let a newer run come and go, with other data, between two steps of the older."""
        monkeypatch.setattr(nosql.run, "merge_result", real_merge)
        database["viewing_events"].delete_many({"title_ref": "demo:t1"})
        run(settings, ["title_statistics"], force=True)
        database["viewing_events"].insert_many([a_play("t1"), a_play("t2")])
        real_merge(database, *arguments)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(nosql.run, "merge_result", overtaken)
    run(settings, ["title_statistics"])
    (row,) = show(settings, "title_statistics")
    assert (row["content_id"], row["plays"], row["run_number"]) == ("t2", 2, 2)
    run(settings, ["title_statistics"])
    assert {row["plays"] for row in show(settings, "title_statistics")} == {1, 3}


def test_show_gives_rows_in_order_and_no_more_than_asked_for(
    settings: Settings, filled: MongoDatabase
) -> None:
    assert show(settings, "title_statistics") == []
    run(settings, ["title_statistics"])
    assert [row["watch_seconds"] for row in show(settings, "title_statistics")] == [670, 650]
    assert len(show(settings, "title_statistics", limit=1)) == 1
    assert filled["title_statistics"].count_documents({}) == 2


def test_explain_tells_the_index_and_what_was_read(
    settings: Settings, filled: MongoDatabase
) -> None:
    explanation = explain(settings, "title_statistics")
    assert explanation.indexes == ("_id_",)
    assert explanation.keys_examined == 2
    assert explanation.documents_examined == 4 + 2
    assert filled["title_statistics"].count_documents({}) == 0


def test_a_name_that_does_not_exist_stops_a_run_before_it_writes(
    settings: Settings, filled: MongoDatabase
) -> None:
    with pytest.raises(UsageError, match="there is no pipeline titles"):
        run(settings, ["title_statistics", "titles"])
    assert filled["pipeline_run"].count_documents({}) == 0
