"""Migrations of MongoDB: applied once, repeatable, and never over a newer schema."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from pymongo.errors import WriteError

from nosql.pipelines import list_pipelines
from nosql.run import run, show
from nosql.schema import check_current, install, reset
from svp.core.mongodb import open_database
from svp.errors import SchemaError
from svp.settings import Workspace
from tests.integration.nosql.builders import a_title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from svp.core.mongodb import MongoDatabase
    from svp.settings import Settings

MIGRATIONS = [
    "0001_content",
    "0002_viewing_events",
    "0003_results",
    "0004_player",
    "0005_box_logs",
    "0006_app_events",
    "0007_app_events_replaced",
    "0008_titles_that_ended",
]


@contextmanager
def opened(settings: Settings) -> Iterator[MongoDatabase]:
    with open_database(settings.url("mongo"), settings.workspace.mongo_database) as database:
        yield database


def schema_of(settings: Settings) -> dict[str, Any]:
    """Return every collection's options and indexes, and the record of migrations."""
    with opened(settings) as database:
        collections = {each["name"]: each["options"] for each in database.list_collections()}
        indexes = {name: database[name].index_information() for name in collections}
        return {
            "collections": collections,
            "indexes": indexes,
            "record": list(database["schema_migration"].find().sort("_id")),
        }


def test_install_applies_every_migration_and_records_it(empty: Settings) -> None:
    assert [migration.name for migration in install(empty)] == MIGRATIONS
    record = schema_of(empty)["record"]
    assert [(each["_id"], each["name"]) for each in record] == list(enumerate(MIGRATIONS, start=1))
    assert all(len(each["checksum"]) == 64 and each["applied_at"].tzinfo for each in record)


def test_install_gives_each_result_its_collection(settings: Settings) -> None:
    results = {pipeline.into for pipeline in list_pipelines() if pipeline.into}
    assert results <= schema_of(settings)["collections"].keys()


def test_install_indexes_what_loads_exports_and_readers_look_for(settings: Settings) -> None:
    indexes = schema_of(settings)["indexes"]
    assert {name: index["key"] for name, index in indexes["viewing_events"].items()} == {
        "_id_": [("_id", 1)],
        "viewing_events_day": [("days.on", 1)],
        "viewing_events_load_id": [("load_id", 1)],
        "viewing_events_title_day": [("title_ref", 1), ("started_on", 1)],
        "viewing_events_user_day": [("user_ref", 1), ("started_on", 1)],
    }
    assert {name: index["key"] for name, index in indexes["content"].items()} == {
        "_id_": [("_id", 1)],
        "content_genres": [("genres", 1)],
        "content_load_id": [("load_id", 1)],
        "content_type_release_year": [("content_type", 1), ("release_year", 1)],
    }
    assert {name: index["key"] for name, index in indexes["box_logs"].items()} == {
        "_id_": [("_id", 1)],
        "box_logs_day": [("day", 1)],
        "box_logs_contract_code_day": [("contract_code", 1), ("day", 1)],
        "box_logs_load_id": [("load_id", 1)],
    }


def test_install_changes_nothing_when_repeated(settings: Settings) -> None:
    before = schema_of(settings)
    assert install(settings) == ()
    assert schema_of(settings) == before


def test_install_goes_on_where_it_was_killed_before_recording(settings: Settings) -> None:
    before = schema_of(settings)
    with opened(settings) as database:
        database["schema_migration"].delete_many({"_id": {"$gte": 2}})
    assert [migration.name for migration in install(settings)] == MIGRATIONS[1:]
    after = schema_of(settings)
    assert after["collections"] == before["collections"]
    assert after["indexes"] == before["indexes"]


def test_install_gives_a_collection_that_is_there_its_validator(empty: Settings) -> None:
    with opened(empty) as database:
        database["content"].insert_one(a_title("t1"))
        install(empty)
        assert database["content"].count_documents({}) == 1
        with pytest.raises(WriteError, match="failed validation"):
            database["content"].insert_one({"_id": "demo:t2"})


def test_installs_at_the_same_time_leave_what_one_leaves(
    empty: Settings, settings: Settings
) -> None:
    expected = schema_of(settings)
    reset(settings)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(install, [empty] * 4))
    made = schema_of(empty)
    assert made["collections"].keys() == expected["collections"].keys()
    assert made["indexes"] == expected["indexes"]
    assert [each["_id"] for each in made["record"]] == list(range(1, len(MIGRATIONS) + 1))


def test_a_newer_schema_is_refused_and_left_alone(settings: Settings) -> None:
    with opened(settings) as database:
        database["schema_migration"].insert_one({"_id": 99, "name": "0099_later", "checksum": "x"})
    before = schema_of(settings)
    for action in (install, check_current, run, lambda given: show(given, "title_statistics")):
        with pytest.raises(
            SchemaError, match="schema 0099, newer than this program's 0008"
        ) as failure:
            action(settings)
        assert failure.value.exit_code == 8
    assert schema_of(settings) == before


def test_a_schema_made_by_another_text_is_refused(settings: Settings) -> None:
    with opened(settings) as database:
        database["schema_migration"].update_one({"_id": 2}, {"$set": {"checksum": "other"}})
    with pytest.raises(SchemaError, match="another text of 0002_viewing_events"):
        install(settings)


def test_a_workspace_without_a_schema_is_told_to_run_init(empty: Settings) -> None:
    with pytest.raises(SchemaError) as failure:
        check_current(empty)
    assert "0001_content is not applied" in failure.value.message
    assert failure.value.advice == "run 'svp init' to upgrade it"


def test_check_current_accepts_the_schema_that_install_made(settings: Settings) -> None:
    check_current(settings)


def test_reset_empties_its_own_workspace_and_no_other(settings: Settings) -> None:
    neighbour = replace(settings, workspace=Workspace(f"{settings.workspace.name}_b"))
    install(neighbour)
    try:
        reset(settings)
        assert schema_of(settings)["collections"] == {}
        check_current(neighbour)
    finally:
        reset(neighbour)
