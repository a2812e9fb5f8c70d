"""The documents of MongoDB, made from the rows of one load.

What PostgreSQL holds too is made from what it stored, not from the file: so both stores hold the same, and a run that
was killed between them is completed without the file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import bson
import pyarrow as pa
from bson import Int64

from loaders.arrow import Values, compute
from loaders.documents.copying import DAY, copied
from loaders.documents.encoding import (
    array,
    boolean,
    document,
    documents,
    fixed,
    instant,
    int32,
    int64,
    joined,
    null,
    number,
    text,
    words,
)
from loaders.parsers.base import where
from svp.core.sqlfiles import read_sql

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from svp.core.mongodb import Document
    from svp.core.postgres import Connection

__all__ = ["COLLECTIONS", "ONLY_DOCUMENTS", "Delivery", "Shaped", "documents_of"]

ONE_DAY = timedelta(days=1)

Row = dict[str, Any]
"""One row at the driver's edge."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the documents of one load have in common."""

    source: str
    load_id: int
    day: date | None
    """The day that the file holds, if its name tells it."""


class Shaped(NamedTuple):
    """The documents of some rows, and what is asked of them before they are stored; columns side by side."""

    keys: Values
    """``_id`` of each."""
    days: Values
    """That each belongs to."""
    documents: Values
    """As BSON."""

    def by_key(self) -> list[tuple[str, bytes]]:
        """Return each document behind its key."""
        keys = cast("list[str]", self.keys.to_pylist())
        return list(zip(keys, cast("list[bytes]", self.documents.to_pylist()), strict=True))


def documents_of(connection: Connection, target: str, load_id: int) -> Generator[bytes]:
    """Yield the documents of a load's rows in a PostgreSQL table, as BSON; until it is closed, it is at work there."""
    for query, shape in COLLECTIONS[target].queries:
        with copied(connection, read_sql("loaders.documents", query), load_id=load_id) as batches:
            for rows in batches:
                yield from shape(rows)


def title_documents(rows: pa.RecordBatch) -> Iterator[bytes]:
    """Yield titles as the collection ``content`` holds them."""
    return (bson.encode(title_document(row)) for row in rows.to_pylist())


def title_document(row: Row) -> Document:
    """Return a title as the collection ``content`` holds it; what is unknown is absent."""
    episodes = json.loads(row["episodes_per_season"] or "[]")
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
            "genres": json.loads(row["genres"]),
            "release_year": row["release_year"],
            "maturity_rating": row["maturity_rating"],
            "language": row["language"],
            "is_original": row["is_original"],
            "director": row["director"],
            "main_actor": row["main_actor"],
            "actors": json.loads(row["actors"]) or None,
            "duration_minutes": row["duration_minutes"],
            "seasons": seasons or None,
            "average_episode_minutes": row["average_episode_minutes"],
            "ended_at": _milliseconds(row["ended_at"]),
            "quality_flags": _flags(row),
            "load_id": Int64(row["load_id"]),
        }
    )


def play_documents(rows: pa.RecordBatch) -> Iterator[bytes]:
    """Yield plays as the collection ``viewing_events`` holds them; what is unknown is absent."""
    read = rows.column
    started_on, started_at = read("started_on").cast(DAY), read("started_at")
    elements = [
        *_attempted(rows, read("session_id")),
        instant("started_on", started_on),
        instant("started_at", started_at),
        instant("ended_at", read("ended_at")),
        # A play's first frame was shown; a source without a time of day tells the day only.
        instant("first_frame_at", compute.coalesce(started_at, started_on)),
        int32("watch_seconds", read("watch_seconds")),
        _days(started_on, read("watch_seconds"), read("next_day_seconds")),
        number("completion_percent", read("completion_percent")),
        boolean("is_complete", read("is_complete")),
        text("completion_source", read("completion_source")),
        _device(rows),
        document(
            "stream",
            [
                text("quality", read("quality")),
                int32("stall_count", read("stall_count")),
                int32("average_bitrate_kbps", read("average_bitrate_kbps")),
            ],
        ),
        where(read("attempt_id").is_valid(), _player(rows)),
        words("quality_flags", read("quality_flags")),
        int64("load_id", read("load_id")),
    ]
    return _each(elements)


