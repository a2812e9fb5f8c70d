"""The live pages, run as Streamlit runs them: data on every page, slicers, drilling through, messages."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import Mock

import pytest
from streamlit.testing.v1 import AppTest

from report.browser import live
from report.browser.drilling import DRILLED, ORIGIN, PAGE
from report.browser.readers import Readers
from report.browser.tables import NO_ROWS
from report.definition import PERIOD, load_report
from svp.errors import ServerError
from tests.integration.warehouse.plain import expected
from warehouse.connections import open_warehouse
from warehouse.reader import ensure_reader, reader_name, rotate_reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from report.definition import Page
    from tests.integration.warehouse.builders import Platform

pytestmark = pytest.mark.any_warehouse

REPORT = load_report()
APP = Path(live.__file__).with_name("app.py")
OVERVIEW, CUSTOMERS, CONTENT, QUALITY, _, DETAIL, _ = REPORT.pages
COUNTRY = "country.country"


@pytest.fixture
def readers(report_platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Iterator[Readers]:
    """The readers of the small platform, which the app takes for those of everybody who looks."""
    ensure_reader(report_platform.settings)
    with closing(Readers(report_platform.settings, REPORT)) as readers:
        monkeypatch.setattr(live, "shared_readers", lambda: readers)
        yield readers


@pytest.fixture
def app(readers: Readers) -> AppTest:
    """The app, opened."""
    del readers
    return AppTest.from_file(str(APP), default_timeout=60).run()


def go_to(app: AppTest, page: Page) -> AppTest:
    """Choose a page."""
    return app.button_group(key=PAGE).set_value(page.name).run()


def words(app: AppTest) -> str:
    """Return all that the app says in HTML, without tags."""
    return re.sub("<[^>]*>", " ", " ".join(each.proto.body for each in app.get("html")))


def cards(app: AppTest) -> dict[str, str]:
    """Return the cards of the page by what they are called."""
    return {
        label: value
        for each in app.get("html")
        for value, label in re.findall(
            r'svp-value">([^<]*)</div><div class="svp-label">([^<]*)<', each.proto.body
        )
    }


@pytest.mark.parametrize("page", REPORT.pages, ids=lambda page: page.name)
def test_page_shows_each_visual_or_says_that_there_are_no_rows(
    app: AppTest, readers: Readers, page: Page
) -> None:
    go_to(app, page)
    assert not app.exception
    assert not app.error
    assert not app.warning
    choice = {PERIOD: tuple(app.multiselect(key=f"slicer {PERIOD}").value)} if page.slicers else {}
    empty = [not found.rows for found in readers.answers(page, choice)]
    assert [caption.value for caption in app.caption].count(NO_ROWS) == sum(empty)
    assert sum(empty) <= 1
    for visual in page.visuals:
        assert visual.title in words(app).replace("&#x27;", "'")
    assert len(app.get("plotly_chart")) == sum(
        visual.kind in {"line", "bar", "column"} for visual in page.visuals
    )


def test_report_opens_with_the_first_page_and_the_last_whole_month(
    app: AppTest, readers: Readers
) -> None:
    with readers.lent() as reader:
        month = reader.last_month()
    assert app.button_group(key=PAGE).value == OVERVIEW.name
    assert app.multiselect(key=f"slicer {PERIOD}").value == [month]
    assert app.multiselect(key=f"slicer {COUNTRY}").value == []


def test_slicers_change_the_numbers_to_those_that_plain_sql_gives(
    app: AppTest, report_platform: Platform
) -> None:
    database = report_platform.settings.workspace.mart_database
    month = app.multiselect(key=f"slicer {PERIOD}").value[0]
    opened = cards(app)
    country = app.multiselect(key=f"slicer {COUNTRY}").options[1]
    app.multiselect(key=f"slicer {COUNTRY}").set_value([country]).run()
    with open_warehouse(report_platform.settings) as connection:
        for choice, shown in (
            ({PERIOD: (month,)}, opened),
            ({PERIOD: (month,), COUNTRY: (country,)}, cards(app)),
        ):
            wanted = expected(connection, database, REPORT, OVERVIEW.visuals[0], choice)
            assert shown["Customers"] == f"{wanted['Customers'][()]:,}"
            hours = wanted["Hours per customer a month"][()]
            assert shown["Hours per customer a month"] == f"{hours:,.1f}"
    assert opened != cards(app)


def test_choice_of_a_slicer_holds_on_every_page_that_has_it(app: AppTest) -> None:
    country = app.multiselect(key=f"slicer {COUNTRY}").options[1]
    app.multiselect(key=f"slicer {COUNTRY}").set_value([country]).run()
    go_to(app, REPORT.pages[-1])
    go_to(app, QUALITY)
    assert app.multiselect(key=f"slicer {COUNTRY}").value == [country]
    go_to(app, OVERVIEW)
    assert app.multiselect(key=f"slicer {COUNTRY}").value == [country]


def test_page_about_one_shows_that_one_alone_and_leads_back(app: AppTest, readers: Readers) -> None:
    declining = next(visual for visual in CUSTOMERS.visuals if visual.name == "declining")
    with readers.lent() as reader:
        code = reader.answer(declining, reader.opening_choice(CUSTOMERS)).rows[0][1]
    app.session_state[DRILLED] = {"customer.customer_code": (code,)}
    app.session_state[ORIGIN] = CUSTOMERS.name
    go_to(app, DETAIL)
    assert not app.exception
    assert app.markdown[0].value == f"Customer: **{code}**"
    assert list(app.dataframe[0].value["Customer"]) == [code]
    back = next(button for button in app.button if CUSTOMERS.name in button.label)
    back.click().run()
    assert app.button_group(key=PAGE).value == CUSTOMERS.name
    assert DRILLED not in app.session_state


def test_page_about_one_is_about_those_with_most_and_says_how_to_choose_others(
    app: AppTest, readers: Readers
) -> None:
    go_to(app, DETAIL)
    month = tuple(app.multiselect(key=f"slicer {PERIOD}").value)
    answers = {each.visual.name: each for each in readers.answers(DETAIL, {PERIOD: month})}
    assert len(answers["customer"].rows) > 1
    chosen = {"customer.customer_code": (answers["customer"].rows[0][3],)}
    with readers.lent() as reader:
        alone = reader.answer(answers["customer-hours"].visual, {PERIOD: month, **chosen})
    assert alone.rows == answers["customer-hours"].rows != []
    assert [each.value.endswith("the one with most") for each in app.markdown][-2:] == [True, True]
    assert any("on Customers or Content" in each.value for each in app.caption)


def test_sql_of_a_visual_is_shown_with_its_values(app: AppTest, readers: Readers) -> None:
    month = app.multiselect(key=f"slicer {PERIOD}").value[0]
    shown = [code.value for code in app.code]
    assert len(shown) == len(OVERVIEW.visuals)
    assert f"{{ d '{month}' }}" in shown[0]
    assert shown[0].startswith("select `C1`")


def test_page_for_printing_holds_all_pages_of_what_is_chosen(
    app: AppTest, readers: Readers
) -> None:
    country = app.multiselect(key=f"slicer {COUNTRY}").options[1]
    app.multiselect(key=f"slicer {COUNTRY}").set_value([country]).run()
    printed = live.printable(readers, app.session_state[live.CHOICE])
    for page in REPORT.pages:
        assert page.heading.replace("'", "&#x27;") in printed
    assert printed.count(f"<dt>Country</dt><dd>{country}</dd>") == sum(
        COUNTRY in page.slicers for page in REPORT.pages
    )


def test_empty_marts_say_so_and_nothing_fails(
    empty_platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotate_reader(empty_platform.settings)
    try:
        with closing(Readers(empty_platform.settings, REPORT)) as readers:
            monkeypatch.setattr(live, "shared_readers", lambda: readers)
            app = AppTest.from_file(str(APP), default_timeout=60).run()
            for page in REPORT.pages:
                go_to(app, page)
                assert not app.exception
                assert not app.error
                assert "svp ingest" in app.info[-1].value
    finally:
        name = reader_name(empty_platform.settings.workspace)
        empty_platform.execute("DROP USER IF EXISTS %s@'%'", (name,))


def test_failure_is_a_message_and_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    down = ServerError("MySQL did not answer at h:1", "start it with 'svp up'")
    monkeypatch.setattr(live, "shared_readers", Mock(side_effect=down))
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    assert not app.exception
    (told,) = app.error
    assert "svp up" in told.value
