"""What holds in every generated platform, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from svp.generate import SCALES
from svp.generate.market import COUNTRIES, DEVICES, PLANS, QUALITIES
from svp.model import TABLES, Table
from tests.unit.generate.conftest import NEXT

if TYPE_CHECKING:
    from tests.unit.generate.conftest import Frames

START_AT = pd.Timestamp("2025-01-01", tz="UTC")
END_AT = START_AT + pd.Timedelta(days=SCALES["tiny"].days)

INSTANTS = (
    ("viewing_sessions", "started_at"),
    ("ratings", "rated_at"),
    ("watchlist", "added_at"),
    ("playback_attempts", "attempted_at"),
    ("search_queries", "searched_at"),
    ("subscription_events", "occurred_at"),
)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_keys_are_unique_and_required_columns_are_filled(tiny: Frames, table: Table) -> None:
    frame = tiny[table.name]
    assert len(frame) > 0
    assert not frame.duplicated(list(table.key)).any()
    required = [column.name for column in table.columns if column.required]
    assert not frame[required].isna().any(axis=None)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_reference_has_its_parent(tiny: Frames, table: Table) -> None:
    parents = {parent.name: parent.key[0] for parent in TABLES}
    for column in table.references:
        ids = tiny[column.refers_to][parents[column.refers_to]]
        assert tiny[table.name][column.name].dropna().isin(ids).all()


@pytest.mark.parametrize(("table", "column"), INSTANTS)
def test_nothing_happens_before_sign_up(tiny: Frames, table: str, column: str) -> None:
    both = tiny[table].merge(tiny["users"], on="user_id")
    assert (both[column] >= both["registered_on"]).all()


@pytest.mark.parametrize(("table", "column"), INSTANTS[:4])
def test_nothing_happens_to_a_title_before_it_is_out(tiny: Frames, table: str, column: str) -> None:
    both = tiny[table].merge(tiny["content"], on="content_id")
    assert (both[column] >= both["added_on"]).all()
    assert (both["added_on"] >= both["released_on"]).all()


def test_a_click_is_on_a_title_that_is_out(tiny: Frames) -> None:
    clicks = tiny["search_queries"].dropna(subset=["clicked_content_id"])
    both = clicks.merge(tiny["content"], left_on="clicked_content_id", right_on="content_id")
    assert len(both) == len(clicks) > 0
    assert (both["searched_at"] >= both["added_on"]).all()


def plan_at(tiny: Frames, table: str, column: str) -> pd.Series[str]:
    """Return the plan of each row's user at that instant; empty if there was none."""
    events = tiny["subscription_events"].sort_values("occurred_at", kind="stable")
    rows = tiny[table].sort_values(column)
    joined = pd.merge_asof(
        rows, events, left_on=column, right_on="occurred_at", by="user_id", suffixes=("", "_event")
    )
    return joined["new_plan"].fillna("").set_axis(rows.index).sort_index()


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("viewing_sessions", "started_at"),
        ("viewing_sessions", "ended_at"),
        ("watchlist", "added_at"),
        ("playback_attempts", "attempted_at"),
        ("ratings", "rated_at"),
        ("search_queries", "searched_at"),
    ],
)
def test_users_act_only_while_subscribed(tiny: Frames, table: str, column: str) -> None:
    assert plan_at(tiny, table, column).isin(PLANS).all()


def test_quality_stays_within_plan_and_device(tiny: Frames) -> None:
    sessions = tiny["viewing_sessions"]
    quality = sessions["quality"].map(QUALITIES.index)
    of_plan = plan_at(tiny, "viewing_sessions", "started_at").map(PLANS.index)
    of_device = sessions["device_type"].map({kind.name: kind.best_quality for kind in DEVICES})
    assert (quality <= np.minimum(of_plan, of_device)).all()
    assert set(sessions["quality"]) == set(QUALITIES)


def test_sessions_begin_within_the_period_and_end_soon_after(tiny: Frames) -> None:
    sessions = tiny["viewing_sessions"]
    assert sessions["started_at"].min() >= START_AT
    assert sessions["started_at"].max() < END_AT
    assert (sessions["ended_at"] - sessions["started_at"]).max() < pd.Timedelta(hours=12)
    assert (sessions["started_on"] == sessions["started_at"].dt.floor("D")).all()


def test_sessions_of_one_device_do_not_overlap(tiny: Frames) -> None:
    sessions = tiny["viewing_sessions"].sort_values(["user_id", "device_type", "started_at"])
    ended_before = sessions.groupby(["user_id", "device_type"])["ended_at"].shift()
    assert not (sessions["started_at"] < ended_before).any()


