"""The documents of MongoDB, made from the rows of one load.

What PostgreSQL holds too is made from what it stored, not from the file: so both stores hold the same, and a run that
was killed between them is completed without the file.
"""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from bson import Int64

from svp.core.sqlfiles import read_sql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from svp.core.mongodb import Document
    from svp.core.postgres import Connection

__all__ = ["COLLECTIONS", "ONLY_DOCUMENTS", "Delivery", "documents_of"]

READ_ROWS = 10_000

Row = dict[str, Any]
"""One row at the driver's edge."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the documents of one load have in common."""

    source: str
    load_id: int
    day: date | None
    """The day that the file holds, if its name tells it."""


def documents_of(connection: Connection, target: str, load_id: int) -> Iterator[Document]:
    """Yield the documents of a load's rows in a PostgreSQL table, in the order they were stored."""
    for query, shape in COLLECTIONS[target].queries:
        yield from map(shape, _rows(connection, query, load_id))


def _rows(connection: Connection, query: str, load_id: int) -> Iterator[Row]:
    with closing(connection.cursor("documents")) as cursor:
        cursor.execute(read_sql("loaders.documents", query), {"load_id": load_id})
        while rows := cursor.fetchmany(READ_ROWS):
            names = [column.name for column in cursor.description or ()]
            for row in rows:
                yield dict(zip(names, row, strict=True))


def title_document(row: Row) -> Document:
    """Return a title as the collection ``content`` holds it; what is unknown is absent."""
    episodes = row["episodes_per_season"] or []
    seasons = [
        {"season_number": number, "episode_count": count}
        for number, count in enumerate(episodes, start=1)
    ]
    return _without_nulls(
        {
            "_id": f"{row['source']}:{row['content_id']}",
            "source": row["source"],
            "content_id": row["content_id"],
            "title": row["title"],
            "content_type": row["content_type"],
            "genres": row["genres"],
            "release_year": row["release_year"],
            "maturity_rating": row["maturity_rating"],
            "language": row["language"],
            "is_original": row["is_original"],
            "director": row["director"],
            "main_actor": row["main_actor"],
            "actors": row["actors"] or None,
            "duration_minutes": row["duration_minutes"],
            "seasons": seasons or None,
            "average_episode_minutes": row["average_episode_minutes"],
            "ended_at": _milliseconds(row["ended_at"]),
            "quality_flags": row["quality_flags"],
            "load_id": Int64(row["load_id"]),
        }
    )


def play_document(row: Row) -> Document:
    """Return a play as the collection ``viewing_events`` holds it; what is unknown is absent."""
    started_on = _midnight(row["started_on"])
    started_at = _milliseconds(row["started_at"])
    completion = row["completion_percent"]
    return _without_nulls(
        {
            "_id": f"{row['source']}:{row['session_id']}",
            "source": row["source"],
            "session_id": row["session_id"],
            "user_ref": f"{row['source']}:{row['user_id']}",
            "title_ref": f"{row['source']}:{row['content_id']}",
            "started_on": started_on,
            "started_at": started_at,
            "ended_at": _milliseconds(row["ended_at"]),
            # A play's first frame was shown; a source without a time of day tells the day only.
            "first_frame_at": started_at or started_on,
            "watch_seconds": row["watch_seconds"],
            "days": _days(started_on, row["watch_seconds"], row["next_day_seconds"]),
            "completion_percent": None if completion is None else float(completion),
            "is_complete": row["is_complete"],
            "completion_source": row["completion_source"],
            "device": _without_nulls({"type": row["device_type"], "platform": row["platform"]}),
            "stream": _without_nulls(
                {
                    "quality": row["quality"],
                    "stall_count": row["stall_count"],
                    "average_bitrate_kbps": row["average_bitrate_kbps"],
                }
            ),
            "player": _player(row) if row["attempt_id"] else None,
            "quality_flags": row["quality_flags"],
            "load_id": Int64(row["load_id"]),
        }
    )


