"""What players told of attempts to play, and what came of searches."""

from __future__ import annotations

from collections import defaultdict
from math import ceil
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandas import DataFrame

    from tests.independent.viewing import Viewing

__all__ = ["FUNNEL", "QUALITY", "playback_quality", "search_funnel"]

FUNNEL = (
    *("searches", "zero_result_rate", "click_rate", "search_to_play_rate"),
    "untimed_searches",
)
QUALITY = (
    *("attempts", "plays", "abandoned_attempts", "failed_attempts", "failed_plays"),
    *("known_startups", "startup_seconds", "stalled_seconds", "known_stall_watch_seconds"),
    *("ebvs_pct", "start_failure_pct", "playback_failure_pct"),
    *("startup_seconds_avg", "startup_seconds_p50", "startup_seconds_p95"),
    *("stalled_time_pct", "avg_stall_count", "avg_bitrate_kbps"),
)
HALF_AN_HOUR = pd.Timedelta(minutes=30)


def playback_quality(viewing: Viewing) -> DataFrame:
    """By day, device and country; an attempt that became a play is of that day and device."""
    tried = viewing.tried.copy()
    tried["device_type"] = tried["of_play_device_type"].fillna(tried["device_type"])
    country = viewing.users.set_index("user_id")["country"]
    tried["country"] = tried["user_id"].map(country).fillna("Unknown")
    tried = tried.fillna({"device_type": "Unknown"})
    groups = defaultdict(list)
    for each in tried.itertuples():
        groups[each.day, each.device_type, each.country].append(each)
    rows = [(*key, *figures(attempts)) for key, attempts in groups.items()]
    keys = ["day", "device_type", "country"]
    return pd.DataFrame(rows, columns=[*keys, *QUALITY]).set_index(keys)


def figures(attempts: Sequence[Any]) -> tuple[float | None, ...]:
    """Return what one row says, in the order of ``QUALITY``."""
    outcomes = [each.outcome for each in attempts]
    played = [each for each in attempts if each.outcome == "played"]
    failed = sum(pd.notna(each.error_code) for each in played)
    startups = sorted(
        each.startup_milliseconds / 1000 for each in played if pd.notna(each.startup_milliseconds)
    )
    stalling = [each for each in played if pd.notna(each.stall_milliseconds)]
    stalled = sum(each.stall_milliseconds for each in stalling) / 1000
    shown = sum(each.of_play_watch_seconds for each in stalling)
    stalls = [each.stall_count for each in played if pd.notna(each.stall_count)]
    told = [each for each in played if pd.notna(each.of_play_average_bitrate_kbps)]
    kilobits = sum(each.of_play_average_bitrate_kbps * each.of_play_watch_seconds for each in told)
    return (
        *(len(attempts), len(played), outcomes.count("abandoned"), outcomes.count("failed")),
        *(failed, len(startups), sum(startups), stalled, shown),
        ratio(100 * outcomes.count("abandoned"), len(attempts)),
        ratio(100 * outcomes.count("failed"), len(attempts)),
        ratio(100 * failed, len(played)),
        *(ratio(sum(startups), len(startups)), ranked(startups, 50), ranked(startups, 95)),
        ratio(100 * stalled, stalled + shown),
        ratio(sum(stalls), len(stalls)),
        ratio(kilobits, sum(each.of_play_watch_seconds for each in told)),
    )


def ratio(above: float, below: float) -> float | None:
    """Return a ratio; None of nothing."""
    return above / below if below else None


def ranked(ordered: Sequence[float], percent: int) -> float | None:
    """Return a percentile, by nearest rank."""
    return ordered[ceil(len(ordered) * percent / 100) - 1] if ordered else None


def search_funnel(viewing: Viewing) -> DataFrame:
    """By day of the search; a play of the clicked title by its user follows within half an hour."""
    searches = viewing.searches
    day = searches["searched_at"].dt.tz_localize(None).dt.floor("D").rename("day")
    pairs = searches.assign(asked_on=day).merge(
        viewing.plays[["user_id", "content_id", "started_at", "day"]],
        left_on=["user_id", "clicked_content_id"],
        right_on=["user_id", "content_id"],
    )
    waited = pairs["started_at"] - pairs["searched_at"]
    follows = (waited >= pd.Timedelta(0)) & (waited <= HALF_AN_HOUR)
    may_follow = pairs["started_at"].isna() & (pairs["day"] == pairs["asked_on"])
    is_played = searches["search_id"].isin(pairs.loc[follows, "search_id"])
    is_untimed = searches["search_id"].isin(pairs.loc[may_follow, "search_id"]) & ~is_played
    told = pd.DataFrame(
        {
            "zero": (searches["result_count"] == 0).where(searches["result_count"].notna()),
            "click_rate": searches["clicked_content_id"].notna(),
            "played": is_played.where(~is_untimed),
            "untimed_searches": is_untimed,
        }
    ).astype(float)
    by_day = told.groupby(day)
    rates = 100 * by_day[["zero", "click_rate", "played"]].mean()
    names = {"zero": "zero_result_rate", "played": "search_to_play_rate"}
    funnel = rates.rename(columns=names).assign(searches=by_day.size())
    return funnel.join(by_day["untimed_searches"].sum())
