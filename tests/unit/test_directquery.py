"""The queries that stand for a report's: one axis, measures that may be summed, the rows that a visual asks for."""

from __future__ import annotations

from datetime import date

import pytest

from benchmarks.bare import bare_query, bare_table
from benchmarks.directquery import DirectQuery, View, month_queries

MONTH = date(2024, 2, 1)
CALENDAR = View("mart", "calendar", {"date_value": "date", "year": "int", "date_key": "int"})
TITLE = View("mart", "title", {"title": "varchar", "category": "varchar", "title_key": "int"})
PERFORMANCE = View(
    "mart",
    "content_performance",
    {
        "title": "varchar",
        "stat_date": "date",
        "plays": "decimal",
        "unique_viewers": "int",
        "watch_hours": "decimal",
        "rating_count": "decimal",
        "date_key": "int",
        "title_key": "int",
    },
)
VIEWS = {view.name: view for view in (CALENDAR, TITLE, PERFORMANCE)}


@pytest.fixture
def queries() -> dict[tuple[str, str], DirectQuery]:
    """Those of content_performance, by axis and filter."""
    return {
        (query.axis, query.filter): query
        for query in month_queries(VIEWS, "content_performance", MONTH)
    }


def test_each_axis_is_asked_for_and_each_measure_that_may_be_summed(
    queries: dict[tuple[str, str], DirectQuery],
) -> None:
    own = [(axis, by) for axis in ("title", "stat_date") for by in ("calendar", "stat_date")]
    joined = [(axis, "calendar") for axis in ("calendar.date_value", "title.title")]
    assert {*queries} == {*own, *joined, ("title.category", "calendar")}
    assert {query.measures for query in queries.values()} == {
        ("plays", "watch_hours"),
        ("rating_count",),
    }


def test_table_asks_for_the_first_500_and_chart_for_all(
    queries: dict[tuple[str, str], DirectQuery],
) -> None:
    assert queries["title.title", "calendar"].text.endswith(
        "order by `C1` desc, `title_title` limit 501 offset 0"
    )
    assert queries["title.category", "calendar"].text.endswith(" is null limit 1000001 offset 0")


def test_mart_without_sums_is_asked_for_the_greatest() -> None:
    columns = {"stat_date": "date", "dau": "int", "stickiness": "decimal", "date_key": "int"}
    view = View("mart", "active_users", columns)
    query = next(month_queries({**VIEWS, view.name: view}, view.name, MONTH))
    assert "max(`dau`) as `C1`, max(`stickiness`) as `C2`" in query.text


def test_bare_table_is_grouped_as_the_mart(queries: dict[tuple[str, str], DirectQuery]) -> None:
    assert "concat('Member ', `title_key`) AS member" in bare_table(PERFORMANCE)
    groups = {
        axis: bare_query(query, PERFORMANCE).text.partition(" ")[2].partition(",")[0]
        for (axis, _), query in queries.items()
    }
    assert groups == {
        "title": "member",
        "title.title": "member",
        "title.category": "member_group",
        "stat_date": "date_key",
        "calendar.date_value": "date_key",
    }
    text = bare_query(queries["stat_date", "calendar"], PERFORMANCE).text
    assert "where date_key between 20240201 and 20240231 group by date_key" in text
