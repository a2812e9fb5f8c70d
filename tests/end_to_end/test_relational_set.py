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
from tests.independent import COMPLETE_PERCENT, Viewing, titles_of, wrong_marts

if TYPE_CHECKING:
    from collections.abc import Callable

    from svp.settings import Settings
    from tests.end_to_end.conftest import Run

SAMPLE = Path(__file__).parents[3] / "shared" / "inputs" / "relational"

pytestmark = pytest.mark.skipif(
    not SAMPLE.exists(), reason="the sample files are not beside the project"
)


@pytest.fixture(scope="module")
def viewing() -> Viewing:
    """What was watched, from the files."""
    catalogue = json.loads((SAMPLE / "content.json").read_text(encoding="utf-8"))
    content = [
        {**title, "content_type": kind, "genres": title["genre"]}
        for group, kind in {"movies": "movie", "series": "series"}.items()
        for title in catalogue[group]
    ]
    users = pd.read_csv(SAMPLE / "users.csv", parse_dates=["registration_date"])
    users = users.rename(columns={"registration_date": "registered_on"})
    users["customer"] = users["user_id"]
    plays = pd.read_csv(SAMPLE / "viewing_sessions.csv").merge(
        users[["user_id", "customer", "country"]], on="user_id"
    )
    plays["average_bitrate_kbps"] = float("nan")
    told = plays["completion_percentage"]
    plays["is_complete"] = (told >= COMPLETE_PERCENT).astype(object).where(told.notna(), None)
    plays["watch_seconds"] = plays["watch_duration_minutes"] * 60
    plays["day"] = pd.to_datetime(plays["watch_date"])
    for unknown in ("started_at", "ended_at"):
        plays[unknown] = pd.to_datetime(pd.Series(pd.NaT, plays.index), utc=True)
    plays = plays.rename(columns={"quality_level": "quality"})
    return Viewing(plays, titles_of(pd.DataFrame(content)), users=users)


@pytest.fixture
def mart(settings: Settings) -> Callable[..., list[tuple[Any, ...]]]:
    """Read columns of a mart."""

    def read(name: str, *columns: str) -> list[tuple[Any, ...]]:
        statement = f"SELECT {', '.join(columns)} FROM {name}"
        return fetch_mysql(settings.mysql_url, settings.workspace.mart_database, statement)[1]

    return read


def test_relational_set_reaches_the_marts_exactly(
    svp: Run,
    svp_json: Callable[..., Any],
    mart: Callable[..., list[tuple[Any, ...]]],
    viewing: Viewing,
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
    assert wrong_marts(mart, viewing) == {}

    before = every_row(settings)
    again = svp_json("ingest", SAMPLE)["files"]
    assert {report["outcome"] for report in again} == {"already loaded"}
    svp("warehouse", "refresh")
    svp("verify")
    assert every_row(settings) == before


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
