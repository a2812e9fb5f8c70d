"""Validators take documents of the agreed shape and refuse all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from bson import Int64
from pymongo.errors import WriteError

from nosql.schema import install
from svp.core.mongodb import open_database
from tests.integration.nosql.builders import (
    DAY,
    a_box_log,
    a_failed_attempt,
    a_play,
    a_title,
    an_app_event,
)
from tests.integration.nosql.conftest import uninitialised

if TYPE_CHECKING:
    from collections.abc import Iterator

    from svp.core.mongodb import Document, MongoDatabase

REQUIRED_OF_TITLE = ("source", "content_id", "title", "content_type", "genres", "load_id")

REQUIRED_OF_EVENT = (
    "source",
    "session_id",
    "user_ref",
    "title_ref",
    "started_on",
    "first_frame_at",
    "watch_seconds",
    "days",
    "device",
    "stream",
    "load_id",
)


REQUIRED_OF_BOX_LOG = (
    "source",
    "day",
    "log_id",
    "contract_code",
    "watch_seconds",
    "quality_flags",
    "load_id",
)


REQUIRED_OF_APP_EVENT = (
    "source",
    "event_id",
    "occurred_at",
    "day",
    "quality_flags",
    "load_id",
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, mongo_url: str) -> Iterator[MongoDatabase]:
    """One database with the schema for all: making it takes longer than any of these tests."""
    with uninitialised(tmp_path_factory.mktemp("home"), mongo_url) as settings:
        install(settings)
        url = settings.url("mongo")
        with open_database(url, settings.workspace.mongo_database) as opened:
            yield opened


@pytest.fixture
def database(shared: MongoDatabase) -> MongoDatabase:
    """The same, without the documents of the test before."""
    for name in ("content", "viewing_events", "box_logs", "app_events"):
        shared[name].delete_many({})
    return shared


def refused(database: MongoDatabase, collection: str, document: Document) -> bool:
    with pytest.raises(WriteError, match="failed validation"):
        database[collection].insert_one(document)
    return database[collection].count_documents({}) == 0


def test_titles_of_every_shape_are_taken(database: MongoDatabase) -> None:
    movie = a_title(
        "m",
        release_year=2001,
        maturity_rating="PG",
        language="en",
        is_original=True,
        director="D",
        main_actor="A",
        actors=["A", "B"],
        duration_minutes=90,
    )
    series = a_title(
        "s",
        content_type="series",
        seasons=[{"season_number": 1, "episode_count": 10}],
        average_episode_minutes=45,
        genres=[],
    )
    assert len(database["content"].insert_many([movie, series]).inserted_ids) == 2


def test_events_of_every_shape_are_taken(database: MongoDatabase) -> None:
    full = a_play(
        watch_seconds=600,
        next_day_seconds=60,
        started_at=DAY,
        ended_at=DAY,
        completion_percent=99.5,
        is_complete=True,
        completion_source="length",
        stream={"quality": "hd", "stall_count": 1, "average_bitrate_kbps": 4500},
        quality_flags=["before_sign_up"],
    )
    bare = a_play(device={}, stream={})
    del bare["quality_flags"]
    player = {
        "attempt_id": "a1",
        "outcome": "failed",
        "startup_milliseconds": 0,
        "stall_milliseconds": 0,
        "stall_count": 0,
        "bitrate_change_count": 0,
        "error_code": "MANIFEST",
    }
    least = {"attempt_id": "a2", "outcome": "played"}
    events = [full, bare, a_failed_attempt(), a_failed_attempt(player=player), a_play(player=least)]
    assert len(database["viewing_events"].insert_many(events).inserted_ids) == 5


def test_box_logs_of_every_shape_are_taken(database: MongoDatabase) -> None:
    bare = a_box_log("AX_2", contract_code=None)
    del bare["mac"], bare["application"]
    lines = [a_box_log(), bare, a_box_log("AX_3", replaced_load_id=Int64(2))]
    assert len(database["box_logs"].insert_many(lines).inserted_ids) == 3


@pytest.mark.parametrize("field", REQUIRED_OF_BOX_LOG)
def test_a_box_log_without_a_required_field_is_refused(database: MongoDatabase, field: str) -> None:
    line = a_box_log()
    del line[field]
    assert refused(database, "box_logs", line)


@pytest.mark.parametrize(
    "fields",
    [
        {"_id": "iptv:AX_1"},
        {"_id": "iptv:2024-02-01:AX_1"},
        {"day": "2024-01-31"},
        {"day": DAY.replace(hour=1)},
        {"log_id": ""},
        {"contract_code": 0},
        {"mac": None},
        {"application": None},
        {"watch_seconds": -1},
        {"watch_seconds": "254"},
        {"load_id": 3},
        {"category": "TV"},
    ],
    ids=str,
)
def test_a_box_log_with_a_wrong_value_is_refused(database: MongoDatabase, fields: Document) -> None:
    assert refused(database, "box_logs", a_box_log() | fields)


def test_app_events_of_every_shape_are_taken(database: MongoDatabase) -> None:
    named: Document = {"user_ref": "demo:u1", "session_id": "1737160306717", "platform": "Web"}
    more: Document = {"anonymous_id": "d1", "country": "Chile", "properties": {"page": "home"}}
    late = {
        "occurred_at": DAY.replace(hour=23),
        "day": DAY,
        "replaced_load_id": Int64(2),
        "replaced_day": DAY,
    }
    events = [an_app_event(), an_app_event("e2") | named | more, an_app_event("e3") | late]
    nameless = an_app_event("e4")
    del nameless["event_name"]
    assert len(database["app_events"].insert_many([*events, nameless]).inserted_ids) == 4


@pytest.mark.parametrize("field", REQUIRED_OF_APP_EVENT)
def test_an_app_event_without_a_required_field_is_refused(
    database: MongoDatabase, field: str
) -> None:
    event = an_app_event()
    del event[field]
    assert refused(database, "app_events", event)


@pytest.mark.parametrize(
    "fields",
    [
        {"_id": "demo:e2"},
        {"event_name": ""},
        {"occurred_at": "2024-01-31 12:00"},
        {"day": DAY.replace(hour=1)},
        {"occurred_at": DAY.replace(day=1)},
        {"user_ref": None},
        {"session_id": -1},
        {"platform": None},
        {"properties": "{}"},
        {"load_id": 3},
        {"ip_address": "192.0.2.1"},
    ],
    ids=str,
)
def test_an_app_event_with_a_wrong_value_is_refused(
    database: MongoDatabase, fields: Document
) -> None:
    assert refused(database, "app_events", an_app_event() | fields)


@pytest.mark.parametrize("field", REQUIRED_OF_TITLE)
def test_a_title_without_a_required_field_is_refused(database: MongoDatabase, field: str) -> None:
    title = a_title()
    del title[field]
    assert refused(database, "content", title)


@pytest.mark.parametrize("field", REQUIRED_OF_EVENT)
def test_an_event_without_a_required_field_is_refused(database: MongoDatabase, field: str) -> None:
    event = a_play()
    del event[field]
    assert refused(database, "viewing_events", event)


@pytest.mark.parametrize(
    "fields",
    [
        {"_id": 1},
        {"_id": "demo:other"},
        {"source": ""},
        {"title": None},
        {"content_type": "film"},
        {"genres": "Drama"},
        {"genres": ["Drama", "Drama"]},
        {"genres": [1]},
        {"release_year": "2001"},
        {"release_year": 1},
        {"is_original": "true"},
        {"director": None},
        {"actors": []},
        {"actors": "A"},
        {"actors": ["A", "A"]},
        {"duration_minutes": 90.0},
        {"duration_minutes": 0},
        {"seasons": [{"season_number": 1}]},
        {"seasons": [{"season_number": 1, "episode_count": 2, "title": "x"}]},
        {"load_id": 1},
        {"rating": 5},
    ],
    ids=str,
)
def test_a_title_with_a_wrong_value_is_refused(database: MongoDatabase, fields: Document) -> None:
    assert refused(database, "content", a_title() | fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"_id": 1},
        {"_id": "demo:other"},
        {"user_ref": None},
        {"started_on": "2024-01-31"},
        {"started_at": None},
        {"ended_at": "2024-01-31T00:00:00Z"},
        {"first_frame_at": "soon"},
        {"watch_seconds": 600.0},
        {"watch_seconds": Int64(600)},
        {"watch_seconds": -1, "days": [{"on": DAY, "watch_seconds": -1}]},
        {"watch_seconds": 601},
        {"days": []},
        {"days": [{"on": DAY, "watch_seconds": 200}] * 3},
        {"days": [{"on": DAY}]},
        {"days": [{"on": "2024-01-31", "watch_seconds": 600}]},
        {"days": [{"on": DAY, "watch_seconds": 600, "plays": 1}]},
        {"completion_percent": 50},
        {"is_complete": 1},
        {"is_complete": None},
        {"completion_source": "guess"},
        {"device": "tv"},
        {"device": {"type": "tv", "maker": "x"}},
        {"device": {"type": None}},
        {"stream": {"stall_count": "1"}},
        {"stream": {"bitrate": 1}},
        {"player": {"outcome": "played"}},
        {"player": {"attempt_id": "a1", "outcome": "stopped"}},
        {"player": {"attempt_id": "a1", "outcome": "played", "startup_milliseconds": 1.5}},
        {"player": {"attempt_id": "a1", "outcome": "played", "error_code": None}},
        {"player": {"attempt_id": "a1", "outcome": "played", "codec": "x"}},
        {"quality_flags": "late"},
        {"load_id": 2},
        {"country": "DE"},
    ],
    ids=str,
)
def test_an_event_with_a_wrong_value_is_refused(database: MongoDatabase, fields: Document) -> None:
    assert refused(database, "viewing_events", a_play() | fields)


def test_an_update_to_a_wrong_document_is_refused(database: MongoDatabase) -> None:
    play = a_play()
    database["viewing_events"].insert_one(play)
    with pytest.raises(WriteError, match="failed validation"):
        database["viewing_events"].update_one({}, {"$set": {"watch_seconds": 1}})
    assert database["viewing_events"].find_one()["watch_seconds"] == 600  # type: ignore[index]  # it is there


def test_a_result_without_its_stamp_is_refused(database: MongoDatabase) -> None:
    assert refused(database, "title_statistics", {"_id": "demo:t1", "plays": 1})
