"""Marts of a generated platform, against pandas over the files that were loaded."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from loaders.ingest import ingest
from loaders.recognise import recognise_all
from svp.generate import KINDS, SCALES, write
from svp.generate.market import COUNTRIES, PLANS
from tests.independent import (
    APPLICATIONS,
    COMPLETE_PERCENT,
    MARTS,
    NOT_COMPARED,
    Viewing,
    titles_of,
    wrong_marts,
)
from tests.unit.loaders.builders import an_event, write_json_lines
from warehouse.connections import open_warehouse
from warehouse.metrics import defined_columns
from warehouse.money import unbalanced_bridges
from warehouse.rates import Rate, import_rates, rates_in_force

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.warehouse.builders import Platform


EVENTS = "events.ndjson"
DAY = 86_400_000_000  # microseconds
NOBODY = {"user_id": "EMPTY", "device_id": "None", "session_id": -1, "country": "False"}
"""What an export says where it knows nothing."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tiny platform as files."""
    kinds = tuple(kind for kind in KINDS if kind != "truth")
    folder = tmp_path / "tiny"
    write(folder, SCALES["tiny"].arguments(), only=kinds, workers=1)
    write_json_lines(folder / EVENTS, some_events(folder, count=2_000))
    return folder


def some_events(folder: Path, *, count: int) -> list[dict[str, object]]:
    """Return events of apps on days of the platform: some of nobody, some outside of sessions."""
    random = Random(1)
    users = [*sorted(read(folder, "users")["user_id"])[:40], NOBODY["user_id"]]
    days = sorted(pd.to_datetime(read(folder, "viewing_sessions")["started_on"]).unique())[:4]
    return [
        an_event(
            f"e{number}",
            event_time=str(random.choice(days) + timedelta(microseconds=random.randrange(DAY))),
            user_id=random.choice(users),
            device_id=random.choice(("d1", "d2", NOBODY["device_id"])),
            session_id=random.choice((NOBODY["session_id"], *range(60))),
            platform=random.choice(("Web", "iOS", None)),
            country=random.choice(("Norway", "Chile", NOBODY["country"])),
        )
        for number in range(count)
    ]


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
    assert wrong_marts(filled.mart, viewing(folder)) == {}
    compared = {each.mart: {*each.keys, *each.columns} for each in MARTS}
    missing = {
        f"{mart}.{column}"
        for mart, column in (name.split(".") for name, _ in defined_columns())
        if mart not in NOT_COMPARED and column not in compared.get(mart, ())
    }
    assert missing == NOT_COMPARED.keys() & {name for name, _ in defined_columns()}


def viewing(folder: Path) -> Viewing:
    """Return what was watched, from the files."""
    users = read(folder, "users")
    users["customer"] = users["contract_code"].fillna(users["user_id"])
    users["registered_on"] = pd.to_datetime(users["registered_on"])
    titles = titles_of(read(folder, "content"))
    plays = read(folder, "viewing_sessions").merge(
        users[["user_id", "customer", "country"]], on="user_id"
    )
    plays["day"] = pd.to_datetime(plays["started_on"])
    plays["is_complete"] = completion(plays)
    ratings = read(folder, "ratings")
    ratings["day"] = ratings["rated_at"].dt.tz_localize(None).dt.floor("D")
    devices = read(folder, "devices").set_index("device_id")["device_type"]
    return Viewing(
        plays,
        titles,
        boxes(folder),
        ratings,
        users,
        read(folder, "playback_attempts").join(devices, on="device_id"),
        read(folder, "search_queries"),
        read(folder, "subscription_events"),
        app_events(folder),
    )


def app_events(folder: Path) -> pd.DataFrame:
    """Return what event exports tell, as far as they do."""
    if not (folder / EVENTS).exists():
        return Viewing().app_events
    lines = (folder / EVENTS).read_text(encoding="utf-8").splitlines()
    events = pd.DataFrame(map(json.loads, lines), dtype=object)
    events["occurred_at"] = pd.to_datetime(events["event_time"], utc=True)
    for name, nothing in NOBODY.items():
        told = [None if value == nothing else value for value in events[name]]
        events[name] = pd.Series(told, dtype=object)
    return events


def boxes(folder: Path) -> pd.DataFrame:
    """Return seconds on set-top boxes, of each line."""
    if not (folder / "iptv").exists():
        return Viewing().boxes
    lines = pd.DataFrame(
        {"day": pd.Timestamp(file.stem), **json.loads(line)["_source"]}
        for file in (folder / "iptv").iterdir()
        for line in file.read_text(encoding="utf-8").splitlines()
    )
    lines["category"] = lines["AppName"].map(APPLICATIONS).fillna("unknown")
    return lines.rename(columns={"Contract": "customer", "TotalDuration": "seconds"})


def completion(plays: pd.DataFrame) -> pd.Series[bool]:
    """Return whether a play is complete, by the percentage that players told; None where they told none."""
    told = plays["completion_percent"]
    return (told >= COMPLETE_PERCENT).astype(object).where(told.notna(), None)


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
    factors = {
        code: Fraction(rate) * 100 / minor_units.get(code, 100) for code, rate in rates.items()
    }
    told = replace(viewing(folder), rates=factors)
    assert wrong_marts(filled.mart, told, only={"subscription_monthly"}) == {}
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