def test_an_attempt_is_its_play_on_one_of_the_users_devices(tiny: Frames) -> None:
    attempts = tiny["playback_attempts"]
    played = attempts.dropna(subset=["session_id"]).merge(
        tiny["viewing_sessions"], on="session_id", suffixes=("", "_play")
    )
    assert len(played) == len(tiny["viewing_sessions"])
    for column in ("user_id", "content_id", "stall_count"):
        assert (played[column] == played[f"{column}_play"]).all()
    assert (played["attempted_at"] == played["started_at"]).all()
    on_device = attempts.merge(tiny["devices"], on="device_id", suffixes=("", "_device"))
    assert len(on_device) == len(attempts)
    assert (on_device["user_id"] == on_device["user_id_device"]).all()
    assert (on_device["attempted_at"] >= on_device["added_on"]).all()


def test_a_play_is_on_a_device_of_its_user(tiny: Frames) -> None:
    sessions = tiny["viewing_sessions"].merge(tiny["playback_attempts"], on="session_id")
    both = sessions.merge(tiny["devices"], on="device_id", suffixes=("", "_device"))
    assert (both["device_type"] == both["device_type_device"]).all()
    assert (both["platform"] == both["platform_device"]).all()


def test_a_device_is_known_from_sign_up_on_at_the_earliest(tiny: Frames) -> None:
    devices = tiny["devices"].merge(tiny["users"], on="user_id")
    assert (devices["added_on"] >= devices["registered_on"]).all()
    assert set(devices["user_id"]) == set(tiny["users"]["user_id"])


def test_waiting_fits_between_start_and_end(tiny: Frames) -> None:
    sessions = tiny["viewing_sessions"].merge(tiny["playback_attempts"], on="session_id")
    wall_seconds = (sessions["ended_at"] - sessions["started_at"]).dt.total_seconds()
    waiting = (sessions["startup_milliseconds"] + sessions["stall_milliseconds"]) / 1000
    assert (sessions["watch_seconds"] + waiting <= wall_seconds + 1).all()


def test_subscribers_and_money_balance(tiny: Frames) -> None:
    events = tiny["subscription_events"].sort_values("occurred_at", kind="stable")
    gains = (events["previous_plan"].isna() & events["new_plan"].notna()).astype(int)
    losses = (events["previous_plan"].notna() & events["new_plan"].isna()).astype(int)
    before = events["occurred_at"] < START_AT
    at_start = (gains - losses)[before].sum()
    at_end = at_start + gains[~before].sum() - losses[~before].sum()
    assert at_end == tiny["users"]["is_active"].sum()
    held = (gains - losses).groupby(events["user_id"]).cumsum()
    assert held.isin([0, 1]).all()


def test_watch_seconds_fit_between_start_and_end_and_within_the_title(tiny: Frames) -> None:
    sessions = tiny["viewing_sessions"].merge(tiny["content"], on="content_id")
    wall_seconds = (sessions["ended_at"] - sessions["started_at"]).dt.total_seconds()
    assert (sessions["watch_seconds"] <= wall_seconds).all()
    single = sessions.dropna(subset=["duration_minutes"])
    percent = 100 * single["watch_seconds"] / (60 * single["duration_minutes"])
    assert np.allclose(percent, single["completion_percent"], atol=0.0051)
    assert sessions["completion_percent"].max() <= 100
    is_live = sessions["content_type"] == "live"
    assert (sessions["completion_percent"].isna() == is_live).all()


def test_a_title_is_played_only_where_it_is_available(tiny: Frames) -> None:
    both = tiny["viewing_sessions"].merge(tiny["content"], on="content_id")
    both = both.merge(tiny["users"], on="user_id")
    limited = [
        (country, set(available))
        for country, available in zip(both["country"], both["available_countries"], strict=True)
        if len(available)
    ]
    assert limited
    assert all(country in available for country, available in limited)


def test_episodes_fill_their_session(tiny: Frames) -> None:
    views = tiny["episode_viewing"].merge(tiny["episodes"], on="episode_id")
    views = views.merge(tiny["viewing_sessions"], on="session_id", suffixes=("", "_session"))
    assert (views["content_id"] == views["content_id_session"]).all()
    assert (views["released_on"] <= views["started_on"]).all()
    assert (views["watch_seconds"] <= 60 * views["duration_minutes"]).all()
    assert (
        views["is_complete"] == (views["watch_seconds"] >= 0.9 * 60 * views["duration_minutes"])
    ).all()
    sums = views.groupby("session_id")["watch_seconds"].sum()
    sessions = tiny["viewing_sessions"].set_index("session_id")
    series = tiny["content"].loc[tiny["content"]["content_type"] == "series", "content_id"]
    of_series = sessions[sessions["content_id"].isin(series)]
    assert sums.sort_index().equals(of_series["watch_seconds"].sort_index().astype(sums.dtype))


