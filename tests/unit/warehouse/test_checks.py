"""How totals of several tables are compared."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from nosql.pipelines import find_pipeline
from svp.core.sqlfiles import read_sql
from warehouse.checks import Comparison, Difference, Pending, compare, read_totals
from warehouse.measures import MEASURES, STORES, Measure, tables_of

if TYPE_CHECKING:
    from collections.abc import Mapping

ONE, TWO = date(2024, 1, 1), date(2024, 1, 2)

PLAYS = Measure("plays", "plays", postgresql=("a",), mongodb=("b",))


def compared(a: Mapping[date, int], b: Mapping[date, int], pending: Pending) -> Comparison:
    """Compare two tables."""
    return compare({"a": {"plays": dict(a)}, "b": {"plays": dict(b)}}, pending, [PLAYS])


def test_tables_that_say_the_same_do_not_differ() -> None:
    found = compared({ONE: 1}, {ONE: 1}, Pending())
    assert (found.differences, found.is_empty) == ((), False)
    assert found.measures[0].totals == {"PostgreSQL": {"a": 1}, "MongoDB": {"b": 1}}


def test_day_that_a_table_lacks_counts_as_0() -> None:
    found = compared({ONE: 1}, {}, Pending())
    values = {"PostgreSQL": {"a": 1}, "MongoDB": {"b": 0}}
    assert found.differences == (Difference(ONE, "plays", values),)


def test_differences_that_cancel_over_days_are_found() -> None:
    found = compared({ONE: 10, TWO: 20}, {ONE: 20, TWO: 10}, Pending())
    assert found.measures[0].totals == {"PostgreSQL": {"a": 30}, "MongoDB": {"b": 30}}
    assert [each.day for each in found.differences] == [ONE, TWO]


def test_pending_day_is_told_and_not_compared() -> None:
    found = compared({ONE: 1}, {}, Pending(days=(ONE,)))
    assert (found.differences, found.pending.days, found.is_empty) == ((), (ONE,), True)


def test_measure_waits_for_the_export_of_what_it_depends_on() -> None:
    customers = Measure("plays", "plays", postgresql=("a",), mongodb=("b",), mark="users")
    said = {"a": {"plays": {ONE: 1}}, "b": {}}
    assert compare(said, Pending(marks=("titles",)), [customers]).differences
    (found,) = compare(said, Pending(marks=("users",)), [customers]).measures
    assert (found.is_waiting, found.is_empty, found.differences) == (True, True, ())


def test_measure_of_one_table_is_shown_and_not_compared() -> None:
    alone = Measure("plays", "plays", postgresql=("a",))
    found = compare({"a": {"plays": {ONE: 7}}}, Pending(), [alone])
    assert (found.is_empty, found.measures[0].totals) == (True, {"PostgreSQL": {"a": 7}})


def test_rows_become_totals_by_measure_and_day() -> None:
    rows = [{"day": ONE, "plays": 1, "stars": 0}, {"day": TWO, "plays": 2, "stars": 5}]
    assert read_totals(rows) == {"plays": {ONE: 1, TWO: 2}, "stars": {TWO: 5}}


def test_every_table_has_a_query_that_gives_its_measures() -> None:
    packages = dict.fromkeys(STORES, "warehouse.queries") | {"PostgreSQL": "oltp.extracts"}
    for store in STORES:
        for table in tables_of(store):
            query = f"totals_of_{table}"
            text = (
                find_pipeline(query).text
                if store == "MongoDB"
                else read_sql(packages[store], query)
            )
            held = [each.name for each in MEASURES if table in each.tables[store]]
            assert [name for name in held if name not in text] == [], query
