"""What an analyst would recognise, at the scale small.

Tolerances are four standard errors of a share, √(p(1-p)/n), where rows are independent; where they
share a user or a title they are wider, and the comment says why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from svp.core.zones import load_zone
from svp.generate.market import COUNTRIES
from svp.generate.reactions import STAR_SHARES
from svp.model import CONTENT_TYPES

if TYPE_CHECKING:
    from tests.unit.generate.conftest import Frames


def four_errors(share: float, rows: int) -> float:
    return 4 * float(np.sqrt(share * (1 - share) / rows))


def local_starts(small: Frames, device: str) -> pd.DataFrame:
    """Return local hour and weekday of the plays on a device."""
    sessions = small["viewing_sessions"].merge(small["users"], on="user_id")
    sessions = sessions[sessions["device_type"] == device]
    parts = []
    for country in COUNTRIES:
        started = sessions.loc[sessions["country"] == country.name, "started_at"]
        local = started.dt.tz_convert(load_zone(country.zone))
        parts.append(pd.DataFrame({"hour": local.dt.hour, "weekday": local.dt.day_of_week}))
    return pd.concat(parts)


@pytest.mark.parametrize(
    ("table", "at_least"),
    [
        ("users", 10_000),
        ("content", 5_000),
        ("viewing_sessions", 100_000),
        ("ratings", 30_000),
        ("search_queries", 25_000),
        ("subscription_events", 15_000),
    ],
)
def test_small_is_as_large_as_promised(small: Frames, table: str, at_least: int) -> None:
    assert len(small[table]) >= at_least


def test_sign_ups_grow_by_two_percent_a_month(small: Frames) -> None:
    registered = small["users"]["registered_on"]
    middle = pd.Timestamp("2024-02-15", tz="UTC")  # 410 of 820 days
    later = float((registered >= middle).mean())
    expected = 1.02 ** (410 / 30) / (1 + 1.02 ** (410 / 30))
    assert later == pytest.approx(expected, abs=four_errors(expected, len(registered)))


def test_activity_is_log_normal_between_users(small: Frames) -> None:
    # Users subscribed for the whole period, so that only their own rate differs. The heaviest
    # tenth of a log-normal with sigma 1.5 has 0.586 of all; its own few make that share vary.
    events = small["subscription_events"]
    early = events.groupby("user_id")["occurred_at"].min() < pd.Timestamp("2025-01-01", tz="UTC")
    last = events.groupby("user_id").tail(1).set_index("user_id")
    ended = events.loc[events["event_type"] == "cancellation", "user_id"].unique()
    stayed = early.index[early & ~early.index.isin(ended) & last["new_plan"].notna()[early.index]]
    plays = small["viewing_sessions"]["user_id"].value_counts().reindex(stayed).fillna(0)
    heaviest = plays.nlargest(len(plays) // 10).sum() / plays.sum()
    assert heaviest == pytest.approx(0.586, abs=0.06)


def test_activity_persists(small: Frames) -> None:
    sessions = small["viewing_sessions"]
    half = sessions["started_at"] >= pd.Timestamp("2025-02-15", tz="UTC")
    counts = sessions.groupby(["user_id", half]).size().unstack(fill_value=0)
    both = counts[(counts[True] > 0) & (counts[False] > 0)]
    assert np.corrcoef(np.log(both[True]), np.log(both[False]))[0, 1] > 0.6


def test_popularity_is_concentrated_like_a_catalogue(small: Frames) -> None:
    # Claimed: the top tenth of titles has 60 % of plays (from memory), the top title about 0.8 %.
    plays = small["viewing_sessions"]["content_id"].value_counts()
    assert plays.iloc[:500].sum() / plays.sum() == pytest.approx(0.60, abs=0.06)
    assert 0.005 < plays.iloc[0] / plays.sum() < 0.03


def test_new_titles_are_played_most_in_their_first_weeks(small: Frames) -> None:
    sessions = small["viewing_sessions"].merge(small["content"], on="content_id")
    new = sessions[sessions["added_on"].between("2025-01-02", "2025-01-31")]
    age_days = (new["started_on"] - new["added_on"]).dt.days
    # Weight 1 + 5·e^(-age/25): mean over days 0 to 13 is 4.8, over days 40 to 53 is 1.8.
    ratio = (age_days < 14).sum() / ((age_days >= 40) & (age_days < 54)).sum()
    assert 1.7 < ratio < 4.0


def test_users_have_tastes(small: Frames) -> None:
    sessions = small["viewing_sessions"].merge(small["content"], on="content_id")
    sessions["genre"] = sessions["genres"].str[0]
    overall = sessions["genre"].value_counts(normalize=True).max()
    counts = sessions.groupby(["user_id", "genre"]).size().unstack(fill_value=0)
    heavy = counts[counts.sum(axis=1) >= 40]
    own = (heavy.max(axis=1) / heavy.sum(axis=1)).mean()
    assert own > 2 * overall


def test_mobile_has_a_morning_that_television_lacks(small: Frames) -> None:
    mobile, television = (local_starts(small, name)["hour"] for name in ("Mobile", "Smart TV"))
    assert mobile.between(7, 8).mean() > 3 * television.between(7, 8).mean()
    assert television.mode()[0] in {20, 21}


def test_saturday_has_more_plays_than_tuesday(small: Frames) -> None:
    weekdays = local_starts(small, "Smart TV")["weekday"].value_counts()
    expected = 1.18 / 0.90 * 13 / 12  # 90 days from a Wednesday have 13 Saturdays, 12 Tuesdays
    assert weekdays[5] / weekdays[1] == pytest.approx(expected, rel=0.06)


def test_completion_has_two_humps(small: Frames) -> None:
    # Of films: a play of two episodes that ends in the second is half complete, which is a third hump of series.
    sessions = small["viewing_sessions"].merge(small["content"], on="content_id")
    percent = sessions.loc[sessions["content_type"] == "movie", "completion_percent"]
    early, middle, finished = (
        percent.between(low, high, inclusive="left").mean()
        for low, high in ((0, 20), (40, 60), (90, 101))
    )
    assert early > 5 * middle
    assert finished > 1.5 * middle


def test_a_fifth_of_plays_are_finished_and_half_are_over_in_ten_minutes(small: Frames) -> None:
    sessions = small["viewing_sessions"]
    percent = sessions["completion_percent"].dropna()
    assert (percent >= 90).mean() == pytest.approx(0.20, abs=0.03)  # claimed: about a fifth
    assert (sessions["watch_seconds"] < 600).mean() == pytest.approx(0.50, abs=0.05)  # from memory


def test_the_popular_are_not_watched_longer(small: Frames) -> None:
    # Claimed: popularity and length of plays are weakly and negatively related; here hardly at all.
    plays = small["viewing_sessions"].groupby("content_id")["watch_seconds"].agg(["size", "mean"])
    often = plays[plays["size"] >= 20]
    assert abs(often["size"].rank().corr(often["mean"].rank())) < 0.15


def test_stalls_are_rare_and_cost_completion(small: Frames) -> None:
    sessions = small["viewing_sessions"].dropna(subset=["completion_percent"])
    stalled = sessions["stall_count"] > 0
    assert stalled.mean() == pytest.approx(0.04, abs=0.01)  # claimed: 4 %
    complete = sessions["completion_percent"] >= 90
    assert complete[stalled].mean() < 0.9 * complete[~stalled].mean()


def test_a_thousandth_of_the_time_is_stalled(small: Frames) -> None:
    attempts, sessions = small["playback_attempts"], small["viewing_sessions"]
    stalled_seconds = attempts["stall_milliseconds"].sum() / 1000
    share = stalled_seconds / sessions["watch_seconds"].sum()
    assert 0.0008 < share < 0.0025  # claimed: 0.12 to 0.25 %


def test_low_quality_costs_completion(small: Frames) -> None:
    sessions = small["viewing_sessions"].dropna(subset=["completion_percent"])
    complete = (sessions["completion_percent"] >= 90).groupby(sessions["quality"]).mean()
    assert complete["SD"] == pytest.approx(0.85 * complete["HD"], abs=0.02)


def test_each_second_of_waiting_loses_six_in_a_hundred(small: Frames) -> None:
    # Claimed: nobody leaves within two seconds, then 5.8 % of attempts for each further one.
    attempts = small["playback_attempts"]
    tried = attempts[attempts["outcome"] != "failed"]
    seconds = tried["startup_milliseconds"] / 1000
    left = tried["outcome"] == "abandoned"
    assert seconds[left].min() >= 2
    waiting, lost = (seconds >= 3).sum(), (left & seconds.between(3, 4)).sum()
    stayed = (seconds >= 3).sum() - (~left & seconds.between(3, 4)).sum() / 2
    assert lost / min(waiting, stayed) == pytest.approx(0.058, abs=0.03)


def test_failures_and_exits_are_few_and_are_no_plays(small: Frames) -> None:
    attempts = small["playback_attempts"]
    shares = attempts["outcome"].value_counts(normalize=True)
    assert 0.005 < shares["failed"] < 0.026  # older reports, upper bounds: 2.6 to 4.8 %
    assert 0.004 < shares["abandoned"] < 0.02
    played = attempts["outcome"] == "played"
    assert attempts["session_id"].notna().equals(played)
    assert attempts.loc[attempts["outcome"] == "failed", "error_code"].notna().all()
    assert attempts.loc[attempts["outcome"] == "abandoned", "error_code"].isna().all()
    assert set(attempts.loc[played, "session_id"]) == set(small["viewing_sessions"]["session_id"])


def test_an_error_ends_few_plays_and_early(small: Frames) -> None:
    plays = small["playback_attempts"].merge(small["viewing_sessions"], on="session_id")
    broken = plays["error_code"].notna()
    assert 0.001 < broken.mean() < 0.01
    assert plays["watch_seconds"][broken].mean() < 0.9 * plays["watch_seconds"][~broken].mean()


def test_who_saw_no_frame_tries_again(small: Frames) -> None:
    attempts = small["playback_attempts"].sort_values(["user_id", "attempted_at"])
    after = attempts.groupby("user_id").shift(-1)
    soon = (after["attempted_at"] - attempts["attempted_at"]) < pd.Timedelta(minutes=10)
    unseen = soon & (attempts["outcome"] != "played")
    assert (after["content_id"] == attempts["content_id"])[unseen].mean() > 0.75


def test_mobiles_stall_more_than_wired_screens(small: Frames) -> None:
    sessions = small["viewing_sessions"]
    stalled = (sessions["stall_count"] > 0).groupby(sessions["device_type"]).mean()
    assert stalled["Mobile"] > 1.4 * stalled["Smart TV"]


def test_the_old_watch_on_the_large_screen(small: Frames) -> None:
    users = small["users"]
    television = users["preferred_device"] == "Smart TV"
    assert television[users["age"] >= 60].mean() > 2 * television[users["age"] < 30].mean()


def evening_hour(small: Frames, rows: pd.Series[bool]) -> float:
    """Return the mean local hour of plays on large screens from 17 to 4 o'clock, of some users."""
    users = small["users"][rows]
    sessions = small["viewing_sessions"].merge(users, on="user_id")
    sessions = sessions[sessions["device_type"] == "Smart TV"]
    hours = []
    for country in COUNTRIES:
        started = sessions.loc[sessions["country"] == country.name, "started_at"]
        local = started.dt.tz_convert(load_zone(country.zone))
        hours.append((local.dt.hour + local.dt.minute / 60 + 12) % 24)
    evening = pd.concat(hours)
    return float(evening[evening.between(5, 16)].mean()) + 12


