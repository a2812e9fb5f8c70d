"""The report as one file over real marts: what a browser shows of every visual is what plain SQL says."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image, ImageColor

from report.browser.formats import written
from report.browser.reader import open_reader
from report.browser.static import export_pages
from report.browser.tables import EMPTY, NOTHING
from report.definition import FORMATS, PERIOD, load_report
from report.theme import LOOKS
from tests.chromium import chromium
from tests.integration.warehouse.plain import expected, rows_of
from warehouse.connections import open_warehouse
from warehouse.reader import ensure_reader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from report.definition import Page, Visual
    from report.queries import Choice
    from report.theme import Look
    from tests.chromium import Tab
    from tests.integration.warehouse.builders import Platform
    from tests.integration.warehouse.plain import Groups

REPORT = load_report()
WIDTH, HEIGHT = 1280, 905
LEAST_COLORS, LEAST_INK = 10, 0.002
"""What a visual draws at least, beside its paper: a single bar of nothing is a label and a number."""
Shown = dict[tuple[str, ...], list[str]]
"""Measures in words by groups in words."""

READ_VISUAL = """
((article) => {
  const texts = (selector, among = article) =>
    [...among.querySelectorAll(selector)].map((each) => each.textContent);
  const chart = article.querySelector(".chart");
  return {
    cards: texts(".svp-value"),
    rows: [...article.querySelectorAll(".body tr")].map((row) => texts("th, td", row)),
    behind: [...article.querySelectorAll(".panel tr")].map((row) => texts("td", row)).slice(1),
    texts: chart && chart.data.map((trace) => trace.text ?? trace.customdata),
    marks: chart && chart.querySelectorAll(".barlayer .point path, .scatterlayer .trace:has(path)").length,
    body: article.querySelector(".body").getBoundingClientRect().toJSON(),
    message: texts(".svp-message"),
  };
})(document.querySelectorAll(".shown .visual")[%d])
"""

CHOSEN = "[...document.querySelectorAll('.shown .choice dd')].map((each) => each.textContent)"


@dataclass(frozen=True, slots=True)
class Seen:
    """A visual with what a browser shows of it."""

    page: Page
    visual: Visual
    choice: Choice
    found: dict[str, Any]


@pytest.fixture(scope="module")
def tab() -> Iterator[Tab]:
    with chromium() as opened:
        opened.show(width=WIDTH, height=HEIGHT)
        yield opened


@pytest.fixture(scope="module")
def file(report_platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the small platform, as it opens."""
    ensure_reader(report_platform.settings)
    return exported(report_platform, tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="module")
def address(file: Path) -> str:
    return file.as_uri()


def exported(platform: Platform, folder: Path) -> Path:
    """Write the report into a folder, and return the file."""
    with open_reader(platform.settings) as reader:
        return export_pages(reader, folder, name="trial")


@pytest.fixture(scope="module")
def seen(report_platform: Platform, address: str, tab: Tab) -> list[Seen]:
    """Every visual of every page, as the browser shows it."""
    found = []
    with open_reader(report_platform.settings) as reader:
        for page in REPORT.pages:
            tab.open(f"{address}#{page.name.lower()}")
            drilled = dict(zip(page.drill, tab.evaluate(CHOSEN)[-len(page.drill) :], strict=False))
            choice = {field: (value,) for field, value in drilled.items()}
            choice |= reader.opening_choice(page)
            for number, visual in enumerate(page.visuals):
                found.append(Seen(page, visual, choice, tab.evaluate(READ_VISUAL % number)))
    return found


def shown(each: Seen) -> Shown:
    """Return the numbers of a visual as they can be read on the page, by their groups."""
    visual, found = each.visual, each.found
    depth = len(visual.groups)
    if visual.kind == "cards":
        return {(): [text.replace(NOTHING, "") for text in found["cards"]]}
    if visual.kind == "matrix":
        (_, *sideways), *rows = found["rows"]
        return {
            (row[0], column): [text]
            for row in rows
            for column, text in zip(sideways, row[1:], strict=True)
            if text
        }
    rows = found["rows"][1:] if visual.kind == "table" else found["behind"]
    return {tuple(row[:depth]): row[depth:] for row in rows}


