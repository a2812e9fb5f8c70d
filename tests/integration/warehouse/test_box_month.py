"""A generated month of set-top-box logs, dirt among it, from files to marts: as pandas counts it from the files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from svp import cli
from tests.independent import APPLICATIONS, Viewing, wrong_marts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.warehouse.builders import Platform


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A month of 2,000 households, and bad lines among the good ones."""
    made = tmp_path_factory.mktemp("boxes") / "month"
    size = ("--users", "2000", "--days", "30", "--start", "2025-01-01", "--dirt", "1%")
    with pytest.raises(SystemExit):
        cli.main(["generate", "--shape", "iptv", *size, "--out", str(made)])
    return made


@pytest.fixture(params=["as documents", "without"])
def loaded(
    empty_platform: Platform,
    folder: Path,
    run: Callable[..., None],
    request: pytest.FixtureRequest,
) -> Platform:
    """The month, ingested and refreshed by the command, its lines as documents or without."""
    way = ["--to", "warehouse"] if request.param == "without" else []
    run("ingest", folder, *way)
    run("warehouse", "refresh")
    run("verify", "--current")
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
    read["category"] = read["application"].str.strip().map(APPLICATIONS).fillna("unknown")
    read["day"] = pd.to_datetime(read["day"])
    return read.rename(columns={"contract": "customer"})


def test_marts_of_the_month_equal_what_pandas_counts(loaded: Platform, lines: pd.DataFrame) -> None:
    assert wrong_marts(loaded.mart, Viewing(boxes=lines)) == {}
    segments = {segment for (segment,) in loaded.mart("segment_summary", "segment")}
    assert segments >= {"At Risk", "Need Attention", "Valuable", "Loyal"}


def test_classic_report_says_the_same_under_its_own_names(loaded: Platform) -> None:
    categories = ("child", "movie", "sport", "tv", "relax")
    ours = (
        *("customer_code", *(f"{name}_seconds" for name in categories)),
        *("most_watched", "taste", "active_days", "activeness"),
    )
    classic = (
        *("Contract", "ChildDuration", "MovieDuration", "SportDuration", "TVDuration"),
        *("RelaxDuration", "MostWatch", "Taste", "DateCount", "Activeness"),
    )
    assert loaded.mart("customer_360_classic", *classic) == loaded.mart("customer_360", *ours)