def test_spain_watches_later_than_germany(small: Frames) -> None:
    country = small["users"]["country"]
    spain, germany = (evening_hour(small, country == name) for name in ("Spain", "Germany"))
    assert 0.7 < spain - germany < 2.2  # 1.6 hours are planted; the day's ends cut some of it off


def test_the_young_watch_later_than_the_old(small: Frames) -> None:
    age = small["users"]["age"]
    assert evening_hour(small, age < 30) > evening_hour(small, age >= 60) + 0.7


def test_holidays_have_more_plays(small: Frames) -> None:
    sessions = small["viewing_sessions"]
    days = sessions.groupby("started_on").size()
    new_year = days[pd.Timestamp("2025-01-01", tz="UTC")]  # a Wednesday, as the next two below
    usual = days[[pd.Timestamp(f"2025-01-{day}", tz="UTC") for day in ("08", "15")]].mean()
    assert 1.05 < new_year / usual < 1.5  # planted: 1.25


def test_children_watch_in_the_morning_and_horror_is_for_the_night(small: Frames) -> None:
    plays = small["viewing_sessions"].merge(small["content"], on="content_id")
    plays = plays.merge(small["users"], on="user_id")
    plays = plays[plays["country"] == "United Kingdom"]  # whose clocks are UTC in winter
    genre, hour = plays["genres"].str[0], plays["started_at"].dt.hour
    morning, night = hour.between(6, 9), hour.isin([22, 23, 0, 1, 2])
    children = genre.isin(["Family", "Animation"])
    assert children[morning].mean() > 2 * children[night].mean()
    assert (genre == "News")[morning].mean() > 2 * (genre == "News")[night].mean()
    assert (genre == "Horror")[night].mean() > 1.7 * (genre == "Horror")[morning].mean()


