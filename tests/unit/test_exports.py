"""Text in an exported CSV: a spreadsheet shows it and runs nothing, and it can be read back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from svp.core.exports import armed, defused

JAN_31 = date(2024, 1, 31)


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1", "\uff1d1"])
def test_what_a_spreadsheet_runs_is_defused(text: str) -> None:
    assert defused(text) == f"'{text}"


@pytest.mark.parametrize("value", ["a=1", "", "1", " =1", None, -1, Decimal(-1), JAN_31])
def test_what_is_no_formula_stays(value: object) -> None:
    assert defused(value) == value


@pytest.mark.parametrize("text", ["=1", "-5", "\t=1", "'a", "'", "", "it's", "plain"])
def test_what_was_defused_is_read_back_as_it_was(text: str) -> None:
    assert armed(str(defused(text))) == text
