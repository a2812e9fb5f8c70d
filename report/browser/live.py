"""The pages of the report, live, as Streamlit shows them. Whatever fails becomes a message on the page."""

from __future__ import annotations

import traceback
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

import streamlit as st

from report.browser.drilling import PAGE, drilled_rows, go_back, origin, origins
from report.browser.formats import written
from report.browser.panels import plain, show_visual
from report.browser.readers import Readers
from report.browser.static import report_html
from report.browser.style import read_part, visuals_style
from report.browser.tables import EMPTY
from report.definition import load_report
from report.theme import DARK, LIGHT
from svp.core.failures import explain
from svp.errors import PlatformError
from svp.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streamlit.delta_generator import DeltaGenerator

    from report.browser.reader import Answer
    from report.definition import Page, Report
    from report.queries import Choice
    from report.theme import Look

__all__ = ["show_report"]

TITLE = "Preview of the Power BI report"
CHOICE = "choice"
"""Where the session keeps what the slicers of all pages stand at."""


def show_report() -> None:
    """Show the page that is chosen, or why it can't be shown."""
    st.set_page_config(page_title=TITLE, layout="wide")
    try:
        show(shared_readers())
    except PlatformError as error:
        st.error(plain(str(error)))
    except Exception as error:
        traceback.print_exc()  # Where the command was started; the page says what to do.
        st.error(plain(str(explain(error))))


@st.cache_resource
def shared_readers() -> Readers:
    """Return the readers of all who look."""
    return Readers(load_settings(), load_report())


def show(readers: Readers) -> None:
    """Show the page that is chosen, of the rows that are chosen."""
    report = readers.report
    look = DARK if st.context.theme.type == "dark" else LIGHT
    st.html(f"<style>{visuals_style(look)}{read_part('live.css')}</style>")
    bar = st.container(horizontal=True, vertical_alignment="center")
    page = chosen_page(report)
    kept = kept_choice(readers)
    show_slicers(readers, page, kept)
    chosen = {**kept, **drilled_rows(page)}
    show_members(readers, page, limits_of(page, chosen))
    show_bar(bar, readers, chosen)
    show_visuals(readers, page, chosen, look)


def show_visuals(readers: Readers, page: Page, chosen: Choice, look: Look) -> None:
    """Show the visuals of a page where they stand, limited by what is chosen on it."""
    if readers.is_empty():
        st.info(plain(EMPTY))
    choice = limits_of(page, chosen)
    for answers in in_rows(readers.answers(page, choice)):
        places = st.columns([answer.visual.place[2] for answer in answers])
        for place, answer in zip(places, answers, strict=True):
            with place:
                show_visual(readers.report, page, answer, tuple(choice), look)


def chosen_page(report: Report) -> Page:
    """Return the page that is chosen; its name is in the address, too."""
    pages = {page.name: page for page in report.pages}
    first = next(iter(pages))
    name = st.segmented_control(
        "Page",
        list(pages),
        default=first,
        required=True,
        key=PAGE,
        bind="query-params",
        label_visibility="collapsed",
    )
    return pages[name]


def kept_choice(readers: Readers) -> Choice:
    """Return what the slicers of all pages stand at, kept for the session; at first, what the report opens with."""
    if CHOICE not in st.session_state:
        with readers.lent() as reader:
            opening = [reader.opening_choice(page) for page in readers.report.pages]
        st.session_state[CHOICE] = {field: each[field] for each in opening for field in each}
    kept: Choice = st.session_state[CHOICE]
    return kept


def show_slicers(readers: Readers, page: Page, kept: Choice) -> None:
    """Show the question of a page, and beside it the slicers, which change what is kept of them."""
    question, *places = st.columns([3, *(1 for _ in page.slicers)], vertical_alignment="bottom")
    question.subheader(page.heading, anchor=False)
    with readers.lent() as reader:
        values = {field: reader.values(field) for field in page.slicers}
    for field, place in zip(page.slicers, places, strict=True):
        kept[field] = chosen_values(place, readers.report, field, values[field], kept)


def chosen_values(
    place: DeltaGenerator, report: Report, field: str, values: Sequence[Any], kept: Choice
) -> tuple[Any, ...]:
    """Return the values that are chosen of a field; none is all."""
    column = report.column(field)
    key = f"slicer {field}"
    if key not in st.session_state:
        st.session_state[key] = [value for value in kept.get(field, ()) if value in values]
    return tuple(
        place.multiselect(
            column.caption,
            values,
            key=key,
            format_func=lambda value: written(value, column.format),
            placeholder="All",
        )
    )


def limits_of(page: Page, chosen: Choice) -> Choice:
    """Return what of all that is chosen limits a page."""
    return {field: chosen[field] for field in (*page.slicers, *page.drill) if field in chosen}


def show_members(readers: Readers, page: Page, choice: Choice) -> None:
    """Show whom and what a page is about, with the way back, and how to choose. Most pages are about nobody."""
    if not page.drill:
        return
    first = readers.firsts(page, choice)
    with st.container(horizontal=True, vertical_alignment="center"):
        if drilled_rows(page):
            st.button(f"← {origin() or page.name}", on_click=go_back)
        for field, (value,) in {**drilled_rows(page), **first}.items():
            most = ", the one with most" if field in first else ""
            caption = readers.report.table_of(field).caption
            st.markdown(f"{caption}: **{plain(str(value))}**{most}")
    if first:
        pages = " or ".join(origins(readers.report, page))
        st.caption(f"Choose another in a table here or on {pages}.")


def show_bar(bar: DeltaGenerator, readers: Readers, choice: Choice) -> None:
    """Show what this is, of which marts, and what can be done with all of it."""
    with bar:
        st.caption(plain(f"{TITLE} · {readers.database}"), width="stretch")
        st.download_button(
            "Page for printing",
            partial(printable, readers, choice),
            file_name=f"{readers.database}.html",
            mime="text/html",
            on_click="ignore",
            type="tertiary",
        )
        st.button("Ask again", on_click=readers.memory.forget, type="tertiary")


def printable(readers: Readers, choice: Choice) -> str:
    """Return all pages as one document that prints well, of the same rows."""
    with readers.lent() as reader:
        return report_html(readers.report, reader, name=readers.database, choice=choice)


def in_rows(answers: Sequence[Answer]) -> Iterator[list[Answer]]:
    """Yield the visuals that stand side by side, from top to bottom."""
    ordered = sorted(answers, key=lambda answer: (answer.visual.place[1], answer.visual.place[0]))
    for _, found in groupby(ordered, lambda answer: answer.visual.place[1]):
        yield list(found)
