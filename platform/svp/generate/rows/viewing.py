"""Rows of viewing_sessions, episode_viewing and playback_attempts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from svp.generate.arrays import choose_where, day_of, decimals, join, labels, numbers, record_batch
from svp.generate.devices import usual_platform
from svp.generate.market import DEVICES, QUALITIES
from svp.generate.player import ERRORS, NO_ERROR, PLAYED
from svp.generate.rows.ids import (
    device_ids,
    episode_ids,
    padded,
    start_ids,
    title_ids,
    user_ids,
)
from svp.generate.viewing import COMPLETE_SHARE, watch_episodes
from svp.model import EPISODE_VIEWING, PLAYBACK_ATTEMPTS, PLAYBACK_OUTCOMES, VIEWING_SESSIONS

if TYPE_CHECKING:
    import pyarrow as pa

    from svp.generate.arrays import Columns
    from svp.generate.catalogue import Catalogue
    from svp.generate.people import People
    from svp.generate.player import Playback
    from svp.generate.starts import Plays, Starts

__all__ = ["episode_viewing", "playback_attempts", "viewing_sessions"]

DEVICE_NAMES = [device.name for device in DEVICES]
PLATFORM_NAMES = [name for device in DEVICES for name in device.platforms]


def viewing_sessions(people: People, plays: Plays) -> pa.RecordBatch:
    """Return the table viewing_sessions, by time."""
    plays = plays.take(np.argsort(plays.starts.started_at, kind="stable"))
    starts = plays.starts
    is_live = plays.length_seconds == 0
    percent = np.where(
        is_live, 0.0, plays.watch_seconds * 100 / np.maximum(plays.length_seconds, 1)
    )
    is_usual = usual_platform(people)[starts.user, starts.device]
    columns: Columns = {
        "session_id": start_ids("V", people, starts),
        "user_id": user_ids(people, starts.user),
        "content_id": title_ids(starts.title),
        "started_on": day_of(starts.started_at),
        "started_at": starts.started_at,
        "ended_at": plays.ended_at,
        "watch_seconds": plays.watch_seconds,
        "completion_percent": decimals(percent, precision=7, scale=2, missing=is_live),
        "device_type": labels(DEVICE_NAMES, starts.device),
        "quality": labels(QUALITIES, plays.quality),
        "platform": labels(PLATFORM_NAMES, 2 * starts.device + ~is_usual),
        "stall_count": plays.stall_count,
        "average_bitrate_kbps": plays.bitrate_kbps,
    }
    return record_batch(VIEWING_SESSIONS, columns)


def episode_viewing(people: People, catalogue: Catalogue, plays: Plays) -> pa.RecordBatch:
    """Return the table episode_viewing, by play and then episode."""
    plays = plays.take(np.argsort(plays.starts.started_at, kind="stable"))
    views = watch_episodes(plays, catalogue)
    starts = plays.starts.take(views.play)
    ordinal = views.episode - plays.first_episode[views.play] + 1
    columns: Columns = {
        "episode_viewing_id": join(start_ids("P", people, starts), "-", padded(ordinal, 1)),
        "session_id": start_ids("V", people, starts),
        "episode_id": episode_ids(catalogue, views.episode),
        "watch_seconds": views.watch_seconds,
        "is_complete": views.watch_seconds >= COMPLETE_SHARE * views.length_seconds,
    }
    return record_batch(EPISODE_VIEWING, columns)


def playback_attempts(
    people: People, starts: Starts, playback: Playback, plays: Plays
) -> pa.RecordBatch:
    """Return the table playback_attempts, by time."""
    was_played = np.zeros(len(starts), dtype=np.bool_)
    was_played[plays.start] = True
    # A first frame that was not watched for the shortest time was left at once: no play came of it.
    is_attempt = was_played | (playback.outcome != PLAYED)
    order = np.argsort(starts.started_at, kind="stable")
    order = order[is_attempt[order]]
    starts, playback, was_played = starts.take(order), playback.take(order), was_played[order]
    columns: Columns = {
        "attempt_id": start_ids("A", people, starts),
        "user_id": user_ids(people, starts.user),
        "content_id": title_ids(starts.title),
        "session_id": choose_where(was_played, start_ids("V", people, starts), None),
        "device_id": device_ids(people, starts.user, starts.device),
        "attempted_at": starts.started_at,
        "outcome": labels(PLAYBACK_OUTCOMES, playback.outcome),
        "startup_milliseconds": playback.startup_milliseconds,
        "stall_count": numbers(playback.stall_count, missing=~was_played),
        "stall_milliseconds": numbers(playback.stall_milliseconds, missing=~was_played),
        "bitrate_change_count": numbers(playback.bitrate_changes, missing=~was_played),
        "error_code": labels(ERRORS, playback.error, missing=playback.error == NO_ERROR),
    }
    return record_batch(PLAYBACK_ATTEMPTS, columns)
