"""The definition agrees with itself and with the dictionary, and the check of that notices what is wrong."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest

from report.checking import MAX_VISUALS, misfits, problems
from report.definition import BEFORE, FORMATS, Measure, Report, Visual, load_report
from report.layout import places

if TYPE_CHECKING:
    from collections.abc import Callable

PAGES = ["Overview", "Customers", "Content", "Quality", "Subscriptions", "Detail", "Freshness"]


def with_measure(name: str, **changes: Any) -> Report:
    """The report with one measure changed."""
    report = load_report()
    changed = replace(report.measures[name], **changes)
    measures = [changed if each.name == name else each for each in report.measures.values()]
    return replace(report, measures={each.name: each for each in measures})


def with_visual(page: str, name: str, **changes: Any) -> Report:
    """The report with one visual changed."""
    report = load_report()
    pages = [
        replace(
            each,
            visuals=tuple(
                replace(visual, **changes) if (each.name, visual.name) == (page, name) else visual
                for visual in each.visuals
            ),
        )
        for each in report.pages
    ]
    return replace(report, pages=tuple(pages))


def with_page(name: str, **changes: Any) -> Report:
    """The report with one page changed."""
    report = load_report()
    pages = [replace(page, **changes) if page.name == name else page for page in report.pages]
    return replace(report, pages=tuple(pages))


def again(visuals: tuple[Visual, ...]) -> tuple[Visual, ...]:
    """The same visuals twice, under names of their own."""
    return (*visuals, *(replace(visual, name=f"{visual.name}-again") for visual in visuals))


def test_definition_holds() -> None:
    assert problems(load_report()) == []


def test_seven_pages_of_twelve_visuals_at_most() -> None:
    pages = load_report().pages
    assert [page.name for page in pages] == PAGES
    assert all(len(places(page)) <= MAX_VISUALS for page in pages)
    assert [page.name for page in pages if page.drill] == ["Detail"]
    chosen = {field for page in pages for field in page.slicers}
    assert chosen == {
        "calendar.month_start",
        "country.country",
        "device.device_type",
        "segment.segment",
    }


def test_everything_seen_has_words() -> None:
    report = load_report()
    for page in report.pages:
        assert page.heading
        for visual in page.visuals:
            assert len(visual.title) > 10
            assert len(visual.alt) > len("Bars of customers")
    for measure in report.measures.values():
        assert measure.description.endswith(".")
        assert measure.format in FORMATS
        assert measure.folder


def test_every_measure_of_the_file_is_there() -> None:
    text = (files("report") / "measures.toml").read_text(encoding="utf-8")
    bases = [measure for measure in load_report().measures.values() if not measure.base]
    assert len(bases) == text.count("[[measure]]")


def test_every_measure_is_seen() -> None:
    report = load_report()
    seen = {
        report.measures[name].base or name
        for page in report.pages
        for visual in page.visuals
        for name in visual.measures
    }
    assert [
        name for name, each in report.measures.items() if not each.base and name not in seen
    ] == []
    compared = {
        report.measures[name].base
        for page in report.pages
        for visual in page.visuals
        for name in visual.measures
    }
    assert {
        each.name for each in report.measures.values() if each.before and not each.base
    } <= compared


def test_every_column_is_shown_or_read() -> None:
    report = load_report()
    read = "\n".join(f"{measure.mart} {measure.sql}" for measure in report.measures.values())
    for table in report.tables.values():
        own = "\n".join(line for line in read.splitlines() if line.startswith(f"{table.mart} "))
        keys = {table.key, *table.keys, table.dates, *(column.sort for column in table.columns)}
        unread = [
            column.name
            for column in table.columns
            if not column.is_shown and column.name not in keys and f"`{column.name}`" not in own
        ]
        assert (table.mart, unread) == (table.mart, [])


def test_measures_of_the_period_before_have_names_of_their_own() -> None:
    measure = Measure("A", "m", "SUM('M'[a])", "sum(`a`)", "count", "F", "Told.", before="28 days")
    assert (measure.earlier.name, measure.earlier.base) == ("A, 28 days before", "A")
    assert (measure.change.name, measure.change.base, measure.change.format) == (
        "A, change",
        "A",
        "change",
    )
    assert set(BEFORE) == {"28 days", "month"}


WRONG: dict[str, tuple[Callable[[], Report], str]] = {
    "a ratio of other columns in SQL than in DAX": (
        lambda: with_measure("Title rating", sql="1e0 * sum(`rating_stars`) / sum(`plays`)"),
        "read different columns",
    ),
    "a column that is not there": (
        lambda: with_measure(
            "Total hours", dax="SUM('Daily statistics'[hours])", sql="sum(`hours`)"
        ),
        "no column",
    ),
    "a measure that is not there": (
        lambda: with_measure(
            "Total hours", dax="[All hours] + SUM('Daily statistics'[watch_hours])"
        ),
        "no measure",
    ),
    "a function that is not there": (
        lambda: with_measure("Total hours", dax="TOTAL('Daily statistics'[watch_hours])"),
        "no function",
    ),
    "distinct customers summed over days": (
        lambda: with_measure(
            "Active customers a day",
            dax="SUM('Daily statistics'[active_customers])",
            sql="sum(`active_customers`)",
        ),
        "sums daily_statistics.active_customers",
    ),
    "customers of months summed": (
        lambda: with_measure("Customers of the last month", at=""),
        "sums taste_segment.customers",
    ),
    "genres added up": (
        lambda: with_measure("Genre hours", by=()),
        "sums genre_engagement.watch_hours",
    ),
    "genres added up by a visual": (
        lambda: with_visual("Content", "genres", axis=("calendar.month_start",)),
        "Genre hours is added up over genre.genre",
    ),
    "a month before of days": (
        lambda: with_measure("Total hours", before="month"),
        "has a month before",
    ),
    "an axis that does not part": (
        lambda: with_visual("Overview", "daily-hours", axis=("device.device_type",)),
        "does not part Total hours",
    ),
    "a hidden axis": (
        lambda: with_visual("Overview", "taste", axis=("customer_360.total_seconds",)),
        "no field customer_360.total_seconds",
    ),
    "an axis that is not there": (
        lambda: with_visual("Overview", "taste", axis=("customer_360.mood",)),
        "no field customer_360.mood",
    ),
    "an unknown measure on a visual": (
        lambda: with_visual("Overview", "taste", measures=("Friends",)),
        "no measure Friends",
    ),
    "off the grid": (
        lambda: with_visual("Overview", "taste", place=(441, 504, 400, 200)),
        "taste is off the grid",
    ),
    "off the page": (
        lambda: with_visual("Overview", "segments", place=(856, 504, 424, 200)),
        "segments is off the page",
    ),
    "one above the other": (
        lambda: with_visual("Overview", "taste", place=(416, 504, 400, 200)),
        "most-watched and taste overlap",
    ),
    "a title that does not fit": (
        lambda: with_visual("Overview", "taste", title="Customers by taste, " * 4),
        "taste: its title is too long",
    ),
    "a matrix without series": (
        lambda: with_visual("Customers", "retention", series=()),
        "a matrix, and nothing else, has series",
    ),
    "a matrix of two measures": (
        lambda: with_visual("Content", "clock", measures=("Plays by clock", "Times on top")),
        "a matrix has one measure",
    ),
    "cards by an axis": (
        lambda: with_visual("Overview", "figures", axis=("country.country",)),
        "cards, and nothing else, have no axis",
    ),
    "a slicer that limits nothing": (
        lambda: with_page("Subscriptions", slicers=("device.device_type",)),
        "device.device_type limits nothing",
    ),
    "a slicer that is not there": (
        lambda: with_page("Subscriptions", slicers=("plan.plan",)),
        "no field plan.plan",
    ),
    "a page to drill to that does not list what it is of": (
        lambda: with_page("Detail", drill=("customer.plan",)),
        "no visual lists customer.plan",
    ),
    "thirteen visuals": (
        lambda: with_page("Overview", visuals=again(load_report().pages[0].visuals)),
        "Overview: 18 visuals",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_check_notices(wrong: str) -> None:
    change, told = WRONG[wrong]
    found = problems(change())
    assert any(told in problem for problem in found), found


def test_marts_without_a_column_or_with_another_type_are_told() -> None:
    report = load_report()
    types = {
        "whole": "int",
        "decimal": "decimal",
        "date": "date",
        "moment": "datetime",
        "text": "varchar",
    }
    columns = {
        (table.mart, column.name): types[column.kind]
        for table in report.tables.values()
        for column in table.columns
    }
    assert misfits(report, columns) == []
    del columns["genre", "genre"]
    columns["calendar", "date_value"] = "varchar"
    columns["daily_statistics", "watch_hours"] = "bigint"
    assert misfits(report, columns) == [
        "calendar.date_value",
        "genre.genre",
        "daily_statistics.watch_hours",
    ]
