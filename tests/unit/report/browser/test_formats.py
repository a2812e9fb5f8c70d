"""Values look as Power BI's format strings say."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from report.browser.formats import written
from report.definition import COLUMN_FORMATS, FORMATS, MONTH_FORMAT


@pytest.mark.parametrize(
    ("value", "pattern", "text"),
    [
        (1234567, "#,##0", "1,234,567"),
        (0, "#,##0", "0"),
        (Decimal("0.5"), "#,##0", "1"),
        (Decimal("-1234.5"), "#,##0", "-1,235"),
        (Decimal("2.25"), "#,##0.0", "2.3"),
        (2.25, "#,##0.0", "2.3"),
        (-0.04, "#,##0.0", "0.0"),
        (0.1234, "0.0%", "12.3%"),
        (0.00049, "0.0%", "0.0%"),
        (12.5, "0.0%", "1250.0%"),
        (0.25, "+0.0%;-0.0%;0.0%", "+25.0%"),
        (-0.25, "+0.0%;-0.0%;0.0%", "-25.0%"),
        (0, "+0.0%;-0.0%;0.0%", "0.0%"),
        (-0.0001, "+0.0%;-0.0%;0.0%", "0.0%"),
        (Decimal("1.005"), "0.00", "1.01"),
        (Decimal("98765.4"), "#,##0.00", "98,765.40"),
        (datetime(2025, 3, 9, 7, 5), "yyyy-mm-dd hh:nn", "2025-03-09 07:05"),
        (date(2025, 3, 9), "yyyy-mm-dd", "2025-03-09"),
        (date(2025, 3, 1), "mmm yyyy", "Mar 2025"),
        (2025, "0", "2025"),
        ("<b>", "", "<b>"),
        (None, "#,##0", ""),
        (None, "", ""),
    ],
)
def test_value_is_written_as_its_format_string_says(value: Any, pattern: str, text: str) -> None:
    assert written(value, pattern) == text


def test_every_format_of_the_report_is_understood() -> None:
    for name, pattern in (FORMATS | COLUMN_FORMATS | {"month": MONTH_FORMAT}).items():
        is_moment = "yyyy" in pattern
        text = written(datetime(2025, 3, 9, 7, 5) if is_moment else Decimal("1.5"), pattern)
        assert not set(text) & set("#;ydhn"), (name, text)
