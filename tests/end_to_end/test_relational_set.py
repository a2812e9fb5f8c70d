"""The main job: the relational set people bring, from files to marts, against an independent computation.

The expected numbers are computed from the files by pandas here; no code of the rooms takes part.
"""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from svp.core.postgres import connect
from tests.end_to_end.conftest import fetch_mysql

if TYPE_CHECKING:
    from collections.abc import Callable

    from svp.settings import Settings
    from tests.end_to_end.conftest import Run

SAMPLE = Path(__file__).parents[3] / "shared" / "inputs" / "relational"

pytestmark = pytest.mark.skipif(
    not SAMPLE.exists(), reason="the sample files are not beside the project"
)

CATEGORIES = ("child", "movie", "relax", "sport", "tv", "unknown")


@pytest.fixture(scope="module")
def sessions() -> pd.DataFrame:
    """One row per session of the files, with what the definitions of the marts need."""
    read = pd.read_csv(SAMPLE / "viewing_sessions.csv")
    catalogue = json.loads((SAMPLE / "content.json").read_text(encoding="utf-8"))
    titles = pd.DataFrame(
        [{**movie, "content_type": "movie"} for movie in catalogue["movies"]]
        + [{**series, "content_type": "series"} for series in catalogue["series"]]
    )
    joined = read.merge(
        titles[["content_id", "content_type", "title"]], on="content_id", validate="m:1"
    )
    joined["watch_seconds"] = joined["watch_duration_minutes"] * 60
    joined["is_valid"] = joined["watch_seconds"] >= 30
    joined["is_complete"] = joined["completion_percentage"] >= 90
    joined["month"] = joined["watch_date"].str[:7] + "-01"
    return joined


@pytest.fixture
def mart(settings: Settings) -> Callable[[str], pd.DataFrame]:
    """Read a whole mart."""

    def read(name: str) -> pd.DataFrame:
        columns, rows = fetch_mysql(
            settings.mysql_url, settings.workspace.mart_database, f"SELECT * FROM {name}"
        )
        frame = pd.DataFrame(rows, columns=pd.Index(columns))
        return frame.map(lambda value: float(value) if hasattr(value, "as_tuple") else value)

    return read


def test_relational_set_reaches_the_marts_exactly(
    svp: Run,
    svp_json: Callable[..., Any],
    mart: Callable[[str], pd.DataFrame],
    sessions: pd.DataFrame,
    settings: Settings,
) -> None:
    svp("init")
    files = {report["kind"]: report for report in svp_json("ingest", SAMPLE)["files"]}
    assert files["relational.users"]["loaded_rows"] == 5_000
    assert files["relational.content"]["loaded_rows"] == 300
    loaded = files["relational.viewing_sessions"]
    assert (loaded["loaded_rows"], loaded["rejected_rows"]) == (222_785, 0)
    assert loaded["flags"]["before_signup"] == 2_018

    svp("warehouse", "refresh")
    svp("verify")
    check_daily_statistics(mart("daily_statistics"), sessions)
    check_content_performance(mart("content_performance"), sessions)
    check_device_quality(mart("device_quality"), sessions)
    check_customer_360(mart("customer_360"), sessions)

    before = every_row(settings)
    again = svp_json("ingest", SAMPLE)["files"]
    assert {report["outcome"] for report in again} == {"already loaded"}
    svp("warehouse", "refresh")
    svp("verify")
    assert every_row(settings) == before


def check_daily_statistics(found: pd.DataFrame, sessions: pd.DataFrame) -> None:
    days = sessions.groupby("watch_date")
    played = sessions[sessions["watch_seconds"] > 0]
    first_days = played.groupby("user_id")["watch_date"].min().value_counts()
    expected = pd.DataFrame(
        {
            "plays": days.size(),
            "valid_plays": days["is_valid"].sum(),
            "complete_plays": days["is_complete"].sum(),
            "watch_hours": days["watch_seconds"].sum() / 3600,
            "active_customers": played.groupby("watch_date")["user_id"].nunique(),
            "new_customers": first_days,
        }
    ).fillna(0)
    found = found.set_index(found["stat_date"].astype(str)).sort_index()
    for column in expected:
        pd.testing.assert_series_equal(
            found[column].astype(float),
            expected[column].astype(float).sort_index(),
            check_names=False,
            atol=0.0001,
            rtol=0,
        )
    by_category = sum(found[f"{category}_hours"].sum() for category in CATEGORIES)
    assert by_category == pytest.approx(sessions["watch_seconds"].sum() / 3600, abs=0.1)