def test_series_have_the_episodes_that_they_claim(tiny: Frames) -> None:
    content = tiny["content"].set_index("content_id")
    counted = tiny["episodes"].groupby(["content_id", "season_number"])["episode_number"].agg(list)
    assert (content["content_type"] == "series").sum() == counted.index.unique(0).size
    for content_id, seasons in counted.groupby(level=0):
        claimed = content.loc[content_id]
        assert [len(numbers) for numbers in seasons] == list(claimed["episodes_per_season"])
        assert len(seasons) == claimed["season_count"]
        assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in seasons)


def test_subscriptions_follow_the_states(tiny: Frames) -> None:
    events = tiny["subscription_events"]
    for _, life in events.groupby("user_id"):
        before = ["", *life["event_type"][:-1]]
        moves = list(zip(before, life["event_type"], strict=True))
        assert all(after in NEXT[earlier] for earlier, after in moves), moves
        held = life["new_plan"].shift()
        assert life["previous_plan"].fillna("").eq(held.fillna("")).all()
        assert life["occurred_at"].is_monotonic_increasing


def test_every_user_has_a_subscription_from_sign_up(tiny: Frames) -> None:
    first = tiny["subscription_events"].groupby("user_id")["occurred_at"].min().dt.floor("D")
    registered = tiny["users"].set_index("user_id")["registered_on"]
    assert first.sort_index().tolist() == registered.sort_index().tolist()


def test_money_is_the_price_of_the_plan(tiny: Frames) -> None:
    events = tiny["subscription_events"].merge(tiny["users"], on="user_id")
    prices = {
        (country.name, plan): price
        for country in COUNTRIES
        for plan, price in zip(PLANS, country.prices_minor, strict=True)
    }
    charged = events[events["event_type"].isin(["start", "renewal", "return"])]
    keys = zip(charged["country"], charged["new_plan"], strict=True)
    assert charged["amount_minor"].tolist() == [prices[key] for key in keys]
    free = events["event_type"].isin(["trial", "downgrade", "payment_failed", "cancellation"])
    assert events.loc[free, "amount_minor"].isna().all()
    assert (events["amount_minor"].isna() == events["currency"].isna()).all()


def test_plan_changes_go_the_way_that_they_say(tiny: Frames) -> None:
    events = tiny["subscription_events"]
    step = events["new_plan"].map(dict(zip(PLANS, range(3), strict=True))) - events[
        "previous_plan"
    ].map(dict(zip(PLANS, range(3), strict=True)))
    assert (step[events["event_type"] == "upgrade"] > 0).all()
    assert (step[events["event_type"] == "downgrade"] < 0).all()
    assert (events["event_type"] == "upgrade").any()


def test_the_user_table_shows_the_last_plan(tiny: Frames) -> None:
    last = tiny["subscription_events"].groupby("user_id")["new_plan"].last()
    last_row = tiny["subscription_events"].groupby("user_id").tail(1).set_index("user_id")
    users = tiny["users"].set_index("user_id")
    assert users["plan"].fillna("").eq(last_row["new_plan"].fillna("").reindex(users.index)).all()
    assert (users["is_active"] == users["plan"].notna()).all()
    assert len(last) == len(users)


@pytest.mark.parametrize("table", ["ratings", "watchlist"])
def test_a_user_rates_and_lists_a_title_once(tiny: Frames, table: str) -> None:
    assert not tiny[table].duplicated(["user_id", "content_id"]).any()


def test_a_listed_title_was_watched_when_its_first_play_says_so(tiny: Frames) -> None:
    first = tiny["viewing_sessions"].groupby(["user_id", "content_id"])["started_at"].min()
    listed = tiny["watchlist"].set_index(["user_id", "content_id"])
    played = listed["watched_at"].dropna()
    assert 0 < len(played) < len(listed)
    assert played.equals(first.reindex(played.index).rename("watched_at"))
    unplayed = listed[listed["watched_at"].isna()]
    assert not unplayed.index.isin(first.index).any()
    assert (played > listed.loc[played.index, "added_at"]).all()


def test_ratings_follow_a_play_of_the_title(tiny: Frames) -> None:
    first = tiny["viewing_sessions"].groupby(["user_id", "content_id"])["started_at"].min()
    rated = tiny["ratings"].set_index(["user_id", "content_id"])["rated_at"]
    assert (rated > first.reindex(rated.index)).all()
    assert rated.max() < END_AT
