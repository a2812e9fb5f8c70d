"""The report as one file in a real browser, of made-up answers: what runs, what is fetched, looks and print."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from report.browser.static import export_pages
from report.definition import load_report
from report.theme import DARK, LIGHT
from tests.chromium import chromium
from tests.unit.report.browser.test_static import HOSTILE, Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.chromium import Tab

REPORT = load_report()
PAPER = "getComputedStyle(document.querySelector('.visual')).backgroundColor"
GRID = "document.querySelector('.shown .chart').layout.template.layout.yaxis.gridcolor"


@pytest.fixture(scope="module")
def tab() -> Iterator[Tab]:
    with chromium() as opened:
        opened.show(width=1280, height=880)
        yield opened


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report of hostile data: every name and every text would do harm where it is not escaped."""
    folder = tmp_path_factory.mktemp("hostile")
    return export_pages(Reader(HOSTILE), folder, name=HOSTILE).as_uri()


def rgb(color: str) -> str:
    """Return a colour as a browser tells it."""
    return f"rgb({', '.join(str(int(color[place : place + 2], 16)) for place in (1, 3, 5))})"


def test_hostile_data_runs_nothing_and_the_document_fetches_nothing(tab: Tab, address: str) -> None:
    tab.complaints.clear()
    for page in REPORT.pages:
        tab.open(f"{address}#{page.name.lower()}")
        charts = "[...document.querySelectorAll('.shown .chart')]"
        tab.wait(f"{charts}.every((chart) => chart.querySelector('.trace'))")
        assert tab.evaluate("document.images.length") == 0
        assert tab.evaluate("performance.getEntriesByType('resource').length") == 0
        links = tab.evaluate("[...document.links].map((link) => link.protocol)")
        assert set(links) == {"file:", "data:"}
        assert tab.evaluate("document.querySelectorAll('svg a').length") == 0
    tab.open(f"{address}#content")
    assert HOSTILE[:9] in tab.evaluate("document.querySelector('#content-genres').textContent")
    assert tab.complaints == []


def test_browser_refuses_a_script_that_is_not_the_documents_own(tab: Tab, address: str) -> None:
    tab.open(address)
    tab.complaints.clear()
    script = "Object.assign(document.createElement('script'), {text: 'window.ran = true'})"
    tab.evaluate(f"void document.body.append({script})")
    assert tab.evaluate("window.ran") is None
    assert "Content Security Policy" in str(tab.complaints)


def test_look_is_the_systems_until_somebody_chooses(tab: Tab, address: str) -> None:
    for system, look, other in (("light", LIGHT, DARK), ("dark", DARK, LIGHT)):
        tab.show(width=1280, height=880, look=system)
        tab.open(address)
        assert (tab.evaluate(PAPER), tab.evaluate(GRID)) == (rgb(look.paper), look.line)
        tab.evaluate("document.getElementById('look').click()")
        assert (tab.evaluate(PAPER), tab.evaluate(GRID)) == (rgb(other.paper), other.line)
    tab.show(width=1280, height=880)


def test_each_page_is_printed_on_a_sheet_of_its_own(tab: Tab, address: str) -> None:
    tab.open(address)
    printed = tab.printed()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == len(REPORT.pages)
    tab.wait("!document.documentElement.classList.contains('printing')")


def test_one_page_is_seen_at_a_time_and_links_lead_to_the_others(tab: Tab, address: str) -> None:
    seen = "[...document.querySelectorAll('.page')].filter((page) => page.offsetParent).map((page) => page.id)"
    tab.open(address)
    assert tab.evaluate(seen) == ["overview"]
    tab.evaluate("document.querySelector('nav a[href=\"#quality\"]').click()")
    tab.wait("location.hash === '#quality' && document.querySelector('#quality .trace')")
    assert tab.evaluate(seen) == ["quality"]
    assert tab.evaluate("document.querySelector('[aria-current]').hash") == "#quality"


def test_page_is_as_wide_as_a_telephone(tab: Tab, address: str) -> None:
    tab.show(width=390, height=800)
    for page in REPORT.pages:
        tab.open(f"{address}#{page.name.lower()}")
        assert tab.evaluate("document.documentElement.scrollWidth") == 390, page.name
    tab.show(width=1280, height=880)
