"""What an ingest leaves of event exports: documents in MongoDB without personal data, and the days they touch."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from loaders import ledger
from svp.errors import ServerError
from tests.unit.loaders.builders import an_event, write_json_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.integration.loaders.stores import Stores

JAN_17, JAN_18, JAN_19 = (date(2025, 1, day) for day in (17, 18, 19))
DAYS = "SELECT load_id, day FROM ops.load_day ORDER BY 1, 2"

SAMPLE = Path(__file__).parents[4] / "shared" / "inputs" / "events" / "export.ndjson"


def events_file(folder: Path, *events: Mapping[str, object], name: str = "export.ndjson") -> Path:
    return write_json_lines(folder / name, events)


def test_an_event_is_a_document_of_its_day_without_its_properties(
    stores: Stores, tmp_path: Path
) -> None:
    private = {"email": "ada@example.org", "$where": "1", "a.b": {"c": [1, {"d": None}]}}
    event = an_event(event_properties={"slug": "x"}, user_properties=private)
    (report,) = stores.load(events_file(tmp_path, event))
    assert (report.kind, report.counts.flags) == ("events.events", {"properties_left_out": 1})
    (document,) = stores.mongodb["app_events"].find()
    assert document == {
        "_id": "events:e1",
        "source": "events",
        "event_id": "e1",
        "event_name": "page_view",
        "occurred_at": datetime(2025, 1, 18, 0, 31, 49, 661_000, tzinfo=UTC),
        "day": datetime(2025, 1, 18, tzinfo=UTC),
        "user_ref": "events:u1",
        "anonymous_id": "d1",
        "session_id": "1737160306717",
        "platform": "Web",
        "country": "Chile",
        "quality_flags": ["properties_left_out"],
        "load_id": 1,
    }
    assert stores.rows(DAYS) == [(1, JAN_18)]
    assert stores.rows("SELECT day FROM ops.day_version") == [(JAN_18,)]


def test_properties_on_a_list_are_kept_whatever_their_type(stores: Stores, tmp_path: Path) -> None:
    values = ["x", 7, True, 1.5, ["a", 2], None, "EMPTY", {"deep": 1}, 2**63, "a\x00b", [[1]]]
    events = [
        an_event(f"{number:02}", event_properties={"value": value, "other": 1})
        for number, value in enumerate(values)
    ]
    map_file = tmp_path / "events.toml"
    map_file.write_text('kind = "events.events"\nkeep = ["event_properties.value"]\n')
    (report,) = stores.load(events_file(tmp_path, *events), map_file=map_file)
    assert (report.counts.loaded_rows, report.counts.rejected_rows) == (11, 0)
    kept = [
        document.get("properties") for document in stores.mongodb["app_events"].find().sort("_id")
    ]
    assert kept == [{"event": {"value": value}} for value in values[:5]] + [None] * 6


def test_words_for_nothing_and_sessions_outside_of_one_are_absent(
    stores: Stores, tmp_path: Path
) -> None:
    nothing = ["EMPTY", "None", "False", None, ""]
    events = [
        an_event(f"e{number}", event_type=word, user_id=word, country=word, session_id=-1)
        for number, word in enumerate(nothing)
    ]
    (report,) = stores.load(events_file(tmp_path, *events))
    assert report.counts.flags == {"no_event_name": 5}
    absent = {"event_name", "user_ref", "country", "session_id"}
    assert [absent & document.keys() for document in stores.mongodb["app_events"].find()] == [
        set()
    ] * 5


def test_events_that_cannot_be_placed_are_refused(stores: Stores, tmp_path: Path) -> None:
    events = [
        an_event(None),
        an_event("e2", event_time=None),
        an_event("e3", event_time="2025-02-30 00:00:00.000000"),
        an_event("e4", session_id="x"),
        an_event("e5", event_time="2025-01-18T00:31:49+02:00"),
    ]
    stores.load(events_file(tmp_path, *events))
    assert sorted(stores.quarantined()) == [
        (1, "uuid", "missing", None),
        (2, "event_time", "missing", None),
        (3, "event_time", "not_an_instant", "2025-02-30 00:00:00.000000"),
        (4, "session_id", "not_a_number", "x"),
    ]
    assert stores.rows(DAYS) == [(1, JAN_17)]


def test_of_events_with_one_uuid_the_last_wins_and_both_its_days_are_touched(
    stores: Stores, tmp_path: Path
) -> None:
    first = [an_event("e1"), an_event("e2", event_time="2025-01-19 10:00:00.000000")]
    stores.load(events_file(tmp_path, *first))
    moved = [an_event("e1", event_time="2025-01-17 09:00:00.000000"), first[1]]
    (report,) = stores.load(events_file(tmp_path, *moved, name="again.ndjson"))
    assert (report.counts.updated_rows, report.counts.unchanged_rows) == (1, 1)
    assert stores.rows(DAYS) == [(1, JAN_18), (1, JAN_19), (2, JAN_17), (2, JAN_18)]
    document = stores.mongodb["app_events"].find_one({"event_id": "e1"})
    assert document is not None
    assert (document["replaced_load_id"], document["replaced_day"].date()) == (1, JAN_18)
    (report,) = stores.load(events_file(tmp_path, first[1], moved[0], name="third.ndjson"))
    assert (
        report.counts.unchanged_rows,
        stores.rows("SELECT 1 FROM ops.load_day WHERE load_id = 3"),
    ) == (2, [])


def test_a_killed_load_that_moved_an_event_touches_its_first_day_when_it_is_repeated(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang_up(*_: object, **__: object) -> None:
        raise ServerError("PostgreSQL is gone")  # noqa: EM101  (a test's own)

    stores.load(events_file(tmp_path, an_event("e1")))
    moved = events_file(
        tmp_path, an_event("e1", event_time="2025-01-19 09:00:00.000000"), name="moved.ndjson"
    )
    with monkeypatch.context() as patched:
        patched.setattr(ledger, "record_rows", hang_up)
        with pytest.raises(ServerError):
            stores.load(moved)
    (report,) = stores.load(moved)
    assert report.counts.updated_rows == 1
    assert stores.rows("SELECT day FROM ops.load_day WHERE load_id > 1") == [(JAN_18,), (JAN_19,)]
    versions = dict(stores.rows("SELECT day, version FROM ops.day_version"))
    assert versions.keys() == {JAN_18, JAN_19}
    assert min(versions.values()) > 1


@pytest.mark.skipif(not SAMPLE.is_file(), reason="the sample files are not beside the repository")
def test_the_sample_export_is_stored_as_a_plain_reader_finds_it(stores: Stores) -> None:
    (report,) = stores.load(SAMPLE)
    events = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
    assert (report.counts.loaded_rows, report.counts.rejected_rows) == (len(events), 0)
    assert report.counts.flags["no_event_name"] == 39
    stored = {found["event_id"]: found for found in stores.mongodb["app_events"].find()}
    assert {uuid: facts(found) for uuid, found in stored.items()} == {
        event["uuid"]: {
            "event_name": told(event["event_type"]),
            "user_ref": (user := told(event["user_id"])) and f"events:{user}",
            "anonymous_id": told(event["device_id"]),
            "session_id": None if event["session_id"] == -1 else str(event["session_id"]),
            "platform": told(event["platform"]),
            "country": told(event["country"]),
            "properties": None,
            "occurred_at": event["event_time"][:23],
        }
        for event in events
    }


def told(word: str | None) -> str | None:
    return None if word in {None, "EMPTY", "None", "False"} else word


def facts(document: Mapping[str, Any]) -> dict[str, object]:
    names = (
        "event_name", "user_ref", "anonymous_id", "session_id", "platform", "country", "properties",
    )  # fmt: skip
    occurred_at = f"{document['occurred_at']:%Y-%m-%d %H:%M:%S.%f}"[:23]
    return {name: document.get(name) for name in names} | {"occurred_at": occurred_at}
