"""A generated month of set-top-box logs, dirt among it, from files to marts: as pandas counts it from the files."""

from __future__ import annotations

import json
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from svp import cli

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.warehouse.builders import Platform

ORDER = ("Child", "Movie", "Relax", "Sport", "TV", "Unknown")
CATEGORIES = {
    **dict.fromkeys(("CHANNEL", "DSHD", "KPLUS", "KPlus"), "TV"),
    **dict.fromkeys(("MOVIE", "VOD", "VOD_RES", "FIMS", "FIMS_RES"), "Movie"),
    **dict.fromkeys(("BHD", "BHD_RES", "DANET"), "Movie"),
    "RELAX": "Relax",
    "CHILD": "Child",
    "SPORT": "Sport",
}
SEGMENTS = {"Inactive": 0, "At Risk": 6, "Need Attention": 13, "Valuable": 20, "Loyal": 31}
"""Most active days of each."""

MONTH_DAYS = 31


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A month of 2,000 households, and bad lines among the good ones."""
    made = tmp_path_factory.mktemp("boxes") / "month"
    size = ("--users", "2000", "--days", "30", "--start", "2025-01-01", "--dirt", "1%")
    with pytest.raises(SystemExit):
        cli.main(["generate", "--shape", "iptv", *size, "--out", str(made)])
    return made


@pytest.fixture
def loaded(empty_platform: Platform, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Platform:
    """The month, ingested and refreshed by the command."""
    settings = empty_platform.settings
    monkeypatch.setenv("SVP_HOME", str(settings.home))
    for name in ("postgres_url", "mongo_url", "mysql_url"):
        monkeypatch.setenv(f"SVP_{name.upper()}", getattr(settings, name))
    for command in (["ingest", str(folder)], ["warehouse", "refresh"]):
        with pytest.raises(SystemExit) as ended:
            cli.main([*command, "--workspace", settings.workspace.name])
        assert not ended.value.code
    return empty_platform


@pytest.fixture(scope="module")
def lines(folder: Path) -> pd.DataFrame:
    """One row per line that counts: of each day and id the last one that is not refused."""
    refused = {
        (bad["file"], bad["line"])
        for bad in map(json.loads, (folder / "dirt.jsonl").read_text().splitlines())
        if bad["contract"] == "reject"
    }
    rows = [
        (
            file.stem,
            line["_id"],
            *map(line["_source"].get, ("Contract", "AppName", "TotalDuration")),
        )
        for file in sorted(folder.glob("2025*.json"))
        for number, text in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if (file.name, number) not in refused
        for line in [json.loads(text)]
    ]
    names = ["day", "log_id", "contract", "application", "seconds"]
    read = pd.DataFrame(rows, columns=names).drop_duplicates(["day", "log_id"], keep="last")
    read["seconds"] = read["seconds"].astype(float).astype(int)
    read["contract"] = read["contract"].str.strip()
    is_none = read["contract"].isna() | read["contract"].str.fullmatch(r"0+|\d+(\.\d+){3}|")
    read["contract"] = read["contract"].mask(is_none.astype(bool), None)
    read["category"] = read["application"].str.strip().map(CATEGORIES).fillna("Unknown")
    return read


@pytest.fixture(scope="module")
def customers(lines: pd.DataFrame) -> list[dict[str, Any]]:
    """One row per contract: what the month's mart is to say of it."""
    return [
        a_customer(str(contract), of_customer)
        for contract, of_customer in lines.groupby("contract")
    ]


def a_customer(contract: str, watched: pd.DataFrame) -> dict[str, Any]:
    seconds = watched.groupby("category")["seconds"].sum()
    by_category = {name: int(seconds.get(name, 0)) for name in ORDER}
    tastes = [name for name in ORDER if by_category[name] > 0]
    days = int(watched.loc[watched["seconds"] > 0, "day"].nunique())
    return {
        "contract": contract,
        **by_category,
        "total": sum(by_category.values()),
        "most": max(ORDER, key=lambda name: by_category[name]) if tastes else None,
        "taste": "-".join(tastes) or None,
        "days": days,
        "activeness": rounded(Decimal(100 * days) / MONTH_DAYS, 2),
        "segment": next(name for name, most in SEGMENTS.items() if days <= most),
    }


def rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def hours(seconds: int, parts: int = 1) -> Decimal:
    return rounded(Decimal(seconds) / (3600 * parts), 4)


def summed(customers: list[dict[str, Any]], *names: str) -> dict[tuple[Any, ...], tuple[int, int]]:
    """Return customers and seconds by the values of some columns."""
    sums: dict[tuple[Any, ...], tuple[int, int]] = {}
    for customer in customers:
        key = tuple(customer[name] for name in names)
        count, total = sums.get(key, (0, 0))
        sums[key] = (count + 1, total + customer["total"])
    return sums


def test_marts_of_the_month_equal_what_pandas_counts(
    loaded: Platform, lines: pd.DataFrame, customers: list[dict[str, Any]]
) -> None:
    assert {customer["segment"] for customer in customers} >= SEGMENTS.keys() - {"Inactive"}
    check_days(loaded, lines)
    check_customers(loaded, customers)
    check_summaries(loaded, customers)


def check_days(loaded: Platform, lines: pd.DataFrame) -> None:
    categories = [f"{name.lower()}_hours" for name in ORDER]
    found = loaded.mart(
        "daily_statistics", "date_key", "active_customers", "set_top_box_hours", *categories
    )
    assert len(found) == 30
    for key, active, total, *by_category in found:
        day = lines[lines["day"] == str(key)]
        assert active == day.loc[day["seconds"] > 0, "contract"].nunique()
        assert total == hours(int(day["seconds"].sum()))
        sums = day.groupby("category")["seconds"].sum()
        assert by_category == [hours(int(sums.get(name, 0))) for name in ORDER]


def check_customers(loaded: Platform, customers: list[dict[str, Any]]) -> None:
    seconds = [f"{name.lower()}_seconds" for name in (*ORDER, "total")]
    said = ("most_watched", "taste", "active_days", "activeness", "segment")
    kept = ("contract", *ORDER, "total", "most", "taste", "days", "activeness", "segment")
    found = loaded.mart("customer_360", "customer_code", *seconds, *said)
    assert found == [tuple(customer[name] for name in kept) for customer in customers]
    rest = loaded.mart("customer_360", "date_key", "days_in_period", "device_count")
    assert set(rest) == {(20250101, MONTH_DAYS, 1)}
    durations = ("ChildDuration", "MovieDuration", "SportDuration", "TVDuration", "RelaxDuration")
    classic = loaded.mart(
        "customer_360_classic",
        "Contract",
        *durations,
        "MostWatch",
        "Taste",
        "DateCount",
        "Activeness",
    )
    named = ("contract", "Child", "Movie", "Sport", "TV", "Relax", "most", "taste", "days")
    assert classic == [tuple(each[name] for name in (*named, "activeness")) for each in customers]


def check_summaries(loaded: Platform, customers: list[dict[str, Any]]) -> None:
    everyone = len(customers)
    averages = [f"avg_hours_per_customer_{period}" for period in ("month", "week", "day")]
    segments = loaded.mart(
        "segment_summary", "segment", "customers", "share", "total_hours", *averages
    )
    assert segments == sorted(
        (
            name,
            count,
            rounded(Decimal(100 * count) / everyone, 2),
            *(hours(total), hours(total, count), hours(total, 4 * count), hours(total, 28 * count)),
        )
        for (name,), (count, total) in summed(customers, "segment").items()
    )
    tastes = loaded.mart("taste_summary", "taste", "customers", "share", "total_hours")
    assert set(tastes) == {
        (name, count, rounded(Decimal(100 * count) / everyone, 2), hours(total))
        for (name,), (count, total) in summed(customers, "taste").items()
    }
    both = loaded.mart("taste_segment", "taste", "segment", "tv_only", "customers", "total_hours")
    assert set(both) == {
        (taste, segment, "Yes" if taste == "TV" else "No", count, hours(total))
        for (taste, segment), (count, total) in summed(customers, "taste", "segment").items()
    }
