"""From a row of a table to the page about its customer or title, and back again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Sequence

    from report.definition import Page, Report, Visual
    from report.queries import Choice

__all__ = ["PAGE", "drill", "drill_page", "drilled_rows", "go_back", "origin", "origins"]

PAGE = "page"
"""Where the session keeps the name of the page that is shown."""
DRILLED, ORIGIN = "drilled", "origin"
"""Where it keeps what somebody drilled through to, and the name of the page they came from."""


def drill_page(report: Report, visual: Visual) -> Page | None:
    """Return the page about what the rows of a visual are, if there is one."""
    return next((page for page in report.pages if set(page.drill) & set(visual.groups)), None)


def drill(target: Page, visual: Visual, rows: Sequence[tuple[Any, ...]], key: str) -> None:
    """Go to the page about the row that was chosen in a table; the table's key tells which."""
    cells = st.session_state[key].selection.cells
    if not cells:
        return
    values = dict(zip(visual.groups, rows[cells[0][0]], strict=False))
    st.session_state[DRILLED] = {
        field: (values[field],) for field in target.drill if field in values
    }
    if st.session_state[PAGE] != target.name:
        st.session_state[ORIGIN] = st.session_state[PAGE]
    st.session_state[PAGE] = target.name


def drilled_rows(page: Page) -> Choice:
    """Return the customer or title that a page is about; nothing on a page that is about none."""
    found: Choice = st.session_state.get(DRILLED, {}) if page.drill else {}
    return found


def origin() -> str:
    """Return the name of the page that somebody drilled through from; empty if they did not."""
    return str(st.session_state.get(ORIGIN, ""))


def origins(report: Report, page: Page) -> list[str]:
    """Return the names of the pages that lead to one by drilling through."""
    return [
        other.name
        for other in report.pages
        if other is not page and any(drill_page(report, visual) is page for visual in other.visuals)
    ]


def go_back() -> None:
    """Go to the page that somebody drilled through from, and look at no customer or title any more."""
    st.session_state[PAGE] = st.session_state.pop(ORIGIN, st.session_state[PAGE])
    del st.session_state[DRILLED]
