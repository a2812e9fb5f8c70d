"""The relational set that students of data engineering use, made of a platform's users and plays.

users.csv, content.json with the arrays ``movies`` and ``series``, viewing_sessions.csv. Channels have no place in it,
nor have their plays.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute

from svp.generate.arrays import Values, choose_where, join, labels
from svp.generate.market import PLANS
from svp.generate.platform import parts_of

if TYPE_CHECKING:
    from svp.generate.arguments import Arguments
    from svp.generate.platform import Part, Platform

__all__ = ["SESSION_COLUMNS", "USER_COLUMNS", "Relational"]

pc: Any = pyarrow.compute
"""Its stubs know few of the arguments that it takes."""

USER_COLUMNS = (
    "user_id",
    "age",
    "country",
    "subscription_type",
    "registration_date",
    "total_watch_time_hours",
)
SESSION_COLUMNS = (
    "session_id",
    "user_id",
    "content_id",
    "watch_date",
    "watch_duration_minutes",
    "completion_percentage",
    "device_type",
    "quality_level",
)
USER_TABLES = ("users", "subscription_events", "viewing_sessions")

CONTENT_DIGITS, ORDINAL_DIGITS = 3, 2
LOWEST_RATING, HIGHEST_RATING = 1.0, 5.0
"""Of a title in this set; the platform's own ratings go to 10."""


class Relational:
    """The set's files, made part by part."""

    def __init__(self, arguments: Arguments, platform: Platform, *, from_day: int | None) -> None:
        self._platform, self._from_day = platform, from_day
        catalogue = platform.make(parts_of(arguments)[0], tables=("content",))
        self._content = catalogue["content"]
        self._content_ids = _content_ids(self._content)

    def content(self) -> tuple[int, bytes]:
        """Return the number of titles, and content.json."""
        movies, series = [], []
        ids = self._content_ids.to_pylist()
        for content_id, title in zip(ids, self._content.to_pylist(), strict=True):
            if content_id and title["season_count"] is None:
                movies.append(_movie(content_id, title))
            elif content_id:
                series.append(_series(content_id, title))
        groups = {"movies": movies, "series": series}
        text = json.dumps(groups, indent=2, ensure_ascii=False)
        return len(movies) + len(series), text.encode()

    def rows(self, part: Part) -> tuple[pa.RecordBatch, pa.RecordBatch]:
        """Return the rows of users.csv and of viewing_sessions.csv; later plans show in the users, so all are asked."""
        tables = self._platform.make(part, tables=USER_TABLES)
        users = _users(tables["users"], tables["subscription_events"])
        return users, self._sessions(tables["viewing_sessions"])

    def _sessions(self, plays: pa.RecordBatch) -> pa.RecordBatch:
        if self._from_day is not None:
            days = plays["started_on"].cast(pa.int32()).to_numpy()
            plays = plays.filter(pa.array(days >= self._from_day))
        title = pc.index_in(plays["content_id"], value_set=self._content["content_id"])
        content_id = self._content_ids.take(title)
        plays, content_id = plays.filter(content_id.is_valid()), content_id.drop_null()
        columns = [
            _session_ids(plays["session_id"]),
            plays["user_id"],
            content_id,
            plays["started_on"],
            _minutes(plays["watch_seconds"]),
            _one_decimal(plays["completion_percent"]),
            plays["device_type"],
            plays["quality"],
        ]
        return pa.RecordBatch.from_arrays(columns, names=list(SESSION_COLUMNS))


def _content_ids(content: pa.RecordBatch) -> Values:
    """Return ids such as M001 for titles without episodes and S001 for series; null for a channel."""
    is_live = np.array(content["content_type"].to_pylist()) == "live"
    is_series = content["season_count"].is_valid().to_numpy(zero_copy_only=False)
    number = np.where(is_series, np.cumsum(is_series), np.cumsum(~is_series & ~is_live))
    digits = pc.utf8_lpad(pa.array(number).cast(pa.string()), CONTENT_DIGITS, "0")
    letters = labels(("M", "S"), is_series.astype(np.int64))
    return choose_where(~is_live, join(letters, digits), None)


def _movie(content_id: str, title: dict[str, Any]) -> dict[str, Any]:
    return {
        "content_id": content_id,
        "title": title["title"],
        "genre": title["genres"],
        "duration_minutes": title["duration_minutes"],
        "release_year": title["release_year"],
        "rating": _rating(title),
        "views_count": title["view_count"],
        "production_budget": title["production_budget"],
    }


def _series(content_id: str, title: dict[str, Any]) -> dict[str, Any]:
    return {
        "content_id": content_id,
        "title": title["title"],
        "genre": title["genres"],
        "seasons": title["season_count"],
        "episodes_per_season": title["episodes_per_season"],
        "avg_episode_duration": title["average_episode_minutes"],
        "rating": _rating(title),
        "total_views": title["view_count"],
        "production_budget": title["production_budget"],
    }


def _rating(title: dict[str, Any]) -> float:
    halved = round(float(title["rating_average"]) / 2, 1)
    return min(max(halved, LOWEST_RATING), HIGHEST_RATING)


def _users(users: pa.RecordBatch, events: pa.RecordBatch) -> pa.RecordBatch:
    columns = [
        users["user_id"],
        users["age"],
        users["country"],
        pc.coalesce(users["plan"], _last_plans(users["user_id"], events), PLANS[0]),
        users["registered_on"],
        _one_decimal(users["lifetime_watch_hours"]),
    ]
    return pa.RecordBatch.from_arrays(columns, names=list(USER_COLUMNS))


def _last_plans(user_ids: Values, events: pa.RecordBatch) -> Values:
    """Return the plan that each user had last; null where there never was one."""
    plans = pc.coalesce(events["new_plan"], events["previous_plan"])
    known = pa.table({"user_id": events["user_id"], "plan": plans, "at": events["occurred_at"]})
    by_user = known.sort_by("at").group_by("user_id", use_threads=False)
    last = by_user.aggregate([("plan", "last")]).combine_chunks()
    position = pc.index_in(user_ids, value_set=last["user_id"])
    return last["plan_last"].take(position).combine_chunks()


def _session_ids(ids: Values) -> Values:
    """Return V00000012-250131-1 as S0000001225013101: the last eight digits are day and number."""
    parts = pc.split_pattern(pc.utf8_slice_codeunits(ids, 1), "-")
    user, day, ordinal = (pc.list_element(parts, number) for number in range(3))
    return join("S", user, day, pc.utf8_lpad(ordinal, ORDINAL_DIGITS, "0"))


def _minutes(seconds: Values) -> Values:
    """Return whole minutes, to the nearest, 1 at least."""
    minutes = (seconds.to_numpy().astype(np.int64) + 30) // 60
    return pa.array(np.maximum(minutes, 1))


def _one_decimal(values: Any) -> Values:
    rounded: Values = pc.round(values, 1)
    return rounded.cast(pa.decimal128(values.type.precision, 1))
