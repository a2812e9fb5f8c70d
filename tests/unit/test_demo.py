"""The demo ends with what to do next."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd
from rich.console import Console

from svp.cli import demo
from warehouse.reader import ReaderAccount

if TYPE_CHECKING:
    from pathlib import Path


def test_demo_ends_with_how_to_see_the_report_and_how_to_connect(tmp_path: Path) -> None:
    day = {"stat_date": date(2025, 1, 1)} | dict.fromkeys(demo.COLUMNS[1:], 1)
    account = ReaderAccount("h:3306", "svp_demo_mart", "reader", tmp_path / "f", "secret")
    console = Console(width=100)
    with console.capture() as captured:
        console.print(demo._pictures(pd.DataFrame([day, day]), account))
    told = captured.get()
    for words in ("svp report open --workspace demo", "svp report export ./powerbi", "h:3306"):
        assert words in told
    assert "secret" not in told
