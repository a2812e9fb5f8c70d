"""The pages as one file: the same bytes for the same marts, nothing to fetch, no text of data that runs."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import date, datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from urllib.parse import unquote

import pytest
from PIL import Image

from report.browser.reader import Answer
from report.browser.static import FILE, export_pages, report_html
from report.browser.tables import EMPTY
from report.definition import PERIOD, load_report
from svp.errors import UsageError
from tests.pictures import DOCS, PAGE_PIXELS, PICTURES, README_PAGES, REPORT_PAGES

if TYPE_CHECKING:
    from pathlib import Path

    from report.definition import Page, Visual
    from report.queries import Choice

REPORT = load_report()
MARCH: Choice = {PERIOD: (date(2025, 3, 1),)}
HOSTILE = '</script><img src=x onerror="alert(1)">\'\u2028&amp;'
"""What would end a script, load a picture and run, were it not escaped."""


@dataclass
class Reader:
    """Answers every visual by two rows; those in ``failures`` by a message, those in ``empty`` by none."""

    text: str = "Drama"
    failures: dict[str, str] = field(default_factory=dict)
    empty: tuple[str, ...] = ()
    asked: list[tuple[str, Choice]] = field(default_factory=list)

    def answer(self, visual: Visual, choice: Choice) -> Answer:
        self.asked.append((visual.name, choice))
        if visual.name in self.failures:
            return Answer(visual, [], (), 0.0, self.failures[visual.name])
        numbers = range(1) if not visual.groups else range(2)
        rows = [] if visual.name in self.empty else [self.row(visual, number) for number in numbers]
        return Answer(visual, rows, (f"select '{self.text}'",), 0.0)

    def row(self, visual: Visual, number: int) -> tuple[Any, ...]:
        groups = {
            "date": date(2025, 3, 1 + number),
            "text": f"{self.text}{number}",
            "whole": number,
            "decimal": number,
        }
        moments = {"moment": datetime(2025, 3, 9, 7, 5)}
        return (
            *(groups[REPORT.column(each).kind] for each in visual.groups),
            *(moments.get(REPORT.measures[name].format, 7) for name in visual.measures),
        )

    def opening_choice(self, page: Page) -> Choice:
        return MARCH if PERIOD in page.slicers else {}


class Document(HTMLParser):
    """What a browser makes of a document: elements with their attributes, scripts, and what is written."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1][0] == "script" and self.cdata_elem == "script":
            self.scripts.append(data)
        else:
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def page() -> Document:
    """The report of plain data."""
    return Document(report_html(REPORT, Reader(), name="svp_trial"))


def test_same_answers_give_the_same_bytes() -> None:
    assert report_html(REPORT, Reader(), name="a") == report_html(REPORT, Reader(), name="a")


def test_every_page_has_a_link_and_every_visual_a_place(page: Document) -> None:
    links = [each["href"] for each in page.all("a") if "download" not in each]
    sections = [each["id"] for each in page.all("section")]
    assert links == [f"#{name}" for name in sections]
    assert len(sections) == len(REPORT.pages)
    styles = [each["style"] for each in page.all("article")]
    assert len(styles) == sum(len(each.visuals) for each in REPORT.pages)
    assert styles[0] == "grid-area: 1 / 1 / span 11 / span 154"


def test_title_says_that_it_is_a_preview(page: Document) -> None:
    assert "svp · svp_trial: preview of the Power BI report" in page.words


def test_every_visual_is_told_to_those_who_do_not_see_it(page: Document) -> None:
    told = {each.get("aria-label") for _, each in page.elements}
    assert {visual.alt for each in REPORT.pages for visual in each.visuals} <= told


def test_document_may_run_its_own_scripts_and_reach_nothing(page: Document) -> None:
    (policy,) = (each["content"] for each in page.all("meta") if "http-equiv" in each)
    assert policy is not None
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    plotly, _, own = page.scripts
    for script in (plotly, own):
        digest = b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "unsafe-inline" not in policy.partition("style-src")[0]


def test_document_fetches_nothing(page: Document) -> None:
    fetched = [
        value
        for _, attributes in page.elements
        for name, value in attributes.items()
        if name in {"src", "href", "srcset", "action", "poster"} and value
        if not value.startswith(("#", "data:text/csv"))
    ]
    assert fetched == []
    assert not any(tag in {"link", "iframe", "object", "base"} for tag, _ in page.elements)


def test_markup_in_data_is_shown_and_nothing_more(page: Document) -> None:
    hostile = Document(report_html(REPORT, Reader(HOSTILE), name=HOSTILE))
    assert [tag for tag, _ in hostile.elements] == [tag for tag, _ in page.elements]
    assert len(hostile.scripts) == len(page.scripts)
    assert not any(name.startswith("on") for _, each in hostile.elements for name in each)
    assert f"{HOSTILE}0" in hostile.words


