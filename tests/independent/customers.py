"""Which customers stay, go and pay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tests.independent.viewing import VALID_SECONDS
from tests.integration.warehouse.builders import SubscriptionEvent
from tests.integration.warehouse.recurring import COLUMNS, months

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from fractions import Fraction

    from pandas import DataFrame, Series

    from tests.independent.viewing import Viewing

__all__ = ["COHORT", "SIGNALS", "churn_signals", "retention_cohort", "subscription_monthly"]

COHORT = ("cohort_size", "active_customers", "retention_rate")
SIGNALS = (
    *("days_since_last_play", "watch_hours_last_28", "watch_hours_prev_28", "trend"),
    *("rfm_r", "rfm_f", "rfm_m", "rfm_segment", "risk_band"),
)


def churn_signals(viewing: Viewing) -> DataFrame:
    """By customer, as of the end of each month and of the last day with events."""
    first, last = viewing.span
    days = {*pd.date_range(first, last, freq="ME"), last}
    signals = pd.concat(signals_as_of(day, viewing) for day in sorted(days))
    signals["country"] = viewing.countries_of(signals.index.get_level_values("customer"))
    return signals


def signals_as_of(as_of: pd.Timestamp, viewing: Viewing) -> DataFrame:
    """Return the signals of who was known by then."""
    plays = viewing.played[viewing.played["day"] <= as_of]
    watched = viewing.seconds[viewing.seconds["day"] <= as_of]
    age = (as_of - watched["day"]).dt.days
    recent, former = watched[age < 28], watched[(age >= 28) & (age < 56)]
    known = viewing.known_from[viewing.known_from <= as_of].index
    frame = pd.DataFrame(index=known)
    last = plays.groupby("customer")["day"].max()
    frame["days_since_last_play"] = (as_of - last.reindex(known)).dt.days
    frame["recent"] = recent.groupby("customer")["seconds"].sum()
    frame["former"] = former.groupby("customer")["seconds"].sum()
    frame["days"] = recent.groupby("customer")["day"].nunique()
    frame = frame.fillna({"recent": 0, "former": 0, "days": 0})
    frame["valid"] = plays[plays["watch_seconds"] >= VALID_SECONDS].groupby("customer")["day"].max()
    frame["trend"] = 100 * (frame["recent"] - frame["former"]) / frame["former"].replace(0, np.nan)
    frame["watch_hours_last_28"] = frame["recent"] / 3600
    frame["watch_hours_prev_28"] = frame["former"] / 3600
    frame = frame.join(scores(frame[frame["valid"].notna()]))
    frame["risk_band"] = bands(frame, frame.index.isin(watched["customer"].unique()))
    frame.index = pd.MultiIndex.from_product([frame.index, [as_of]], names=["customer", "as_of"])
    return frame


def scores(ranked: DataFrame) -> DataFrame:
    """Return quintiles and the segment of who had a valid play."""
    by = {"rfm_r": "valid", "rfm_f": "days", "rfm_m": "recent"}
    scores = pd.DataFrame(
        {
            name: np.ceil(ranked[column].rank(method="max") * 5 / len(ranked))
            for name, column in by.items()
        },
        index=ranked.index,
    )
    r, f = scores["rfm_r"], scores["rfm_f"]
    fits = {
        "champions": (r == 5) & (f == 5),
        "loyal": (f >= 4) & (r >= 3),
        "new": (r >= 4) & (f <= 2),
        "at risk": (r <= 2) & (f >= 3),
        "hibernating": (r <= 2) & (f <= 2),
        "regular": r > 0,
    }
    return scores.assign(rfm_segment=first_that_fits(fits))


def bands(frame: DataFrame, was_active: np.ndarray) -> Series[str]:
    """Return the band of each customer."""
    silent, trend = frame["days_since_last_play"], frame["trend"]
    return first_that_fits(
        {
            "no_activity": pd.Series(~was_active, frame.index),
            "lapsed": silent > 28,
            "declining": trend <= -50,
            "watch": (trend <= -20) | (silent >= 15),
            "steady": pd.Series(data=True, index=frame.index),
        }
    )


def first_that_fits(fits: Mapping[str, Series[bool]]) -> Series[str]:
    """Return, of each row, the first name that is true."""
    frame = pd.DataFrame(fits)
    return frame.idxmax(axis=1).astype(object) if len(frame) else pd.Series(dtype=object)


def retention_cohort(viewing: Viewing) -> DataFrame:
    """By month of sign-up and months since: those that are over by the last day with events."""
    first, last = viewing.span
    signed_up = viewing.customers["registered_on"].dropna().dt.to_period("M")
    over = pd.period_range(first, last, freq="M")
    over = over[over.end_time.normalize() <= last]
    active = viewing.active.assign(over=viewing.active["day"].dt.to_period("M"))
    active["cohort"] = active["customer"].map(signed_up.to_dict())
    counts = active.groupby(["cohort", "over"])["customer"].nunique().to_dict()
    rows = [
        (cohort.start_time, (month - cohort).n, size, counts.get((cohort, month), 0))
        for cohort, size in signed_up.value_counts().items()
        for month in over
        if month >= cohort
    ]
    columns = ["cohort", "month_number", "cohort_size", "active_customers"]
    cohorts = pd.DataFrame(rows, columns=columns).set_index(columns[:2])
    rate = 100 * cohorts["active_customers"] / cohorts["cohort_size"]
    return cohorts.assign(retention_rate=rate)


def event_of(row: Any) -> SubscriptionEvent:
    """Return a row of a file as an event."""
    return SubscriptionEvent(
        row.occurred_at.to_pydatetime(),
        row.event_type,
        None if pd.isna(row.amount_minor) else int(row.amount_minor),
        None if pd.isna(row.currency) else row.currency,
        row.user_id,
        event_id=row.subscription_event_id,
    )


def subscription_monthly(viewing: Viewing) -> DataFrame:
    """By month, from the first in which anybody paid until the last event."""
    events = [event_of(row) for row in viewing.subscriptions.itertuples()]
    customer_of = dict(zip(viewing.users["user_id"], viewing.users["customer"], strict=True))

    def rate_on(currency: str, _: date) -> Fraction | None:
        return viewing.rates.get(currency)

    rows = months(events, customer_of, rate_on) if events else []
    frame = pd.DataFrame(rows, columns=["month", *COLUMNS[1:]], dtype=object)
    frame["month"] = pd.to_datetime(frame["month"])
    return frame.set_index("month").assign(currency="USD")
