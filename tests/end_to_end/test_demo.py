"""svp demo: everything once, the same again without a change, and the lines to connect Power BI."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from svp.settings import Workspace
from tests.end_to_end.conftest import fetch_mysql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from svp.settings import Settings
    from tests.end_to_end.conftest import Run


@pytest.fixture
def demo(svp: Run, settings: Settings) -> Iterator[Callable[[], dict[str, object]]]:
    """Run the demo on generated data, on these servers; its workspace is removed afterwards."""

    def run() -> dict[str, object]:
        told: dict[str, object] = json.loads(svp("demo", "--scale", "tiny", "--json").stdout)
        return told

    yield run
    svp("reset", "--workspace", "demo", "--yes", "demo")


def test_demo_fills_the_marts_and_repeats_without_a_change(
    demo: Callable[[], dict[str, object]], settings: Settings
) -> None:
    first = demo()
    days = first["daily_statistics"]
    assert isinstance(days, list)
    assert [day["stat_date"] for day in days] == sorted(
        (day["stat_date"] for day in days), reverse=True
    )
    assert all(float(day["plays"]) > 0 for day in days)
    assert demo() == first


def test_demo_leaves_a_reader_that_reads_the_marts_and_nothing_else(
    demo: Callable[[], dict[str, object]], svp: Run
) -> None:
    told = demo()
    file = Path(str(told["password_file"]))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    account = json.loads(file.read_text(encoding="utf-8"))
    url = f"mysql://{account['user']}:{account['password']}@{account['server']}/"
    database = str(told["database"])
    assert fetch_mysql(url, database, "SELECT count(*) FROM daily_statistics WHERE plays > 0")[
        1
    ] == [(30,)]
    seen = {row[0] for row in fetch_mysql(url, database, "SHOW DATABASES")[1]}
    assert seen - {"information_schema", "performance_schema"} == {Workspace("demo").mart_database}
    assert account["password"] not in json.dumps(told)


def test_demo_for_people_shows_a_table_a_chart_and_how_to_connect(
    svp: Run, settings: Settings
) -> None:
    told = svp("demo", "--scale", "tiny").stdout
    try:
        assert "daily_statistics, the newest days" in told
        assert "Hours watched a day" in told
        assert "svp_demo_mart" in told
        assert "DirectQuery" in told
        assert max(len(line) for line in told.splitlines()) <= 100
    finally:
        svp("reset", "--workspace", "demo", "--yes", "demo")
