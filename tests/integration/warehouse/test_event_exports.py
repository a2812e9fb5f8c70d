"""Event exports from files to the mart: what is counted there is what a plain reader counts in the files."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.warehouse.builders import AppEvent
from tests.integration.warehouse.test_events import ACTIVITY, activity, some_events
from tests.unit.loaders.builders import an_event, write_json_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.integration.warehouse.builders import Platform

SAMPLE = Path(__file__).parents[4] / "shared" / "inputs" / "events" / "export.ndjson"


def exported(event: AppEvent, number: int) -> dict[str, object]:
    """Return an event as an export has it."""
    return an_event(
        f"e{number}",
        event_time=f"{event.at:%Y-%m-%d %H:%M:%S.%f}",
        session_id=-1 if event.session_id is None else int(event.session_id),
        user_id=event.user_id or "EMPTY",
        device_id=event.anonymous_id or "None",
        platform=event.platform,
        country=event.country or "False",
    )


def read(event: Mapping[str, Any]) -> AppEvent:
    """Return an event of an export as a plain reader takes it."""

    def told(name: str) -> Any:
        return None if event[name] in {"EMPTY", "None", "False", -1} else event[name]

    return AppEvent(
        datetime.fromisoformat(f"{event['event_time']}+00:00"),
        user_id=told("user_id"),
        anonymous_id=told("device_id"),
        session_id=None if told("session_id") is None else str(event["session_id"]),
        platform=told("platform"),
        country=told("country"),
    )


def test_exported_events_reach_the_mart_and_corrections_follow(
    empty_platform: Platform, run: Callable[..., None], tmp_path: Path
) -> None:
    events = some_events(7, count=300)
    run(
        "ingest",
        write_json_lines(
            tmp_path / "first.ndjson", [exported(event, n) for n, event in enumerate(events)]
        ),
    )
    run("warehouse", "refresh")
    assert empty_platform.mart("event_activity", *ACTIVITY) == activity(events)
    moved = exported(events[1], 0)
    run("ingest", write_json_lines(tmp_path / "moved.ndjson", [moved]))
    run("warehouse", "refresh")
    run("verify")
    assert empty_platform.mart("event_activity", *ACTIVITY) == activity([events[1], *events[1:]])


@pytest.mark.skipif(not SAMPLE.is_file(), reason="the sample files are not beside the repository")
def test_the_sample_export_reaches_the_mart(
    empty_platform: Platform, run: Callable[..., None]
) -> None:
    run("ingest", SAMPLE)
    run("warehouse", "refresh")
    run("verify")
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    expected = activity([read(json.loads(line)) for line in lines])
    assert empty_platform.mart("event_activity", *ACTIVITY) == expected
    assert sum(int(str(row[3])) for row in expected) == len(lines)
