"""Files that name only what matters to a test."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from svp.model import Table

__all__ = [
    "a_box_log",
    "a_catalogue",
    "a_listed_title",
    "a_movie",
    "a_session",
    "a_subscriber",
    "a_user",
    "an_event",
    "logs_file",
    "own_table",
    "sessions_file",
    "users_file",
    "write_csv",
    "write_json_lines",
]


def a_user(user_id: str = "U1", **changes: str) -> dict[str, str]:
    """Return a row of users.csv."""
    row = {
        "user_id": user_id,
        "age": "30",
        "country": "Chile",
        "subscription_type": "Basic",
        "registration_date": "2023-01-01",
        "total_watch_time_hours": "12.5",
    }
    return {**row, **changes}


def a_session(session_id: str = "S1", **changes: str) -> dict[str, str]:
    """Return a row of viewing_sessions.csv."""
    row = {
        "session_id": session_id,
        "user_id": "U1",
        "content_id": "M1",
        "watch_date": "2024-02-16",
        "watch_duration_minutes": "30",
        "completion_percentage": "50.0",
        "device_type": "Mobile",
        "quality_level": "HD",
    }
    return {**row, **changes}


def a_movie(content_id: str = "M1", **changes: object) -> dict[str, object]:
    """Return an element of content.json's movies."""
    row = {"content_id": content_id, "title": "Heat", "genre": ["Crime"], "duration_minutes": 100}
    return {**row, **changes}


def a_box_log(log_id: str | None = "AX_1", **changes: object) -> dict[str, object]:
    """Return a line of a set-top box's log; ``changes`` are of what Elasticsearch calls the source."""
    source = {
        "Contract": "HNH123456",
        "Mac": "0C96E62FC55C",
        "TotalDuration": 254,
        "AppName": "KPLUS",
    }
    return {
        "_index": "history",
        "_type": "kplus",
        "_id": log_id,
        "_score": 0,
        "_source": source | changes,
    }


def a_listed_title(show_id: str = "s1", **changes: str) -> dict[str, str]:
    """Return a row of a public catalogue."""
    row = {
        "show_id": show_id,
        "type": "Movie",
        "title": "Northern Lights",
        "director": "Kim Berg",
        "cast": "Ann Lee, Bo Ray",
        "country": "Chile, Peru",
        "date_added": "September 25, 2021",
        "release_year": "2020",
        "rating": "PG-13",
        "duration": "90 min",
        "listed_in": "Dramas, Comedies",
        "description": "Two people\nmeet.",
    }
    return {**row, **changes}


def a_subscriber(user_id: str = "1", **changes: str) -> dict[str, str]:
    """Return a row of a public list of subscribers."""
    row = {
        "User ID": user_id,
        "Subscription Type": "Basic",
        "Monthly Revenue": "10",
        "Join Date": "05-09-21",
        "Last Payment Date": "10-06-23",
        "Country": "Chile",
        "Age": "28",
        "Gender": "Female",
        "Device": "Tablet",
        "Plan Duration": "1 Month",
    }
    return {**row, **changes}


def an_event(uuid: str | None = "e1", **changes: object) -> dict[str, object]:
    """Return an event of an analytics export; fields of which nothing becomes are left out but for a few."""
    event: dict[str, object] = {
        "uuid": uuid,
        "event_type": "page_view",
        "event_time": "2025-01-18 00:31:49.661123",
        "client_event_time": "2025-01-18 00:31:40.000000",
        "session_id": 1737160306717,
        "user_id": "u1",
        "device_id": "d1",
        "platform": "Web",
        "country": "Chile",
        "city": "Arica",
        "event_properties": {},
        "user_properties": {},
    }
    return {**event, **changes}


def write_json_lines(path: Path, rows: Iterable[Mapping[str, object]]) -> Path:
    """Write rows as JSON, one a line."""
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text("".join(lines), encoding="utf-8")
    return path


def own_table(folder: Path, table: Table, *rows: Mapping[str, object]) -> Path:
    """Write a Parquet file of the program's own shape; columns that a row doesn't name are null."""
    filled = [{column: row.get(column) for column in table.schema.names} for row in rows]
    schema = pa.schema([field.with_nullable(nullable=True) for field in table.schema])
    path = folder / f"{table.name}.parquet"
    pq.write_table(pa.Table.from_pylist(filled, schema), path)
    return path


def logs_file(folder: Path, *rows: Mapping[str, object], name: str = "20220401.json") -> Path:
    """Write a day of logs; one line if none is given."""
    return write_json_lines(folder / name, rows or [a_box_log()])


def write_csv(path: Path, rows: Iterable[Mapping[str, str]]) -> Path:
    """Write rows as CSV, with a header of the first row's names."""
    written = list(rows)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(written[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(written)
    return path


def users_file(folder: Path, *rows: Mapping[str, str], name: str = "users.csv") -> Path:
    """Write users.csv; one user if none is given."""
    return write_csv(folder / name, rows or [a_user()])


def sessions_file(
    folder: Path, *rows: Mapping[str, str], name: str = "viewing_sessions.csv"
) -> Path:
    """Write viewing_sessions.csv; one session if none is given."""
    return write_csv(folder / name, rows or [a_session()])


def a_catalogue(
    folder: Path, *movies: object, name: str = "content.json", **groups: object
) -> Path:
    """Write content.json; one film if none is given."""
    path = folder / name
    path.write_text(json.dumps({"movies": list(movies) or [a_movie()], **groups}))
    return path