def test_hardly_anybody_plays_a_finished_film_again(small: Frames) -> None:
    plays = small["viewing_sessions"].merge(small["content"], on="content_id")
    films = plays[plays["content_type"] == "movie"].sort_values("started_at", kind="stable")
    finished = (films["completion_percent"] >= 90).astype(int)
    before = finished.groupby([films["user_id"], films["content_id"]]).cumsum() - finished
    assert (before > 0).mean() < 0.02


def test_viewers_differ_in_how_often_they_finish(small: Frames) -> None:
    sessions = small["viewing_sessions"].dropna(subset=["completion_percent"])
    complete = sessions["completion_percent"] >= 90
    by_user = complete.groupby(sessions["user_id"]).agg(["mean", "size"])
    heavy = by_user[by_user["size"] >= 100]
    by_chance = np.sqrt(0.21 * 0.79 / heavy["size"]).mean()
    assert heavy["mean"].std() > 1.4 * by_chance


def test_a_good_line_carries_more_bits_of_the_same_quality(small: Frames) -> None:
    sessions = small["viewing_sessions"]
    good = sessions[sessions["quality"] == "HD"]
    log_rate = np.log(good["average_bitrate_kbps"])
    heavy = log_rate.groupby(good["user_id"]).agg(["mean", "size"])
    heavy = heavy[heavy["size"] >= 50]
    assert heavy["mean"].std() > 2 * (0.16 / np.sqrt(heavy["size"])).mean()


