"""Marts of a generated platform, against pandas over the files that were loaded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from loaders.ingest import ingest
from loaders.recognise import recognise_all
from svp.generate import KINDS, SCALES, write
from tests.independent import (
    APPLICATIONS,
    COMPLETE_PERCENT,
    Viewing,
    titles_of,
    wrong_marts,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.warehouse.builders import Platform


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tiny platform as files."""
    kinds = tuple(kind for kind in KINDS if kind != "truth")
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
    assert wrong_marts(filled.mart, viewing(folder)) == {}


def viewing(folder: Path) -> Viewing:
    """Return what was watched, from the files."""
    users = read(folder, "users").set_index("user_id")
    users["customer"] = users["contract_code"].fillna(users.index.to_series())
    titles = titles_of(read(folder, "content"))
    plays = read(folder, "viewing_sessions").join(users[["customer", "country"]], on="user_id")
    plays["day"] = pd.to_datetime(plays["started_on"])
    plays["is_complete"] = completion(plays, titles)
    ratings = read(folder, "ratings")
    ratings["day"] = ratings["rated_at"].dt.tz_localize(None).dt.floor("D")
    return Viewing(plays, titles, boxes(folder), ratings)


def boxes(folder: Path) -> pd.DataFrame:
    """Return seconds on set-top boxes, of each line."""
    lines = pd.DataFrame(
        {"day": pd.Timestamp(file.stem), **json.loads(line)["_source"]}
        for file in (folder / "iptv").iterdir()
        for line in file.read_text(encoding="utf-8").splitlines()
    )
    lines["category"] = lines["AppName"].map(APPLICATIONS).fillna("unknown")
    return lines.rename(columns={"Contract": "customer", "TotalDuration": "seconds"})


def completion(plays: pd.DataFrame, titles: pd.DataFrame) -> pd.Series[bool]:
    """Return whether a play is complete, by the percentage that players told; None where they told none."""
    told = plays["completion_percent"]
    return (told >= COMPLETE_PERCENT).astype(object).where(told.notna(), None)


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