def attempt_documents(rows: pa.RecordBatch) -> Iterator[bytes]:
    """Yield attempts that became no play as ``viewing_events`` holds them: no frame was shown, nothing was watched."""
    read = rows.column
    attempted_on = read("attempted_at").cast(pa.date32()).cast(DAY)
    nothing = pa.repeat(pa.scalar(0, pa.int32()), rows.num_rows)
    elements = [
        *_attempted(rows, read("attempt_id")),
        instant("started_on", attempted_on),
        instant("started_at", read("attempted_at")),
        null("first_frame_at", rows.num_rows),
        int32("watch_seconds", nothing),
        _days(attempted_on, nothing, nothing),
        _device(rows),
        document("stream", [pa.nulls(rows.num_rows, pa.binary())]),
        _player(rows),
        words("quality_flags", read("quality_flags")),
        int64("load_id", read("load_id")),
    ]
    return _each(elements)


def _each(elements: Sequence[Values]) -> Iterator[bytes]:
    yield from cast("list[bytes]", documents(elements).to_pylist())


def _attempted(rows: pa.RecordBatch, key: Values) -> Iterator[Values]:
    """Yield who attempted what, under which key."""
    source = rows.column("source")
    yield text("_id", joined(source, ":", key))
    yield text("source", source)
    yield text("session_id", key)
    yield text("user_ref", joined(source, ":", rows.column("user_id")))
    yield text("title_ref", joined(source, ":", rows.column("content_id")))


def _device(rows: pa.RecordBatch) -> Values:
    names = {"type": "device_type", "platform": "platform"}
    return document("device", [text(name, rows.column(names[name])) for name in names])


def _player(rows: pa.RecordBatch) -> Values:
    """Return the player's telemetry of an attempt."""
    read = rows.column
    return document(
        "player",
        [
            text("attempt_id", read("attempt_id")),
            text("outcome", read("outcome")),
            int32("startup_milliseconds", read("startup_milliseconds")),
            int32("stall_milliseconds", read("stall_milliseconds")),
            int32("stall_count", read("player_stall_count")),
            int32("bitrate_change_count", read("bitrate_change_count")),
            text("error_code", read("error_code")),
        ],
    )


def _days(started_on: Values, watch_seconds: Values, next_day_seconds: Values) -> Values:
    """Return the seconds of each day, of which the second is there only if something was watched in it."""
    first = (started_on, compute.subtract(watch_seconds, next_day_seconds))
    second = (compute.add(started_on, pa.scalar(ONE_DAY, pa.duration("us"))), next_day_seconds)
    one, other = (
        document(str(place), [instant("on", day), int32("watch_seconds", seconds)])
        for place, (day, seconds) in enumerate((first, second))
    )
    return array("days", [one, where(compute.greater(next_day_seconds, 0), other)])


def box_log_documents(delivery: Delivery, rows: pa.RecordBatch) -> Shaped:
    """Return lines of set-top-box logs as ``box_logs`` holds them; only the contract is there when it is unknown."""
    assert delivery.day is not None  # noqa: S101  (set-top-box logs are daily)
    read, count = rows.column, rows.num_rows
    keys = joined(f"{delivery.source}:{delivery.day}:", read("log_id"))
    contract = text("contract_code", read("contract_code"))
    elements = [
        text("_id", keys),
        text("mac", read("mac")),
        text("application", read("application")),
        fixed({"source": delivery.source, "day": _midnight(delivery.day)}, count),
        text("log_id", read("log_id")),
        compute.coalesce(contract, null("contract_code", count)),
        int32("watch_seconds", read("watch_seconds")),
        words("quality_flags", read("quality_flags")),
        fixed({"load_id": Int64(delivery.load_id)}, count),
    ]
    days = pa.repeat(pa.scalar(delivery.day, pa.date32()), count)
    return Shaped(keys, days, documents(elements))


def app_event_documents(delivery: Delivery, rows: pa.RecordBatch) -> Shaped:
    """Return events as ``app_events`` holds them."""
    made = [app_event_document(delivery, row) for row in rows.to_pylist()]
    return Shaped(
        keys=pa.array([document["_id"] for document in made], pa.string()),
        days=pa.array([document["day"].date() for document in made], pa.date32()),
        documents=pa.array(map(bson.encode, made), pa.binary()),
    )


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
    queries: tuple[tuple[str, Callable[[pa.RecordBatch], Iterator[bytes]]], ...]
    """Of the rows of one load, by file name, each with what makes documents of them; no two make the same one."""


PLAYS = ("plays", play_documents)

COLLECTIONS = {
    "content": Documents("content", (("titles", title_documents),)),
    "viewing_sessions": Documents("viewing_events", (PLAYS,)),
    "playback_attempts": Documents("viewing_events", (PLAYS, ("attempts", attempt_documents))),
}
"""PostgreSQL tables whose rows are documents too."""

ONLY_DOCUMENTS = {"app_events": app_event_documents, "box_logs": box_log_documents}
"""Tables whose rows are documents only, in the collection of that name; with what makes documents of them."""
