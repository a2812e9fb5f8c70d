"""Marts in the terminal: whole values side by side, and how many columns are left out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from svp.cli.common import MAX_COLUMNS, console
from svp.cli.marts import mart_table


def drawn(values: dict[str, list[object]]) -> str:
    """Return a mart of some columns as the terminal shows it."""
    shown = console()
    with shown.capture() as captured:
        shown.print(mart_table(pd.DataFrame(values, dtype=object), title="a_mart"))
    return captured.get()


@pytest.mark.parametrize("width", [3, 9, 14])
def test_as_many_columns_are_shown_as_fit_with_their_values_whole(width: int) -> None:
    values: dict[str, list[object]] = {
        f"last_watch_{number}": ["x" * width, None] for number in range(20)
    }
    lines = drawn(values).splitlines()
    assert max(map(len, lines)) <= MAX_COLUMNS
    (row,) = (line for line in lines if "x" in line)
    fitting = row.split()
    assert set(fitting) == {"x" * width}
    widest = max(width, len("watch"))
    assert len(fitting) == (MAX_COLUMNS - 2) // (widest + 3)
    assert f"{20 - len(fitting)} more columns: --columns or --json" in lines[-1]


def test_values_are_written_as_people_read_them() -> None:
    values: dict[str, list[object]] = {
        "as_of_date": [date(2024, 2, 14), date(2024, 2, 14)],
        "release_year": [2019, None],
        "plays": [1234, None],
        "watch_hours": [Decimal("1234.5000"), Decimal("0.0000")],
    }
    first, second = (line.split() for line in drawn(values).splitlines() if "2024" in line)
    assert first == ["2024-02-14", "2019", "1,234", "1,234.50"]
    assert second == ["2024-02-14", "-", "-", "0.00"]


def test_a_long_text_is_cut_and_leaves_room_for_others() -> None:
    shown = drawn({"title": ["x" * 300], "plays": [12], "storyline": ["y" * 30]})
    assert "xxx… 12" in " ".join(shown.split())
    assert "1 more column: --columns or --json" in shown


def test_a_mart_without_rows_says_what_fills_it() -> None:
    assert "run 'svp warehouse refresh'" in drawn({"plays": []})