def test_sign_ups_have_weekends_and_good_weeks(small: Frames) -> None:
    registered = small["users"]["registered_on"]
    by_weekday = registered.dt.day_of_week.value_counts()
    assert 1.05 < by_weekday[[5, 6]].mean() / by_weekday[[1, 2, 3]].mean() < 1.35
    by_week = registered.dt.floor("7D").value_counts().sort_index().iloc[1:-1]
    assert by_week.std() > 2 * np.sqrt(by_week.mean())  # chance alone gives one


def test_series_are_watched_in_the_order_of_their_episodes(small: Frames) -> None:
    views = small["episode_viewing"].merge(small["viewing_sessions"], on="session_id")
    views = views.sort_values(["user_id", "content_id", "started_at", "episode_viewing_id"])
    before = views.groupby(["user_id", "content_id"])["episode_id"].shift()
    known = before.notna()
    back = (views["episode_id"] < before) & known
    restarted = views["episode_id"].str.endswith("-S01-E01")
    assert (
        back & ~restarted
    ).sum() / known.sum() < 0.01  # those few began again after the last one


def test_favourite_series_are_followed(small: Frames) -> None:
    views = small["episode_viewing"].merge(small["viewing_sessions"], on="session_id")
    seen = views.groupby(["user_id", "content_id"])["episode_id"].nunique()
    assert seen.mean() > 2  # of three months
    assert (seen >= 6).mean() > 0.05


