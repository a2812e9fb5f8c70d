"""Files that name only what matters to a test."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = [
    "a_catalogue",
    "a_movie",
    "a_session",
    "a_user",
    "sessions_file",
    "users_file",
    "write_csv",
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
