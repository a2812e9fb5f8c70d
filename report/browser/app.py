"""The pages of the report, live: the script that ``svp report open`` runs in Streamlit.

Whatever fails becomes a message on the page.
"""

from __future__ import annotations

from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

import streamlit as st

from report.browser.drilling import PAGE, drilled_rows, go_back, origin, origins
from report.browser.figures import DARK, LIGHT
from report.browser.formats import written
from report.browser.panels import plain, show_visual
from report.browser.readers import Readers
from report.browser.static import report_html
from report.browser.style import visuals_style
from report.definition import load_report
from svp.core.failures import explain
from svp.errors import PlatformError
from svp.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streamlit.delta_generator import DeltaGenerator

    from report.browser.reader import Answer
    from report.definition import Page, Report
    from report.queries import Choice

TITLE = "Preview of the Power BI report"
EMPTY = (
    "The marts are empty. Load files (svp ingest), then bring them here (svp warehouse refresh)."
)


def main() -> None:
    """Show the page that is chosen, or why it can't be shown."""
    st.set_page_config(page_title=TITLE, layout="wide")
    try:
        show(shared_readers())
    except Exception as error:
        failure = error if isinstance(error, PlatformError) else explain(error)
        st.error(plain(str(failure)))


@st.cache_resource
def shared_readers() -> Readers:
    """Return the readers of all who look."""
    return Readers(load_settings(), load_report())


def show(readers: Readers) -> None:
    """Show the page that is chosen, of the rows that are chosen."""
    report = readers.report
    look = DARK if st.context.theme.type == "dark" else LIGHT
    st.html(f"<style>{visuals_style(look)}</style>")
    bar = st.container(horizontal=True, vertical_alignment="center")
    page = chosen_page(report)
    choice = {**chosen_rows(readers, page), **drilled_rows(page)}
    if page.drill:
        show_drilled(report, page)
    show_bar(bar, readers, choice)
    for answers in in_rows(readers.answers(page.visuals, choice)):
        places = st.columns([answer.visual.place[2] for answer in answers])
        for place, answer in zip(places, answers, strict=True):
            with place:
                show_visual(report, page, answer, choice, look)


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


def chosen_rows(readers: Readers, page: Page) -> Choice:
    """Return what the slicers of a page stand at, shown beside its question; a choice holds on every page."""
    question, *places = st.columns([3, *(1 for _ in page.slicers)], vertical_alignment="bottom")
    question.subheader(page.heading, anchor=False)
    with readers.lent() as reader:
        opening = reader.opening_choice(page)
        values = {field: reader.values(field) for field in page.slicers}
        is_empty = reader.last_month() is None
    if is_empty:
        st.info(plain(EMPTY))
    chosen = {
        field: slicer(place, readers.report, field, values[field], opening.get(field, ()))
        for field, place in zip(page.slicers, places, strict=True)
    }
    return {field: found for field, found in chosen.items() if found}


def slicer(
    place: DeltaGenerator,
    report: Report,
    field: str,
    values: Sequence[Any],
    opening: Sequence[Any],
) -> tuple[Any, ...]:
    """Return the values that are chosen of a field; none is all."""
    column = report.column(field)
    key = f"slicer {field}"
    if key not in st.session_state:
        st.session_state[key] = list(opening)
    return tuple(
        place.multiselect(
            column.caption,
            values,
            key=key,
            format_func=lambda value: written(value, column.format),
            placeholder="All",
            persist_state="session",
        )
    )


def show_drilled(report: Report, page: Page) -> None:
    """Show whom or what a page is about, with the way back; or how to choose."""
    found = drilled_rows(page)
    if not found:
        pages = " or ".join(origins(report, page))
        st.info(f"To see one customer or one title alone, choose it in a table here or on {pages}.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(f"← {origin() or page.name}", on_click=go_back)
        for field, (value,) in found.items():
            st.markdown(f"{report.column(field).caption}: **{plain(str(value))}**")


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


if __name__ == "__main__":
    main()
