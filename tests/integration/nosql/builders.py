"""Documents of the catalogue and of plays; a test names only what matters to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from bson import Int64

if TYPE_CHECKING:
    from svp.core.mongodb import Document

NUMBERS = count(1)

DAY = datetime(2024, 1, 31, tzinfo=UTC)


def a_title(content_id: str = "t1", **fields: object) -> Document:
    """Return a document of ``content``."""
    title = {
        "_id": f"demo:{content_id}",
        "source": "demo",
        "content_id": content_id,
        "title": f"Title {content_id}",
        "content_type": "movie",
        "genres": ["Drama"],
        "quality_flags": [],
        "load_id": Int64(1),
    }
    return title | fields


def a_play(
    content_id: str = "t1",
    user_id: str = "u1",
    *,
    watch_seconds: int = 600,
    next_day_seconds: int = 0,
    on: datetime = DAY,
    **fields: object,
) -> Document:
    """Return a document of ``viewing_events``: a play on one day, or on two."""
    session_id = f"s{next(NUMBERS):06d}"
    days = [{"on": on, "watch_seconds": watch_seconds - next_day_seconds}]
    if next_day_seconds:
        days.append({"on": on + timedelta(days=1), "watch_seconds": next_day_seconds})
    play = {
        "_id": f"demo:{session_id}",
        "source": "demo",
        "session_id": session_id,
        "user_ref": f"demo:{user_id}",
        "title_ref": f"demo:{content_id}",
        "started_on": on,
        "first_frame_at": on,
        "watch_seconds": watch_seconds,
        "days": days,
        "device": {"type": "tv", "platform": "android"},
        "stream": {"quality": "hd"},
        "quality_flags": [],
        "load_id": Int64(2),
    }
    return play | fields


def a_timed_play(
    started_at: datetime, *, minutes: int, user_id: str = "u1", content_id: str = "t1"
) -> Document:
    """Return a play whose source gave its times."""
    return a_play(
        content_id,
        user_id,
        watch_seconds=minutes * 60,
        on=started_at.replace(hour=0, minute=0, second=0, microsecond=0),
        started_at=started_at,
        first_frame_at=started_at,
        ended_at=started_at + timedelta(minutes=minutes),
    )


def a_box_log(log_id: str = "AX_1", *, day: datetime = DAY, **fields: object) -> Document:
    """Return a document of ``box_logs``."""
    line = {
        "_id": f"iptv:{day:%Y-%m-%d}:{log_id}",
        "source": "iptv",
        "day": day,
        "log_id": log_id,
        "contract_code": "HNH123456",
        "mac": "0C96E62FC55C",
        "application": "CHANNEL",
        "watch_seconds": 254,
        "quality_flags": [],
        "load_id": Int64(3),
    }
    return line | fields


def a_failed_attempt(
    content_id: str = "t1", user_id: str = "u1", *, on: datetime = DAY, **fields: object
) -> Document:
    """Return an attempt that never showed a frame."""
    return a_play(content_id, user_id, watch_seconds=0, on=on, first_frame_at=None) | fields


def an_app_event(
    event_id: str = "e1", *, occurred_at: datetime = DAY, **fields: object
) -> Document:
    """Return a document of ``app_events``, of nobody and outside a session unless fields say more."""
    event = {
        "_id": f"demo:{event_id}",
        "source": "demo",
        "event_id": event_id,
        "event_name": "page_view",
        "occurred_at": occurred_at,
        "day": occurred_at.replace(hour=0, minute=0, second=0, microsecond=0),
        "quality_flags": [],
        "load_id": Int64(3),
    }
    return event | fields