def check_content_performance(found: pd.DataFrame, sessions: pd.DataFrame) -> None:
    groups = sessions.groupby(["content_id", "watch_date"])
    played = sessions[sessions["watch_seconds"] > 0]
    expected = pd.DataFrame(
        {
            "plays": groups.size(),
            "watch_hours": groups["watch_seconds"].sum() / 3600,
            "unique_viewers": played.groupby(["content_id", "watch_date"])["user_id"].nunique(),
        }
    ).fillna(0)
    found = found.assign(stat_date=found["stat_date"].astype(str)).set_index(
        ["content_id", "stat_date"]
    )
    assert len(found) == len(expected)
    expected.index = expected.index.set_names(found.index.names)
    for column in expected:
        difference = (found[column].astype(float) - expected[column]).abs()
        assert difference.max() <= 0.0001, column


def check_device_quality(found: pd.DataFrame, sessions: pd.DataFrame) -> None:
    keys = ["watch_date", "device_type", "quality_level"]
    groups = sessions.groupby(keys)
    measured = sessions[sessions["completion_percentage"].notna()].groupby(keys)
    expected = pd.DataFrame(
        {
            "plays": groups.size(),
            "watch_hours": groups["watch_seconds"].sum() / 3600,
            "completion_rate": 100 * measured["is_complete"].mean(),
        }
    )
    found = found.assign(stat_date=found["stat_date"].astype(str))
    found = found.set_index(["stat_date", "device_type", "quality"])
    assert len(found) == len(expected)
    expected.index = expected.index.set_names(found.index.names)
    for column, tolerance in {"plays": 0, "watch_hours": 0.0001, "completion_rate": 0.0051}.items():
        difference = (found[column].astype(float) - expected[column].astype(float)).abs()
        assert difference.max() <= tolerance, column


def check_customer_360(found: pd.DataFrame, sessions: pd.DataFrame) -> None:
    played = sessions[sessions["watch_seconds"] > 0]
    groups = sessions.groupby(["user_id", "month"])
    expected = pd.DataFrame(
        {
            "total_seconds": groups["watch_seconds"].sum(),
            "active_days": played.groupby(["user_id", "month"])["watch_date"].nunique(),
        }
    ).fillna(0)
    expected["segment"] = pd.cut(
        expected["active_days"],
        bins=[-1, 0, 6, 13, 20, 31],
        labels=["Inactive", "At Risk", "Need Attention", "Valuable", "Loyal"],
    ).astype(str)
    found = found.assign(month=found["month_start"].astype(str)).set_index(
        ["customer_code", "month"]
    )
    assert len(found) == len(expected)
    expected.index = expected.index.set_names(found.index.names)
    found = found.loc[expected.index]
    assert (found["total_seconds"].astype(int) == expected["total_seconds"]).all()
    assert (found["active_days"].astype(int) == expected["active_days"]).all()
    assert (found["segment"] == expected["segment"]).all()
    parts = found[[f"{category}_seconds" for category in CATEGORIES]].astype(int).sum(axis=1)
    assert (parts == expected["total_seconds"]).all()


def every_row(settings: Settings) -> dict[str, object]:
    """Return a fingerprint of every table of the warehouse and of PostgreSQL, run logs apart."""
    workspace = settings.workspace
    tables = "SHOW FULL TABLES WHERE table_type = 'BASE TABLE'"
    found: dict[str, object] = {}
    for table, _ in fetch_mysql(settings.mysql_url, workspace.warehouse_database, tables)[1]:
        if not table.startswith(("refresh_log", "export_log", "stg_")):
            checksum = f"CHECKSUM TABLE {table}"
            found[table] = fetch_mysql(settings.mysql_url, workspace.warehouse_database, checksum)[
                1
            ]
    with (
        closing(connect(settings.postgres_url, workspace.postgres_database)) as source,
        source.cursor() as cursor,
    ):
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'oltp'::regnamespace"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(
                f"SELECT count(*), sum(hashtextextended(t::text, 0)) FROM oltp.{table} t"
            )
            found[f"oltp.{table}"] = cursor.fetchall()
    return found
