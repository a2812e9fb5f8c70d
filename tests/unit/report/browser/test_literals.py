"""Queries for people have their values written in, whatever those are."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from report.browser.literals import literal, with_values
from report.queries import Query


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("O'Neill", "'O''Neill'"),
        ("C:\\", "'C:\\\\'"),
        (date(2026, 1, 31), "{ d '2026-01-31' }"),
        (datetime(2026, 1, 31, 4, 5, 6), "{ ts '2026-01-31 04:05:06' }"),
        (7, "7"),
        (Decimal("1.50"), "1.50"),
    ],
)
def test_value_is_written_as_the_servers_read_it(value: Any, text: str) -> None:
    assert literal(value) == text


def test_values_take_the_places_of_their_marks_and_are_not_read_again() -> None:
    query = Query("a in (%s, %s) and b = %s", ("%s", "x", 1), (), ())
    assert with_values(query) == "a in ('%s', 'x') and b = 1"
