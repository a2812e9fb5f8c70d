"""What a visual shows: every value as it is written, nothing that is not there, and no text of data as markup."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from report.browser.figures import figure
from report.browser.tables import BLANK, NOTHING, cards_html, table_html, visual_csv
from report.definition import load_report
from report.theme import DARK, LIGHT, LOOKS
from tests.unit.report.browser.reading import parsed, words
from tests.unit.report.test_pages import lightness
from tests.unit.report.test_queries import a_visual

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from report.definition import Visual
    from report.theme import Look

REPORT = load_report()
HOSTILE = '<img src=x onerror="alert(1)"><a href="https://example.com">Drama</a> & %{y} $x$'
DAYS = [date(2025, 3, 1), date(2025, 3, 2), date(2025, 3, 3)]

WIDE = (24, 104, 1232, 248)


def drawn(visual: Visual, rows: list[tuple[Any, ...]]) -> Figure:
    return figure(REPORT, visual, rows, LIGHT)


def a_line(*measures: str) -> Visual:
    return a_visual(kind="line", axis=("calendar.date_value",), measures=measures)


def test_bars_stand_in_the_order_of_the_rows_with_their_values_behind_them() -> None:
    made = drawn(a_visual(place=WIDE), [("Drama", Decimal("1234.5")), ("Comedy", 12), (None, 3)])
    (bar,) = made.data
    assert list(bar.x) == [1234.5, 12, 3]
    assert list(bar.text) == ["1,235", "12", "3"]
    assert list(made.layout.yaxis.ticktext) == ["Drama", "Comedy", BLANK]
    first, last = made.layout.yaxis.range
    assert first > last, "the first row stands on top"


def test_bars_whose_labels_are_cut_alike_stay_apart_and_tell_the_whole() -> None:
    names = [f"{'A title that is very long indeed ' * 3}{number}" for number in (1, 2)]
    made = drawn(a_visual(place=(24, 104, 296, 248)), [(name, 5) for name in names])
    cut, whole = list(made.layout.yaxis.ticktext), list(made.data[0].customdata)
    assert cut == ["A title that is very…"] * 2
    assert [text.replace("<br>", " ") for text in whole] == names
    assert len(set(made.data[0].y)) == 2


def test_category_that_looks_like_a_number_or_a_date_is_neither() -> None:
    made = drawn(a_visual(place=WIDE), [("2024", 5), ("2025-01-01", 4)])
    assert list(made.layout.yaxis.ticktext) == ["2024", "2025-01-01"]
    assert list(made.data[0].y) == [0, 1]


def test_markup_of_data_is_shown_as_text() -> None:
    made = drawn(a_visual(place=WIDE), [(HOSTILE, 5)])
    for text in (*made.layout.yaxis.ticktext, *made.data[0].customdata):
        assert "<" not in text.replace("<br>", " "), text
        assert "&lt;img src=x" in text
    assert HOSTILE not in made.data[0].hovertemplate


def test_value_that_is_not_there_is_a_gap_and_never_zero() -> None:
    rows = [(DAYS[0], 4, None), (DAYS[1], None, 7), (DAYS[2], 0, 1)]
    now, before = drawn(a_line("Total hours", "Total hours, 28 days before"), rows).data
    assert list(now.y) == [4, None, 0]
    assert list(before.y) == [None, 7, 1]
    assert list(now.customdata) == ["4", "", "0"]
    assert not now.connectgaps


def test_day_without_a_row_is_a_gap_and_no_line_goes_over_it() -> None:
    days = [date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 3), date(2024, 3, 4)]
    (now,) = drawn(a_line("Total hours"), [(day, 1.5) for day in days]).data
    assert now.x == ("2024-02-28", "2024-02-29", "2024-03-01", "2024-03-03", "2024-03-04")
    assert now.y == (1.5, 1.5, None, 1.5, 1.5)


def test_what_was_before_is_dashed() -> None:
    now, before = drawn(
        a_line("Total hours", "Total hours, 28 days before"), [(DAYS[0], 4, 5)]
    ).data
    assert (now.line.dash, before.line.dash) == ("solid", "dash")


def test_point_without_a_neighbour_is_marked() -> None:
    days = [date(2025, 3, day) for day in range(1, 30)]
    whole = drawn(a_line("Total hours"), [(day, 1) for day in days])
    broken = drawn(a_line("Total hours"), [(day, None if day.day in {4, 6} else 1) for day in days])
    assert (whole.data[0].mode, broken.data[0].mode) == ("lines", "lines+markers")


def test_months_are_named_as_power_bi_names_them() -> None:
    visual = a_visual(kind="column", axis=("calendar.month_start",), measures=("MRR new",))
    made = drawn(visual, [(date(2025, 3, 1), Decimal("12.5"))])
    assert made.layout.xaxis.tickformat == "%b %Y"
    assert list(made.data[0].x) == ["2025-03-01"]
    assert list(made.data[0].customdata) == ["12.50"]


def test_columns_of_several_measures_stand_on_each_other() -> None:
    visual = a_visual(
        kind="column",
        axis=("calendar.month_start",),
        measures=("New subscribers", "Subscribers lost"),
    )
    made = drawn(visual, [(date(2025, 3, 1), 12, -5)])
    assert (made.layout.barmode, made.layout.showlegend) == ("relative", True)
    assert [list(trace.y) for trace in made.data] == [[12], [-5]]


def test_what_hardly_changes_looks_so() -> None:
    first, second = date(2025, 1, 1), date(2025, 2, 1)
    visual = a_visual(kind="line", axis=("calendar.month_start",), measures=("Average rating",))
    calm = drawn(visual, [(first, 4.0), (second, 3.9)]).layout.yaxis.range
    assert list(calm) == pytest.approx([3.75, 4.15])
    assert drawn(visual, [(first, 4.0), (second, 2.0)]).layout.yaxis.range is None
    assert drawn(visual, [(first, 0), (second, 0)]).layout.yaxis.range is None
    hours = drawn(a_line("Total hours"), [(first, 400), (second, 399)]).layout.yaxis
    assert (hours.range, hours.rangemode) == (None, "tozero")


def test_rates_stand_along_an_axis_as_percents() -> None:
    assert drawn(a_line("Start failure rate"), [(DAYS[0], 0.01)]).layout.yaxis.tickformat == "~%"
    assert drawn(a_line("Total hours"), [(DAYS[0], 5)]).layout.yaxis.tickformat == ",~f"


@pytest.mark.parametrize(
    "visual",
    [
        visual
        for page in REPORT.pages
        for visual in page.visuals
        if visual.kind in {"line", "bar", "column"}
    ],
    ids=lambda visual: visual.name,
)
def test_every_picture_of_the_report_is_drawn_empty_and_with_a_row(visual: Visual) -> None:
    groups = [date(2025, 3, 1) if "calendar" in field else "A" for field in visual.axis]
    assert all(not list(trace.y) for trace in drawn(visual, []).data)
    made = drawn(visual, [(*groups, *range(1, len(visual.measures) + 1))])
    assert len(made.data) == len(visual.measures)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_series_of_one_visual_are_told_apart_in_grey_and_from_the_paper(look: Look) -> None:
    most = max(
        len(visual.measures)
        for page in REPORT.pages
        for visual in page.visuals
        if visual.kind in {"line", "bar", "column"}
    )
    colors = look.data_colors
    assert all(abs(lightness(one) - lightness(other)) > 20 for one, other in pairwise(colors))
    first = sorted(lightness(color) for color in (*colors[:most], look.paper))
    assert all(above - below > 7 for below, above in pairwise(first))


def test_figures_differ_between_looks_in_their_template_alone() -> None:
    light, dark = (
        figure(REPORT, a_visual(), [("Drama", 5)], look).to_plotly_json() for look in (LIGHT, DARK)
    )
    assert light["layout"].pop("template") != dark["layout"].pop("template")
    assert light == dark


def test_cards_show_what_is_known_and_a_dash_for_what_is_not() -> None:
    visual = a_visual(kind="cards", axis=(), measures=("Total hours", "Customers, change"))
    page = parsed(cards_html(REPORT, visual, [(Decimal("1234.5"), None)]))
    assert words(page, "svp-value") == ["1,235", NOTHING]
    assert words(page, "svp-label") == ["Total hours", "Customers, change"]
    assert words(parsed(cards_html(REPORT, visual, [])), "svp-value") == [NOTHING, NOTHING]


def test_table_has_captions_numbers_to_the_right_and_empty_cells() -> None:
    visual = a_visual(
        kind="table",
        axis=("title.title", "title.content_id"),
        measures=("Title hours", "Title rating"),
    )
    html = table_html(REPORT, visual, [("A", "c1", 1234, 3.456), (None, "c2", None, 4)])
    assert rows_of(html) == [
        ["Title", "Content id", "Title hours", "Title rating"],
        ["A", "c1", "1,234", "3.46"],
        ["", "c2", "", "4.00"],
    ]
    cells = parsed(html).findall(".//tbody/tr[1]/td")
    assert [cell.get("class") for cell in cells] == ["svp-text"] * 2 + ["svp-number"] * 2


def test_matrix_has_its_series_sideways_in_the_order_of_the_rows() -> None:
    visual = a_visual(
        kind="matrix",
        axis=("taste_segment.taste",),
        series=("segment.segment",),
        measures=("Customers of the last month",),
    )
    html = table_html(REPORT, visual, [("B", "Inactive", 5), ("A", "Loyal", 10), ("B", "Loyal", 0)])
    assert rows_of(html) == [
        ["Taste", "Inactive", "Loyal"],
        ["A", "", "10"],
        ["B", "5", "0"],
    ]
    shares = [cell.get("style") for cell in parsed(html).findall(".//tbody/tr/td[3]")]
    assert shares == ["--share:1.00", "--share:0.00"]


def test_matrix_of_months_begins_with_the_newest() -> None:
    (visual,) = (each for page in REPORT.pages for each in page.visuals if each.name == "retention")
    rows = [(date(2025, 2, 1), 0, 1.0), (date(2025, 1, 1), 0, 1.0), (date(2025, 1, 1), 1, 0.25)]
    assert rows_of(table_html(REPORT, visual, rows)) == [
        ["Month", "0", "1"],
        ["Feb 2025", "100.0%", ""],
        ["Jan 2025", "100.0%", "25.0%"],
    ]


@pytest.mark.parametrize("kind", ["table", "matrix"])
def test_markup_in_a_cell_is_shown_as_text(kind: str) -> None:
    series = ("segment.segment",) if kind == "matrix" else ()
    visual = a_visual(
        kind=kind,
        axis=("taste_segment.taste",),
        series=series,
        measures=("Customers of the last month",),
    )
    html = table_html(REPORT, visual, [(HOSTILE, *([HOSTILE] if series else []), 5)])
    page = parsed(html)
    assert page.findall(".//img") + page.findall(".//a") == []
    assert HOSTILE in rows_of(html)[1]


def test_csv_has_whole_values_and_runs_nothing() -> None:
    visual = a_visual(axis=("title.title",), measures=("Title hours", "Title rating"))
    rows = [("=HYPERLINK(1)", Decimal("1234.5678"), None), ('a "b", c', -2, 3.25)]
    assert list(csv.reader(io.StringIO(visual_csv(REPORT, visual, rows)))) == [
        ["Title", "Title hours", "Title rating"],
        ["'=HYPERLINK(1)", "1234.5678", ""],
        ['a "b", c', "-2", "3.25"],
    ]


def test_moments_and_days_are_written_to_the_minute_and_the_day() -> None:
    visual = a_visual(
        kind="table",
        axis=("customer.registered_on", "data_freshness.source"),
        measures=("Last load",),
    )
    html = table_html(REPORT, visual, [(date(2025, 3, 9), "demo", datetime(2025, 3, 9, 7, 5, 59))])
    assert rows_of(html)[1] == ["2025-03-09", "demo", "2025-03-09 07:05"]


def rows_of(html: str) -> list[list[str]]:
    """Return the text of a table's cells."""
    return [["".join(cell.itertext()) for cell in row] for row in parsed(html).iter("tr")]