def test_who_was_there_before_the_first_day_is_inside_a_series(small: Frames) -> None:
    views = small["episode_viewing"].merge(small["viewing_sessions"], on="session_id")
    views = views.sort_values(["started_at", "episode_viewing_id"])
    first = views.groupby(["user_id", "content_id"]).head(1)
    first = first.merge(small["users"], on="user_id")
    new = first["registered_on"] >= pd.Timestamp("2025-01-02", tz="UTC")
    begins = first["episode_id"].str.endswith("-S01-E01")
    assert begins[new].mean() > 0.97  # a first play may be too short to be one
    assert 0.4 < begins[~new].mean() < 0.8


def test_a_season_at_once_is_binged(small: Frames) -> None:
    views = small["episode_viewing"].merge(small["viewing_sessions"], on="session_id")
    a_day = views.groupby(["user_id", "content_id", "started_on"]).size()
    assert 0.02 < (a_day >= 4).mean() < 0.25


def test_bitrate_rises_with_quality(small: Frames) -> None:
    means = small["viewing_sessions"].groupby("quality")["average_bitrate_kbps"].median()
    assert means["SD"] < means["HD"] < means["4K"]


def test_some_sessions_cross_midnight(small: Frames) -> None:
    sessions = small["viewing_sessions"]
    assert (sessions["ended_at"].dt.floor("D") > sessions["started_on"]).mean() > 0.01


def test_stars_have_the_shares_of_movielens(small: Frames) -> None:
    shares = small["ratings"]["stars"].value_counts(normalize=True).sort_index()
    assert shares.idxmax() == 4
    # Ratings of one title share its quality, so the errors are those of titles, not of rows.
    assert np.allclose(shares.to_numpy(), STAR_SHARES, atol=0.03)


def test_stars_rise_with_the_title_and_with_completion(small: Frames) -> None:
    ratings = small["ratings"].merge(small["content"], on="content_id")
    assert np.corrcoef(ratings["stars"], ratings["rating_average"])[0, 1] > 0.35
    furthest = small["viewing_sessions"].groupby(["user_id", "content_id"])
    percent = furthest["completion_percent"].max().rename("furthest").reset_index()
    both = ratings.merge(percent, on=["user_id", "content_id"])
    finished = both["furthest"] >= 90
    assert both.loc[finished, "stars"].mean() > both.loc[~finished, "stars"].mean() + 0.2


def test_the_engaged_stay_longer(small: Frames) -> None:
    events = small["subscription_events"]
    ended = events.loc[events["event_type"] == "cancellation", "user_id"].unique()
    users = small["users"]
    plays = small["viewing_sessions"]["user_id"].value_counts().reindex(users["user_id"])
    watching = plays.dropna()
    left = watching.index.isin(ended)
    assert watching[left].median() < watching[~left].median()


def test_searches_lead_to_plays(small: Frames) -> None:
    searches, sessions = small["search_queries"], small["viewing_sessions"]
    clicked = searches.dropna(subset=["clicked_content_id"]).sort_values("searched_at")
    joined = pd.merge_asof(
        clicked,
        sessions.sort_values("started_at"),
        left_on="searched_at",
        right_on="started_at",
        by="user_id",
        direction="forward",
        tolerance=pd.Timedelta(seconds=150),
    )
    played = (joined["clicked_content_id"] == joined["content_id"]).mean()
    assert played == pytest.approx(0.78, abs=0.04)


def test_every_kind_of_title_is_played(small: Frames, tiny: Frames) -> None:
    for frames in (small, tiny):
        both = frames["viewing_sessions"].merge(frames["content"], on="content_id")
        assert set(both["content_type"]) == set(CONTENT_TYPES)


def test_only_vietnamese_households_have_boxes(small: Frames) -> None:
    users = small["users"]
    has_box = users["contract_code"].notna()
    assert set(users.loc[has_box, "country"]) == {"Vietnam"}
    assert users.loc[has_box, "contract_code"].str.fullmatch(r"[A-Z]{3}\d{6}").all()
    assert users.loc[has_box, "contract_code"].is_unique