def attempt_document(row: Row) -> Document:
    """Return an attempt that became no play as ``viewing_events`` holds it: no frame was shown, nothing was watched."""
    attempted_at = row["attempted_at"].astimezone(UTC)
    attempted_on = _midnight(attempted_at.date())
    return {
        "_id": f"{row['source']}:{row['attempt_id']}",
        "source": row["source"],
        "session_id": row["attempt_id"],
        "user_ref": f"{row['source']}:{row['user_id']}",
        "title_ref": f"{row['source']}:{row['content_id']}",
        "started_on": attempted_on,
        "started_at": _milliseconds(attempted_at),
        "first_frame_at": None,
        "watch_seconds": 0,
        "days": _days(attempted_on, 0, 0),
        "device": _without_nulls({"type": row["device_type"], "platform": row["platform"]}),
        "stream": {},
        "player": _player(row),
        "quality_flags": row["quality_flags"],
        "load_id": Int64(row["load_id"]),
    }


def _player(row: Row) -> Document:
    """Return the player's telemetry of an attempt."""
    return _without_nulls(
        {
            "attempt_id": row["attempt_id"],
            "outcome": row["outcome"],
            "startup_milliseconds": row["startup_milliseconds"],
            "stall_milliseconds": row["stall_milliseconds"],
            "stall_count": row["player_stall_count"],
            "bitrate_change_count": row["bitrate_change_count"],
            "error_code": row["error_code"],
        }
    )


def box_log_document(delivery: Delivery, row: Row) -> Document:
    """Return a line of a set-top-box log as ``box_logs`` holds it; only the contract is there when it is unknown."""
    assert delivery.day is not None  # noqa: S101  (set-top-box logs are daily)
    known = _without_nulls({"mac": row["mac"], "application": row["application"]})
    return known | {
        "_id": f"{delivery.source}:{delivery.day}:{row['log_id']}",
        "source": delivery.source,
        "day": _midnight(delivery.day),
        "log_id": row["log_id"],
        "contract_code": row["contract_code"],
        "watch_seconds": row["watch_seconds"],
        "quality_flags": _flags(row),
        "load_id": Int64(delivery.load_id),
    }


def app_event_document(delivery: Delivery, row: Row) -> Document:
    """Return an event as ``app_events`` holds it; what is unknown is absent."""
    occurred_at = row["occurred_at"].astimezone(UTC)
    user_id = row["user_id"]
    return _without_nulls(
        {
            "_id": f"{delivery.source}:{row['event_id']}",
            "source": delivery.source,
            "event_id": row["event_id"],
            "event_name": row["event_name"],
            "occurred_at": _milliseconds(occurred_at),
            "day": _midnight(occurred_at.date()),
            "user_ref": None if user_id is None else f"{delivery.source}:{user_id}",
            "anonymous_id": row["anonymous_id"],
            "session_id": row["session_id"],
            "platform": row["platform"],
            "country": row["country"],
            "properties": _kept_properties(row) or None,
            "quality_flags": _flags(row),
            "load_id": Int64(delivery.load_id),
        }
    )


def _kept_properties(row: Row) -> Document:
    """Return the properties that are kept, those of the event apart from those of the user."""
    texts = {"event": row["event_properties"], "user": row["user_properties"]}
    return {name: json.loads(text) for name, text in texts.items() if text}


def _flags(row: Row) -> list[str]:
    return row["quality_flags"].split(",") if row["quality_flags"] else []


def _days(started_on: datetime, watch_seconds: int, next_day_seconds: int) -> list[Document]:
    first = {"on": started_on, "watch_seconds": watch_seconds - next_day_seconds}
    if not next_day_seconds:
        return [first]
    return [first, {"on": started_on + timedelta(days=1), "watch_seconds": next_day_seconds}]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _milliseconds(instant: datetime | None) -> datetime | None:
    """Return what MongoDB holds of an instant, so that a stored document equals the one that was meant."""
    return instant and instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def _without_nulls(document: Document) -> Document:
    return {name: value for name, value in document.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Documents:
    """What becomes of a table's rows."""

    collection: str
    queries: tuple[tuple[str, Callable[[Row], Document]], ...]
    """Of the rows of one load, by file name, each with the shape of a document; no two make the same document."""


PLAYS = ("plays", play_document)

COLLECTIONS = {
    "content": Documents("content", (("titles", title_document),)),
    "viewing_sessions": Documents("viewing_events", (PLAYS,)),
    "playback_attempts": Documents("viewing_events", (PLAYS, ("attempts", attempt_document))),
}
"""PostgreSQL tables whose rows are documents too."""

ONLY_DOCUMENTS = {"app_events": app_event_document, "box_logs": box_log_document}
"""Tables whose rows are documents only, in the collection of that name; with the shape of one."""
