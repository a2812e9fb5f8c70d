"""More users leave the others as they were, more days the earlier days, and parts can be made alone."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from svp.generate.arguments import SCALES
from svp.generate.platform import Part, Platform, parts_of
from svp.model import TABLES
from tests.unit.generate.conftest import frames_of

if TYPE_CHECKING:
    from tests.unit.generate.conftest import Frames

TINY = SCALES["tiny"].arguments()
END_AT = pd.Timestamp(TINY.start_on, tz="UTC") + pd.Timedelta(days=TINY.days)

EVENTS = {
    "viewing_sessions": "started_at",
    "playback_attempts": "attempted_at",
    "ratings": "rated_at",
    "watchlist": "added_at",
    "subscription_events": "occurred_at",
    "search_queries": "searched_at",
}
SNAPSHOTS = {
    "users": ["plan", "is_active", "lifetime_watch_hours"],
    "content": ["view_count", "season_count", "episodes_per_season", "average_episode_minutes"],
    "watchlist": ["watched_at"],
}
"""Columns that tell how things stand when the period ends."""
KEYS = {table.name: table.key[0] for table in TABLES}
NAMES = list(KEYS)


@pytest.fixture(scope="module")
def longer() -> Frames:
    return frames_of(replace(TINY, days=TINY.days + 30))


@pytest.fixture(scope="module")
def larger() -> Frames:
    return frames_of(replace(TINY, users=TINY.users + 40))


def assert_same(found: pd.DataFrame, expected: pd.DataFrame, *, name: str) -> None:
    """Compare rows by key, but for the columns that are snapshots."""
    key, snapshots = KEYS[name], SNAPSHOTS.get(name, [])
    assert len(expected) > 0
    assert set(found[key]) == set(expected[key])
    left = found.set_index(key).drop(columns=snapshots).sort_index()
    right = expected.set_index(key).drop(columns=snapshots).sort_index()
    pd.testing.assert_frame_equal(left, right)


@pytest.mark.parametrize("name", NAMES)
def test_more_days_leave_the_earlier_days_as_they_were(
    tiny: Frames, longer: Frames, name: str
) -> None:
    rows = longer[name]
    if name in EVENTS:
        earlier = rows[rows[EVENTS[name]] < END_AT]
    else:
        earlier = rows[rows[KEYS[name]].isin(tiny[name][KEYS[name]])]
    assert_same(earlier, tiny[name], name=name)


def test_more_days_bring_more_of_everything(tiny: Frames, longer: Frames) -> None:
    assert all(len(longer[name]) > len(tiny[name]) for name in (*EVENTS, "users"))


@pytest.mark.parametrize("name", NAMES)
def test_more_users_leave_the_others_as_they_were(tiny: Frames, larger: Frames, name: str) -> None:
    rows = larger[name]
    before = rows[rows[KEYS[name]].isin(tiny[name][KEYS[name]])]
    if "user_id" in rows:
        before = rows[rows["user_id"].isin(tiny["users"]["user_id"])]
    assert_same(before, tiny[name], name=name)
    pd.testing.assert_frame_equal(
        before.set_index(KEYS[name]).sort_index(), tiny[name].set_index(KEYS[name]).sort_index()
    )


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {"content", "episodes"}])
def test_a_block_of_users_made_alone_is_as_in_the_whole(name: str) -> None:
    platform = Platform(TINY)
    (_, whole) = parts_of(TINY)
    rows = platform.make(whole, tables=[name])[name]
    parts = [Part(1, 0, 70), Part(2, 70, 1), Part(3, 71, whole.slots - 71)]
    made = [platform.make(part, tables=[name])[name] for part in parts]
    key = KEYS[name]
    expected = pa.Table.from_batches([rows]).sort_by(key)
    assert pa.Table.from_batches(made).sort_by(key) == expected


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_a_day_made_alone_is_as_in_the_whole(name: str) -> None:
    platform = Platform(TINY)
    (_, block) = parts_of(TINY)
    last_day = TINY.end_day - 1
    alone = platform.make(block, tables=[name], from_day=last_day)[name]
    rows = platform.make(block, tables=[name])[name]
    from_at = (END_AT - pd.Timedelta(days=1)).to_pydatetime()
    # A title on the list is told again when it is played.
    columns = [EVENTS[name], *(["watched_at"] if name == "watchlist" else [])]
    happened = [pc.field(column) >= from_at for column in columns]
    expected = rows.filter(reduce(or_, happened))
    assert 0 < alone.num_rows < rows.num_rows
    assert alone == expected


def test_episodes_of_a_day_made_alone_are_those_of_its_plays() -> None:
    platform = Platform(TINY)
    (_, block) = parts_of(TINY)
    tables = ["viewing_sessions", "episode_viewing"]
    alone = platform.make(block, tables=tables, from_day=TINY.end_day - 1)
    sessions = set(alone["viewing_sessions"].column("session_id").to_pylist())
    whole = platform.make(block, tables=tables)["episode_viewing"].to_pandas()
    expected = whole[whole["session_id"].isin(sessions)].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone["episode_viewing"].to_pandas(), expected)


def test_parts_cover_every_slot_once() -> None:
    arguments = SCALES["large"].arguments()
    catalogue, *blocks = parts_of(arguments)
    assert (catalogue.number, catalogue.slots) == (0, 0)
    assert [block.number for block in blocks] == list(range(1, len(blocks) + 1))
    ends = [block.first_slot + block.slots for block in blocks]
    assert [block.first_slot for block in blocks] == [0, *ends[:-1]]
    assert ends[-1] == arguments.users
