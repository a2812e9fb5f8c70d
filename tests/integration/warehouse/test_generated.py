"""Marts of a generated platform, against pandas over the files that were loaded."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from loaders.ingest import ingest
from loaders.recognise import recognise_all
from svp.core.zones import load_zone
from svp.generate import KINDS, SCALES, write
from svp.generate.market import COUNTRIES, PLANS
from warehouse.clocks import ZONES
from warehouse.connections import open_warehouse
from warehouse.money import unbalanced_bridges
from warehouse.rates import Rate, import_rates, rates_in_force

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.warehouse.builders import Platform


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tiny platform as files."""
    kinds = tuple(kind for kind in KINDS if kind not in {"truth", "box_logs"})
    write(tmp_path / "tiny", SCALES["tiny"].arguments(), only=kinds, workers=1)
    return tmp_path / "tiny"


@pytest.fixture
def filled(empty_platform: Platform, folder: Path) -> Platform:
    """The same, loaded and refreshed."""
    ingest(empty_platform.settings, recognise_all([folder]))
    empty_platform.refresh()
    return empty_platform


def read(folder: Path, table: str) -> pd.DataFrame:
    return pd.read_parquet(folder / f"{table}.parquet")


def mart(platform: Platform, name: str, *columns: str) -> pd.DataFrame:
    """Return columns of a mart, by the first of them."""
    rows = pd.DataFrame(platform.mart(name, *columns), columns=list(columns))
    return rows.set_index(columns[0])


def test_marts_count_what_the_files_hold(filled: Platform, folder: Path) -> None:
    compare_searches(filled, folder)
    compare_attempts(filled, folder)
    compare_ratings(filled, folder)
    compare_hours(filled, folder)
    compare_windows(filled)


def test_subscribers_and_their_money_are_what_the_price_list_says(
    filled: Platform, folder: Path
) -> None:
    """Ask at the end of each month who paid or upgraded last, and what that plan costs there."""
    minor_units = {"JPY": 1, "VND": 1}
    rates = {"EUR": "1.1", "GBP": "1.3", "JPY": "0.0067", "INR": "0.0119", "USD": "1"}
    given = [
        Rate(code, "USD", date(2000, 1, 1), Decimal(rate))
        for code, rate in rates.items()
        if code != "USD"
    ]
    import_rates(filled.settings, given)
    prices = {
        (country.name, plan): dollars(Decimal(price) / minor_units.get(country.currency, 100), rate)
        for country in COUNTRIES
        for plan, price in zip(PLANS, country.prices_minor, strict=True)
        if (rate := rates.get(country.currency))
    }
    events = read(folder, "subscription_events").merge(read(folder, "users"), on="user_id")
    events = events.sort_values("occurred_at", kind="stable")
    telling = events[~events["event_type"].isin(["downgrade", "payment_failed"])]
    found = mart(
        filled, "subscription_monthly", "month_start", "closing", "unpriced", "mrr_closing"
    )
    assert len(found) > 12
    for month, closing, unpriced, mrr in found.itertuples():
        end = pd.Timestamp(month, tz="UTC") + pd.offsets.MonthBegin()
        last = telling[telling["occurred_at"] < end].groupby("user_id").last()
        paying = last[last["event_type"].isin(["start", "renewal", "upgrade", "return"])]
        owed = [prices.get(key) for key in zip(paying["country"], paying["new_plan"], strict=True)]
        assert (closing, unpriced) == (len(owed), owed.count(None)), month
        assert mrr == sum(price for price in owed if price is not None), month
    assert {each.currency for each in rates_in_force(filled.settings).missing} == {
        "BRL",
        "MXN",
        "VND",
    }
    with open_warehouse(filled.settings) as connection:
        assert unbalanced_bridges(connection) == ()


def dollars(price: Decimal, rate: str) -> Decimal:
    """Return a price in whole cents."""
    return (price * Decimal(rate)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def compare_searches(platform: Platform, folder: Path) -> None:
    """Join each clicked search with the plays of its title by its user."""
    searches = read(folder, "search_queries")
    plays = read(folder, "viewing_sessions")[["user_id", "content_id", "started_at"]]
    pairs = searches.merge(
        plays, left_on=["user_id", "clicked_content_id"], right_on=["user_id", "content_id"]
    )
    waited = pairs["started_at"] - pairs["searched_at"]
    follows = (waited >= pd.Timedelta(0)) & (waited <= pd.Timedelta(minutes=30))
    searches["is_played"] = searches["search_id"].isin(pairs.loc[follows, "search_id"])
    by_day = searches.groupby(searches["searched_at"].dt.date)
    found = mart(platform, "search_funnel", "stat_date", "searches", "search_to_play_rate")
    assert found["searches"].astype(int).to_dict() == by_day.size().to_dict()
    expected = by_day["is_played"].mean() * 100
    assert (found["search_to_play_rate"].astype(float) - expected).abs().max() < 0.0051


def compare_attempts(platform: Platform, folder: Path) -> None:
    """Count attempts on the day of their play, else on their own."""
    attempts = read(folder, "playback_attempts")
    plays = read(folder, "viewing_sessions")[["session_id", "started_on"]]
    attempts = attempts.merge(plays, on="session_id", how="left")
    day = attempts["started_on"].fillna(attempts["attempted_at"].dt.date)
    found = mart(platform, "playback_quality", "stat_date", "attempts", "plays")
    found = found.astype(int).groupby("stat_date").sum()
    assert found["attempts"].to_dict() == attempts.groupby(day).size().to_dict()
    assert found["plays"].sum() == len(plays)


def compare_ratings(platform: Platform, folder: Path) -> None:
    """Count ratings by the year of their title."""
    ratings = read(folder, "ratings").merge(read(folder, "content"), on="content_id")
    found = mart(platform, "rating_trend", "release_year", "ratings").astype(int)
    expected = ratings.groupby("release_year").size().to_dict()
    assert found.groupby("release_year")["ratings"].sum().to_dict() == expected


def compare_hours(platform: Platform, folder: Path) -> None:
    """Ask pandas for the hour of each start in its country."""
    plays = read(folder, "viewing_sessions").merge(read(folder, "users"), on="user_id")
    expected: dict[tuple[str, int], int] = {}
    for country, zone in ZONES.items():
        local = plays.loc[plays["country"] == country, "started_at"].dt.tz_convert(load_zone(zone))
        counts = local.dt.hour.value_counts().to_dict()
        expected |= {(country, hour): count for hour, count in counts.items()}
    found = mart(platform, "region_hour", "country", "local_hour", "plays").reset_index()
    found = found[found["plays"] > 0].astype({"local_hour": int, "plays": int})
    assert found.groupby(["country", "local_hour"])["plays"].sum().to_dict() == expected


def compare_windows(platform: Platform) -> None:
    """Take sets of customers over each window of days, from the facts that verify compares with the stores."""
    rows = platform.fetch(
        "SELECT dim_date.date_value, fact_watch.customer_key FROM fact_watch"
        " INNER JOIN dim_date USING (date_key) WHERE fact_watch.watch_seconds > 0"
    )
    seen: dict[date, set[int]] = {}
    for day, customer in rows:
        seen.setdefault(day, set()).add(customer)
    found = mart(platform, "active_users", "stat_date", "dau", "wau", "mau")
    for day, dau, wau, mau in found.itertuples():
        windows = [
            set().union(*(who for on, who in seen.items() if 0 <= (day - on).days < days))
            for days in (1, 7, 30)
        ]
        assert [dau, wau, mau] == [len(window) for window in windows], day