def test_formula_in_data_is_defused_in_the_csv() -> None:
    page = Document(report_html(REPORT, Reader("=1+1"), name="a"))
    (link,) = (each for each in page.all("a") if each.get("download") == "content-genres.csv")
    assert unquote(str(link["href"])).splitlines() == [
        "data:text/csv;charset=utf-8,Genre,Genre hours",
        "'=1+10,7",
        "'=1+11,7",
    ]


def test_visual_that_failed_or_has_no_rows_says_so_in_its_place() -> None:
    reader = Reader(failures={"daily-hours": "no rights <b>\nrun 'svp init'"}, empty=("taste",))
    text = report_html(REPORT, reader, name="a")
    assert "no rights &lt;b&gt;\nrun &#x27;svp init&#x27;" in text
    assert text.count("No rows for this choice.") == 1
    assert 'id="overview-daily-customers"' in text
    assert not re.search('id="overview-(daily-hours|taste)"', text)


def test_only_empty_marts_are_told_to_be_empty(page: Document) -> None:
    reader = Reader(empty=tuple(each.name for one in REPORT.pages for each in one.visuals))
    with patch.object(Reader, "opening_choice", return_value={}):
        assert EMPTY in report_html(REPORT, reader, name="a")
    assert EMPTY not in page.words


def test_page_opens_as_in_power_bi_and_says_what_is_chosen(page: Document) -> None:
    reader = Reader()
    report_html(REPORT, reader, name="a")
    assert dict(reader.asked)["most-watched"] == MARCH
    assert dict(reader.asked)["sources"] == {}
    month = page.words.index("Month")
    assert page.words[month : month + 4] == ["Month", "Mar 2025", "Country", "All"]


def test_choice_limits_the_pages_that_have_its_slicers() -> None:
    reader = Reader()
    report_html(REPORT, reader, name="a", choice={"country.country": ("Norway", None)})
    asked = dict(reader.asked)
    assert asked["most-watched"] == {"country.country": ("Norway", None)}
    assert asked["subscriber-bridge"] == {}


def test_detail_is_of_the_first_customer_and_title_unless_others_are_chosen() -> None:
    reader = Reader()
    text = report_html(REPORT, reader, name="a")
    first = {"customer.customer_code": ("Drama0",), "title.content_id": ("Drama0",)}
    assert dict(reader.asked)["title-plays"] == MARCH | first
    assert "Of the customer and the title with most" in text
    chosen = report_html(REPORT, reader, name="a", choice={"title.content_id": ("c7",)})
    assert dict(reader.asked)["title-plays"] == first | {"title.content_id": ("c7",)}
    assert "Of the customer with most" in chosen
    both = {"title.content_id": ("c7",), "customer.customer_code": ("U1",)}
    assert "with most;" not in report_html(REPORT, reader, name="a", choice=both)


def pictured(text: str) -> list[str]:
    """Return the pages whose pictures a text shows."""
    return re.findall(r"!\[[^]]+\]\((?:docs/)?pictures/report-(\w+)\.png\)", text)


def test_each_page_is_pictured_the_first_in_the_readme() -> None:
    opening, _, _ = (DOCS.parent / "README.md").read_text(encoding="utf-8").partition("\n## ")
    others = pictured((DOCS / "report.md").read_text(encoding="utf-8"))
    assert pictured(opening) == list(README_PAGES)
    assert [*pictured(opening), *others] == list(REPORT_PAGES)
    assert set(REPORT_PAGES) == {page.name.lower() for page in REPORT.pages}
    for name in REPORT_PAGES:
        with Image.open(PICTURES / f"report-{name}.png") as picture:
            assert picture.size == (PAGE_PIXELS["width"], PAGE_PIXELS["height"])
            assert len(picture.convert("RGB").getcolors(1 << 24) or ()) > len(REPORT_PAGES)


def test_folder_that_nobody_can_make_is_a_mistake_of_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="can't be written: File name too long"):
        export_pages(Reader(), tmp_path / ("n" * 300), name="a")


def test_folder_with_other_files_is_refused_unless_forced(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="is not empty"):
        export_pages(Reader(), tmp_path, name="a")
    file = export_pages(Reader(), tmp_path, name="a", force=True)
    assert sorted(each.name for each in tmp_path.iterdir()) == [FILE, "notes.txt"]
    assert file.read_text(encoding="utf-8") == report_html(REPORT, Reader(), name="a")
