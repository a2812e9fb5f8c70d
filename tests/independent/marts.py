"""What each mart is compared with, column by column.

``wrong_marts`` knows how far the rounding of a mart may take a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tests.independent.apps import ACTIVITY, event_activity
from tests.independent.customers import (
    COHORT,
    SIGNALS,
    churn_signals,
    retention_cohort,
    subscription_monthly,
)
from tests.independent.players import FUNNEL, QUALITY, playback_quality, search_funnel
from tests.independent.viewing import CATEGORIES, COMPLETION, Viewing
from tests.integration.warehouse.recurring import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from pandas import DataFrame

    Read = Callable[..., list[tuple[Any, ...]]]

__all__ = ["MARTS", "NOT_COMPARED", "Expected", "wrong_marts"]


NO_MEMBER = "a key without a member"


@dataclass(frozen=True)
class Expected:
    """What a mart is compared with."""

    mart: str
    keys: tuple[str, ...]
    """Columns of the mart."""
    columns: tuple[str, ...]
    """The same in the mart and in what is computed; keys of dimensions are compared by the names of their members."""
    compute: Callable[[Viewing], DataFrame]


ENGAGEMENT = ("plays", "watch_hours", "completion_rate", *COMPLETION)
HOURS = tuple(f"{name}_hours" for name in ("watch", "app", "set_top_box", *CATEGORIES))
SUMMARY = ("customers", "total_hours")
AVERAGES = tuple(f"avg_hours_per_customer_{period}" for period in ("month", "week", "day"))
CLASSIC = {
    **{f"{name}_seconds": f"{name.title()}Duration" for name in CATEGORIES[:4]},
    "tv_seconds": "TVDuration",
    "most_watched": "MostWatch",
    "taste": "Taste",
    "active_days": "DateCount",
    "activeness": "Activeness",
}

MARTS = (
    Expected(
        "daily_statistics",
        ("stat_date",),
        (
            *("active_customers", "new_customers", "plays", "valid_plays", *COMPLETION, *HOURS),
            *("avg_watch_minutes_per_customer", "completion_rate", "date_key"),
            *("peak_concurrent_streams", "peak_minute_at"),
        ),
        Viewing.daily_statistics,
    ),
    Expected(
        "active_users",
        ("stat_date",),
        ("dau", "wau", "mau", "stickiness", "date_key"),
        Viewing.active_users,
    ),
    Expected(
        "customer_360",
        ("customer_code", "month_start"),
        (
            *(f"{name}_seconds" for name in (*CATEGORIES, "total")),
            *("most_watched", "taste", "active_days", "days_in_period", "activeness", "segment"),
            *("device_count", "date_key", "customer_key", "segment_key", "country_key"),
        ),
        Viewing.customer_360,
    ),
    Expected(
        "customer_360_classic",
        ("Contract", "month_start"),
        (*CLASSIC.values(), "date_key", "customer_key", "segment_key"),
        lambda viewing: viewing.customer_360_classic().rename(columns=CLASSIC),
    ),
    Expected(
        "segment_summary",
        ("month_start", "segment"),
        (*SUMMARY, "share", *AVERAGES, "date_key", "segment_key"),
        partial(Viewing.summaries, by=["segment"]),
    ),
    Expected(
        "taste_summary",
        ("month_start", "taste"),
        (*SUMMARY, "share", "date_key"),
        partial(Viewing.summaries, by=["taste"]),
    ),
    Expected(
        "taste_segment",
        ("month_start", "taste", "segment", "tv_only"),
        (*SUMMARY, "date_key", "segment_key"),
        partial(Viewing.summaries, by=["taste", "segment", "tv_only"]),
    ),
    Expected(
        "format_engagement",
        ("content_type", "stat_date"),
        (*ENGAGEMENT, "date_key"),
        Viewing.format_engagement,
    ),
    Expected(
        "content_performance",
        ("content_id", "stat_date"),
        (
            *(*ENGAGEMENT, "unique_viewers", "avg_view_minutes"),
            *("rating_count", "rating_stars", "rating_avg", "title", "content_type"),
            *("date_key", "title_key", "category_key"),
        ),
        Viewing.content_performance,
    ),
    Expected(
        "genre_engagement",
        ("genre", "stat_date"),
        ("plays", "watch_hours", "unique_viewers", "date_key", "genre_key"),
        Viewing.genre_engagement,
    ),
    Expected(
        "region_hour",
        ("country", "local_hour", "stat_date"),
        ("plays", "watch_hours", "top_content_id", "top_title", "date_key", "country_key"),
        Viewing.region_hour,
    ),
    Expected(
        "rating_trend",
        ("release_year", "month_start"),
        ("ratings", "rating_stars", "rating_avg", "rating_bayes", "date_key"),
        Viewing.rating_trend,
    ),
    Expected(
        "device_quality",
        ("stat_date", "device_type", "quality"),
        (*ENGAGEMENT, "date_key", "device_key"),
        Viewing.device_quality,
    ),
    Expected(
        "playback_quality",
        ("stat_date", "device_type", "country"),
        (*QUALITY, "date_key", "device_key", "country_key"),
        playback_quality,
    ),
    Expected("search_funnel", ("stat_date",), (*FUNNEL, "date_key"), search_funnel),
    Expected(
        "event_activity",
        ("stat_date", "platform", "country"),
        (*ACTIVITY, "date_key", "country_key"),
        event_activity,
    ),
    Expected(
        "churn_signals",
        ("customer_code", "as_of_date"),
        (*SIGNALS, "date_key", "customer_key", "country_key"),
        churn_signals,
    ),
    Expected(
        "retention_cohort",
        ("cohort_month", "month_number"),
        (*COHORT, "date_key"),
        retention_cohort,
    ),
    Expected(
        "subscription_monthly",
        ("month_start",),
        (*COLUMNS[1:], "currency", "date_key"),
        subscription_monthly,
    ),
)

DIMENSION = "a dimension: its members are those that the keys of the marts lead to, and tests of its own compare it"
OF_THE_RUN = "tells of loads and of the run, not of what was watched"
NOT_COMPARED = {
    "daily_statistics.source_loads": OF_THE_RUN,
    "daily_statistics.refreshed_at": OF_THE_RUN,
    "data_freshness": OF_THE_RUN,
    "country_history": "depends on the days of loads; test_money.py compares it",
    "plan_history": "what subscription_monthly is summed from; test_money.py compares it",
    **dict.fromkeys(("calendar", "category", "country", "customer", "customer_user"), DIMENSION),
    **dict.fromkeys(("device", "genre", "plan", "segment", "title", "title_genre"), DIMENSION),
}
"""Marts and columns that are not compared, and why."""

MEMBERS = {
    "date_key": ("calendar", "date_value"),
    "customer_key": ("customer", "customer_code"),
    "title_key": ("title", "content_id"),
    "genre_key": ("genre", "genre"),
    "country_key": ("country", "country"),
    "device_key": ("device", "device_type"),
    "segment_key": ("segment", "segment"),
    "category_key": ("category", "category"),
}
"""Where a key leads to: a dimension, and the column that names its members."""
NAMED = {name: (name.removesuffix("_key"),) for name in MEMBERS} | {
    "date_key": ("day", "month", "as_of", "cohort"),
    "title_key": ("content_id",),
    "device_key": ("device_type",),
}
"""What names the member in what is computed, the first that is there."""


def wrong_marts(
    read: Read, viewing: Viewing, *, only: Collection[str] = ()
) -> dict[str, list[str]]:
    """Return, by mart, where it says something else than what was watched; nothing where all are right.

    Args:
        read: returns rows of a mart: its name, then names of columns.
        viewing: what was watched.
        only: the marts that are compared; all of them by default.
    """
    members: dict[str, dict[int, Any]] = {
        key: dict(read(mart, key, name)) for key, (mart, name) in MEMBERS.items()
    }
    found = {
        each.mart: differences(read(each.mart, *each.keys, *each.columns), each, viewing, members)
        for each in MARTS
        if not only or each.mart in only
    }
    return {mart: wrong for mart, wrong in found.items() if wrong}


def differences(
    found: list[tuple[Any, ...]],
    expected: Expected,
    viewing: Viewing,
    members: Mapping[str, Mapping[int, Any]],
) -> list[str]:
    """Return where a mart says something else: rows are those of its keys, then its columns."""
    depth = len(expected.keys)
    mart = {tuple(map(plain, row[:depth])): row[depth:] for row in found}
    rows = rows_of(expected, viewing)
    wrong = ["rows with the same keys"] if len(mart) < len(found) else []
    wrong += [f"{key}: a row too many" for key in sorted(mart.keys() - rows.keys(), key=repr)]
    wrong += [f"{key}: no row" for key in sorted(rows.keys() - mart.keys(), key=repr)]
    return wrong + [
        f"{key} {name}: {said}, not {wanted}"
        for key in mart.keys() & rows.keys()
        for name, told, wanted in zip(expected.columns, mart[key], rows[key], strict=True)
        for said in [members[name].get(told, NO_MEMBER) if name in members else told]
        if not is_same(said, wanted)
    ]


def rows_of(expected: Expected, viewing: Viewing) -> Mapping[tuple[object, ...], tuple[Any, ...]]:
    """Return what a mart is to say, by its keys."""
    computed = expected.compute(viewing)
    flat = computed.reset_index()
    columns = [
        next(name for name in NAMED[column] if name in flat) if column in NAMED else column
        for column in expected.columns
    ]
    values = zip(*(flat[name].to_list() for name in columns), strict=True)
    keys = (key if len(expected.keys) > 1 else (key,) for key in computed.index)
    rows = {tuple(map(plain, key)): row for key, row in zip(keys, values, strict=True)}
    assert len(rows) == len(flat), "keys that are computed twice"
    return rows


def plain(value: Any) -> object:
    """Return a key as both sides have it."""
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return None
    if hasattr(value, "isoformat"):
        return pd.Timestamp(value).isoformat()
    return value if isinstance(value, str) else int(value)


def is_same(said: Any, wanted: Any) -> bool:
    """Tell whether a value of a mart is another one, rounded once to the places that the mart shows."""
    if said is None or pd.isna(wanted):
        return said is None and bool(pd.isna(wanted))
    if isinstance(said, Decimal):
        half = 0.5 * 10.0 ** int(said.as_tuple().exponent)
        return abs(float(said) - float(wanted)) <= half + 1e-9 * max(1.0, abs(float(wanted)))
    if hasattr(said, "isoformat"):
        return bool(pd.Timestamp(said) == wanted)
    return bool(said == wanted)
