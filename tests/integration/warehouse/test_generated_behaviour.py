"""Churn signals and cohorts of a generated platform, against pandas over the files that were loaded."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from loaders.ingest import ingest
from loaders.recognise import recognise_all
from svp.generate import KINDS, SCALES, write
from tests.integration.warehouse.test_generated import read

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.warehouse.builders import Platform

START_ON = date(2023, 11, 20)
SIGNALS = (
    "as_of_date",
    "customer_code",
    "days_since_last_play",
    "rfm_r",
    "rfm_f",
    "rfm_m",
    "risk_band",
)
COHORTS = ("cohort_month", "month_number", "cohort_size", "active_customers")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small platform of 100 days as files."""
    kinds = tuple(kind for kind in KINDS if kind not in {"truth", "box_logs"})
    arguments = SCALES["tiny"].arguments(
        start_on=START_ON, users=120, days=100, sessions_per_user=12
    )
    write(tmp_path / "made", arguments, only=kinds, workers=1)
    return tmp_path / "made"


@pytest.fixture
def users(folder: Path) -> pd.DataFrame:
    """Each user with the customer that the user is."""
    users = read(folder, "users")
    users["customer"] = users["contract_code"].fillna(users["user_id"])
    users["registered_on"] = pd.to_datetime(users["registered_on"])
    return users


@pytest.fixture
def plays(folder: Path, users: pd.DataFrame) -> pd.DataFrame:
    """Each play with its customer and the day on which it started."""
    plays = read(folder, "viewing_sessions").merge(users[["user_id", "customer"]], on="user_id")
    plays["day"] = pd.to_datetime(plays["started_on"])
    return plays


@pytest.fixture
def watched(plays: pd.DataFrame) -> pd.DataFrame:
    """Playing time of each customer and day; what was played after midnight is that of the next."""
    midnight = plays["started_at"].dt.floor("D") + pd.Timedelta(days=1)
    wall = (plays["ended_at"] - plays["started_at"]).dt.as_unit("us").astype("int64")
    before = (midnight - plays["started_at"]).dt.as_unit("us").astype("int64")
    whole = plays["watch_seconds"].astype("int64")
    first = np.where(plays["ended_at"] <= midnight, whole, whole * before // wall.clip(lower=1))
    parts = [
        plays.assign(seconds=first),
        plays.assign(seconds=whole - first, day=plays["day"] + pd.Timedelta(days=1)),
    ]
    seconds = pd.concat(parts).query("seconds > 0").groupby(["customer", "day"])["seconds"].sum()
    return seconds.reset_index()


@pytest.fixture
def filled(empty_platform: Platform, folder: Path) -> Platform:
    """The same, loaded and refreshed."""
    ingest(empty_platform.settings, recognise_all([folder]))
    empty_platform.refresh()
    return empty_platform


def last_event(platform: Platform) -> pd.Timestamp:
    """Return the last day that any load touched."""
    ((last,),) = platform.mart("data_freshness", "last_event_at")
    return pd.Timestamp(last)


def test_cohorts_count_what_the_files_hold(
    filled: Platform, users: pd.DataFrame, watched: pd.DataFrame
) -> None:
    signed_up = users.groupby("customer")["registered_on"].min().dt.to_period("M")
    over = pd.period_range(START_ON, last_event(filled), freq="M")
    over = over[over.end_time.normalize() <= last_event(filled)]
    active = watched.assign(month=watched["day"].dt.to_period("M"))
    active["cohort"] = active["customer"].map(signed_up)
    counts = active.groupby(["cohort", "month"])["customer"].nunique().to_dict()
    expected = [
        (cohort.start_time.date(), (month - cohort).n, size, counts.get((cohort, month), 0))
        for cohort, size in signed_up.value_counts().sort_index().items()
        for month in over
        if month >= cohort
    ]
    assert len(expected) > 10
    assert filled.mart("retention_cohort", *COHORTS) == expected


def test_signals_are_those_of_the_files(
    filled: Platform, users: pd.DataFrame, plays: pd.DataFrame, watched: pd.DataFrame
) -> None:
    last = last_event(filled)
    ends = pd.date_range(START_ON, last, freq="ME")
    expected = pd.concat(signals(as_of, users, plays, watched) for as_of in {*ends, last})
    found = pd.DataFrame(filled.mart("churn_signals", *SIGNALS), columns=list(SIGNALS))
    found["as_of_date"] = pd.to_datetime(found["as_of_date"])
    numbers = list(SIGNALS[2:6])
    keys = list(SIGNALS[:2])
    left, right = (
        frame.astype(dict.fromkeys(numbers, "float64"))
        .sort_values(keys)
        .reset_index(drop=True)[list(SIGNALS)]
        for frame in (found, expected)
    )
    pd.testing.assert_frame_equal(left, right, check_dtype=False)
    assert found["risk_band"].nunique() == 5


def signals(
    as_of: pd.Timestamp, users: pd.DataFrame, plays: pd.DataFrame, watched: pd.DataFrame
) -> pd.DataFrame:
    """Work out the signals of every customer as of a day."""
    plays, watched = plays[plays["day"] <= as_of], watched[watched["day"] <= as_of]
    signed_up = users.groupby("customer")["registered_on"].min()
    customers = signed_up[signed_up <= as_of].index.union(pd.Index(plays["customer"].unique()))
    age = (as_of - watched["day"]).dt.days
    recent, former = watched[age < 28], watched[(age >= 28) & (age < 56)]
    frame = pd.DataFrame(index=customers)
    frame["last"] = plays.groupby("customer")["day"].max()
    frame["valid"] = plays[plays["watch_seconds"] >= 30].groupby("customer")["day"].max()
    frame["recent"] = recent.groupby("customer")["seconds"].sum()
    frame["former"] = former.groupby("customer")["seconds"].sum()
    frame["days"] = recent.groupby("customer")["day"].nunique()
    frame = frame.fillna({"recent": 0, "former": 0, "days": 0})
    frame["days_since_last_play"] = (as_of - frame["last"]).dt.days
    ranked = frame[frame["valid"].notna()]
    for name, by in (("rfm_r", "valid"), ("rfm_f", "days"), ("rfm_m", "recent")):
        frame[name] = np.ceil(ranked[by].rank(method="max") * 5 / len(ranked))
    frame["risk_band"] = bands(frame, frame.index.isin(watched["customer"]))
    return frame.assign(as_of_date=as_of).rename_axis("customer_code").reset_index()


def bands(frame: pd.DataFrame, was_active: np.ndarray) -> pd.Series:
    """Return the band of each customer; a later line goes before those above it."""
    silent = frame["days_since_last_play"]
    trend = (frame["recent"] / frame["former"].where(frame["former"] > 0) - 1) * 100
    band = pd.Series("steady", index=frame.index)
    band = band.mask((trend <= -20) | (silent >= 15), "watch")
    band = band.mask(trend <= -50, "declining")
    band = band.mask(silent > 28, "lapsed")
    return band.mask(~was_active, "no_activity")
