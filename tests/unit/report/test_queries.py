"""The SQL of a visual has the shape of Power BI's, and its answers come as the visual shows them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from report.definition import Visual, load_report
from report.queries import answer, slicer_query, visual_queries

if TYPE_CHECKING:
    from report.queries import Choice, Query

REPORT = load_report()
Rows = dict[tuple[str, ...], list[tuple[Any, ...]]]
"""Answers to queries by their measures."""
MARCH: Choice = {"calendar.month_start": (date(2025, 3, 1),)}


def a_visual(**parts: Any) -> Visual:
    """A bar of genres, unless told otherwise."""
    given = {
        "name": "v",
        "kind": "bar",
        "title": "A title",
        "alt": "A text",
        "place": (24, 104, 8, 8),
        "axis": ("genre.genre",),
        "measures": ("Genre hours",),
    }
    return Visual(**{**given, **parts})


def queries_of(visual: Visual, **choice: Any) -> tuple[Query, ...]:
    return visual_queries(REPORT, visual, database="svp_mart", choice=choice)


def test_query_nests_a_join_and_caps_the_rows() -> None:
    (query,) = queries_of(a_visual())
    assert query.text == (
        "select `genre_genre`,`C1` from (select `genre_genre`, sum(`watch_hours`) as `C1` from ("
        "select `date_key`,`genre_key`,`watch_hours`,`genre_genre_key`,`genre_genre` from ("
        "select `OTBL`.`date_key`, `OTBL`.`genre_key`, `OTBL`.`watch_hours`,"
        " `ITBL`.`genre_key` as `genre_genre_key`, `ITBL`.`genre` as `genre_genre`"
        " from (select `date_key`,`genre_key`,`watch_hours` from `svp_mart`.`genre_engagement`) as `OTBL`"
        " left outer join (select `genre_key`,`genre` from `svp_mart`.`genre`) as `ITBL`"
        " on (`OTBL`.`genre_key` = `ITBL`.`genre_key`)) as `ITBL`) as `ITBL` group by `genre_genre`"
        ") as `ITBL` where not `C1` is null limit 1000001 offset 0"
    )
    assert query.parameters == ()


def test_choice_is_bound_and_joins_what_it_is_of() -> None:
    (query,) = queries_of(a_visual(), **MARCH)
    assert "where (`calendar_month_start` in (%s))" in query.text
    assert "`svp_mart`.`calendar`" in query.text
    assert query.parameters == (date(2025, 3, 1),)


def test_choice_that_does_not_reach_a_table_is_left_out() -> None:
    (query,) = queries_of(a_visual(), **{"country.country": ("Norway",), "device.device_type": ()})
    assert (query.parameters, "country" in query.text) == ((), False)


def test_choice_of_nothing_known_is_asked_for_as_null() -> None:
    (query,) = queries_of(a_visual(), **{"genre.genre": ("Drama", None)})
    assert "(`genre_genre` in (%s) or `genre_genre` is null)" in query.text
    (query,) = queries_of(a_visual(), **{"genre.genre": (None,)})
    assert "where (`genre_genre` is null)" in query.text


def test_slicer_that_leaves_a_visual_alone_does_not_limit_it() -> None:
    (query,) = queries_of(a_visual(unfiltered=("calendar.month_start",)), **MARCH)
    assert query.parameters == ()


def test_values_of_the_visual_itself_limit_it_beside_the_choice() -> None:
    only = {"genre.genre": ("Drama",)}
    (query,) = queries_of(a_visual(only=only), **{"genre.genre": ("Comedy",)})
    assert query.text.count("`genre_genre` in (%s)") == 2
    assert query.parameters == ("Comedy", "Drama")


def test_each_table_and_period_is_asked_once() -> None:
    visual = a_visual(
        axis=(),
        measures=("Total hours", "New customers", "Total hours, change", "Customers, change"),
    )
    asked = [query.measures for query in queries_of(visual)]
    assert asked == [
        ("Total hours", "New customers"),
        ("Total hours, 28 days before",),
        ("Customers",),
        ("Customers, month before",),
    ]


def test_period_before_is_looked_up_from_both_ends() -> None:
    (query,) = queries_of(a_visual(axis=(), measures=("Total hours, 28 days before",)))
    assert "`THEN`.`date_value` = date_sub(`NOW`.`date_value`, interval 28 DAY)" in query.text
    assert "`NOW`.`date_value` = date_add(`THEN`.`date_value`, interval 28 DAY)" in query.text


def test_last_day_of_the_period_is_found_whatever_else_is_chosen() -> None:
    visual = a_visual(axis=("segment.segment",), measures=("Customers of the last month",))
    (query,) = queries_of(visual, **MARCH, **{"segment.segment": ("Loyal",)})
    assert query.text.count("`date_key` in (select max(`date_key`)") == 1
    assert query.text.count("month_start` in (%s)") == 2
    assert query.text.count("`segment_segment` in (%s)") == 1
    assert query.parameters == (date(2025, 3, 1), "Loyal", date(2025, 3, 1))


def test_visual_of_the_biggest_that_asks_once_asks_for_those_alone() -> None:
    (query,) = queries_of(a_visual(top=3))
    assert query.text.endswith(
        "order by `C1` desc, `genre_genre` is null, `genre_genre` limit 3 offset 0"
    )
    axis = ("title.title",)
    measures = ("Title hours", "Title hours, 28 days before")
    for query in queries_of(a_visual(top=3, axis=axis, measures=measures)):
        assert query.text.endswith("limit 1000001 offset 0")


def answered(visual: Visual, rows: Rows) -> Any:
    """Return what a visual shows when its queries are answered so, by their measures."""
    return answer(
        REPORT, visual, lambda query: rows[query.measures], database="svp_mart", choice={}
    )


def test_bars_come_the_biggest_first_and_as_many_as_asked() -> None:
    rows = [("A", 1), ("B", 3), (None, 2), ("C", 3), ("D", None)]
    found = answered(a_visual(top=3), {("Genre hours",): rows})
    assert found == [("B", 3), ("C", 3), (None, 2)]


def test_axes_of_time_rise() -> None:
    visual = a_visual(kind="line", axis=("calendar.date_value",), measures=("Total hours",))
    rows = [(date(2025, 1, 2), 5), (date(2025, 1, 1), 1)]
    assert answered(visual, {("Total hours",): rows}) == [
        (date(2025, 1, 1), 1),
        (date(2025, 1, 2), 5),
    ]


def test_newest_month_comes_first_and_within_it_the_axis_rises() -> None:
    visual = a_visual(
        kind="table",
        axis=("calendar.month_start", "subscription_monthly.currency"),
        measures=("MRR",),
        sort="newest",
    )
    january, february = date(2025, 1, 1), date(2025, 2, 1)
    rows = [(january, "EUR", 1), (february, "USD", 2), (february, "EUR", 3)]
    assert answered(visual, {("MRR",): rows}) == [rows[2], rows[1], rows[0]]


def test_segments_come_in_their_own_order_and_a_matrix_column_by_column() -> None:
    visual = a_visual(
        kind="matrix",
        axis=("taste_segment.taste",),
        series=("segment.segment",),
        measures=("Customers of the last month",),
    )
    rows = [("A", "At Risk", 9), ("B", "Inactive", 1), ("A", "Inactive", 2), ("B", None, 4)]
    segments = [("Inactive",), ("At Risk",)]
    found = answered(visual, {("Customers of the last month",): rows, (): segments})
    assert found == [rows[2], rows[1], rows[0], rows[3]]


def test_change_is_of_what_was_before() -> None:
    visual = a_visual(axis=(), measures=("Customers, change",))
    asked: Rows = {("Customers",): [(30,)], ("Customers, month before",): [(20,)]}
    assert answered(visual, asked) == [(0.5,)]
    assert answered(visual, {**asked, ("Customers, month before",): [(0,)]}) == []


def test_answers_to_several_queries_meet_by_their_groups() -> None:
    visual = a_visual(
        kind="line",
        axis=("calendar.date_value",),
        measures=("Total hours", "Total hours, 28 days before"),
    )
    first, second = date(2025, 1, 1), date(2025, 1, 2)
    found = answered(
        visual,
        {("Total hours",): [(first, 4)], ("Total hours, 28 days before",): [(second, 7)]},
    )
    assert found == [(first, 4, None), (second, None, 7)]


def test_slicer_lists_its_values_in_their_order() -> None:
    query = slicer_query(REPORT, "segment.segment", database="svp_mart")
    assert query.text == (
        "select `segment` from (select `segment_key`,`segment` from `svp_mart`.`segment`) as `ITBL`"
        " group by `segment` order by max(`segment_key`) limit 1000001 offset 0"
    )
