"""How totals of several stores are compared."""

from __future__ import annotations

from datetime import date

from warehouse.checks import Difference, Totals, compare, read_totals

ONE, TWO = date(2024, 1, 1), date(2024, 1, 2)


def test_stores_that_say_the_same_do_not_differ() -> None:
    found = compare({"a": {ONE: Totals(1, 60)}, "b": {ONE: Totals(1, 60)}})
    assert (found.differences, found.totals["a"], found.is_empty) == ((), Totals(1, 60), False)


def test_day_that_a_store_lacks_counts_as_0() -> None:
    found = compare({"a": {ONE: Totals(1, 60)}, "b": {}})
    assert found.differences == (
        Difference(ONE, "plays", {"a": 1, "b": 0}),
        Difference(ONE, "watch_seconds", {"a": 60, "b": 0}),
    )


def test_differences_that_cancel_over_days_are_found() -> None:
    found = compare(
        {
            "a": {ONE: Totals(1, 10), TWO: Totals(1, 20)},
            "b": {ONE: Totals(1, 20), TWO: Totals(1, 10)},
        }
    )
    assert found.totals["a"] == found.totals["b"]
    assert [each.day for each in found.differences] == [ONE, TWO]


def test_pending_day_is_told_and_not_compared() -> None:
    found = compare({"a": {ONE: Totals(1, 60)}, "b": {}}, pending=[ONE])
    assert (found.differences, found.pending, found.is_empty) == ((), (ONE,), True)


def test_rows_of_one_day_are_summed() -> None:
    assert read_totals([(ONE, 1, 10), (ONE, 2, 5)]) == {ONE: Totals(3, 15)}