def in_words(visual: Visual, rows: Groups) -> Shown:
    """Return what plain SQL says, as the page writes it."""
    columns = [REPORT.column(field).format for field in visual.groups]
    measures = [FORMATS[REPORT.measures[name].format] for name in visual.measures]
    return {
        tuple(map(written, key, columns)): [*map(written, row, measures)]
        for key, row in rows.items()
    }


def test_same_marts_give_the_same_bytes(
    report_platform: Platform, file: Path, tmp_path: Path
) -> None:
    assert exported(report_platform, tmp_path / "pages").read_bytes() == file.read_bytes()


def test_every_visual_shows_what_plain_sql_says(
    report_platform: Platform, seen: list[Seen]
) -> None:
    database = report_platform.settings.workspace.mart_database
    with open_warehouse(report_platform.settings) as connection:
        for each in seen:
            place = (each.page.name, each.visual.name)
            groups = expected(connection, database, REPORT, each.visual, each.choice)
            told = in_words(each.visual, rows_of(REPORT, each.visual, groups))
            found = shown(each)
            assert found, place
            assert each.found["message"] == [], place
            assert {group: told.get(group) for group in found} == found, place
            assert len(found) == min(each.visual.top or len(told), len(told)), place


def test_every_picture_draws_every_value_that_is_there(seen: list[Seen]) -> None:
    for each in seen:
        if each.found["texts"] is None:
            continue
        place = (each.page.name, each.visual.name)
        texts = [list(texts) for texts in zip(*shown(each).values(), strict=True)]
        assert each.found["texts"] == texts, place
        values = sum(bool(text) for measure in texts for text in measure)
        assert each.found["marks"] == (len(texts) if each.visual.kind == "line" else values), place


def test_report_opens_with_the_last_whole_month(address: str, tab: Tab, seen: list[Seen]) -> None:
    (month,) = seen[0].choice[PERIOD]
    tab.open(address)
    assert tab.evaluate(CHOSEN) == [f"{month:%b %Y}", "All", "All"]


@pytest.mark.any_warehouse
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_every_visual_is_drawn_on_the_picture_of_its_page(
    look: Look, address: str, tab: Tab, seen: list[Seen]
) -> None:
    tab.show(width=WIDTH, height=HEIGHT, look=look.name)
    tab.complaints.clear()
    for page in REPORT.pages:
        tab.open(f"{address}#{page.name.lower()}")
        picture = Image.open(io.BytesIO(tab.picture())).convert("RGB")
        assert picture.size == (WIDTH, HEIGHT)
        for each in seen:
            if each.page is page:
                box = each.found["body"]
                part = picture.crop((box["left"], box["top"], box["right"], box["bottom"]))
                colors = {color: count for count, color in part.getcolors(WIDTH * HEIGHT) or []}
                paper = colors.pop(ImageColor.getrgb(look.paper))
                assert len(colors) > LEAST_COLORS, (page.name, each.visual.name)
                assert sum(colors.values()) > LEAST_INK * paper, (page.name, each.visual.name)
    assert tab.complaints == []
    tab.show(width=WIDTH, height=HEIGHT)


def test_empty_workspace_has_its_pages_and_says_what_to_do(
    empty_platform: Platform, tmp_path: Path
) -> None:
    ensure_reader(empty_platform.settings)
    text = exported(empty_platform, tmp_path / "pages").read_text(encoding="utf-8")
    assert EMPTY in text
    assert text.count('<section class="page"') == len(REPORT.pages)
    assert 'role="alert"' not in text


def test_visual_of_a_broken_mart_says_so_and_the_others_are_drawn(
    empty_platform: Platform, tmp_path: Path
) -> None:
    database = empty_platform.settings.workspace.mart_database
    ensure_reader(empty_platform.settings)
    empty_platform.execute(f"DROP VIEW {database}.subscription_monthly")
    text = exported(empty_platform, tmp_path / "pages").read_text(encoding="utf-8")
    broken = [
        visual
        for page in REPORT.pages
        for visual in page.visuals
        if "subscription_monthly" in REPORT.marts_of(visual)
    ]
    assert text.count('role="alert"') == len(broken)
    assert "svp init" in text
