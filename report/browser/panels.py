"""One visual on a page: what it shows, and behind a button its SQL and its CSV."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import partial
from html import escape
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from report.browser.drilling import drill, drill_page
from report.browser.figures import CONFIG, figure
from report.browser.tables import NO_ROWS, cards_html, shown, table_html, visual_csv

if TYPE_CHECKING:
    from collections.abc import Sequence

    from report.browser.reader import Answer
    from report.definition import Page, Report
    from report.theme import Look

__all__ = ["plain", "show_visual"]

MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")


def plain(text: str) -> str:
    """Return a text as Markdown that shows it as it is."""
    return MARKUP.sub(r"\\\1", text)


def show_visual(
    report: Report, page: Page, answer: Answer, chosen: Sequence[str], look: Look
) -> None:
    """Show a visual in a frame; it says which of the chosen fields do not limit it."""
    visual = answer.visual
    key = f"{page.name} {visual.name}"
    with st.container(border=True, key=f"visual {key}", gap="xxsmall", height="stretch"):
        with st.container(horizontal=True, vertical_alignment="top", wrap=False):
            st.html(heading(visual.title, report.limits_told(chosen, visual)))
            show_source(report, answer, key)
        if answer.failure:
            st.warning(plain(answer.failure))
        elif not answer.rows:
            st.caption(NO_ROWS)
        else:
            show_rows(report, answer, look, key)


def heading(title: str, told: str) -> str:
    """Return what stands above a visual."""
    below = f'<p class="svp-message">{escape(told)}</p>' if told else ""
    return f'<p class="svp-title">{escape(title)}</p>{below}'


def show_source(report: Report, answer: Answer, key: str) -> None:
    """Show where the rows of a visual come from, on request: the SQL that was asked, and what it gave."""
    with st.popover("SQL · CSV", type="tertiary", key=f"source {key}"):
        st.download_button(
            "Download CSV",
            partial(visual_csv, report, answer.visual, answer.rows),
            file_name=f"{answer.visual.name}.csv",
            mime="text/csv",
            key=f"csv {key}",
            on_click="ignore",
        )
        st.caption(f"{len(answer.rows):,} rows, {answer.seconds:.2f} s")
        st.code(";\n\n".join(answer.statements), language="sql", wrap_lines=True)


def show_rows(report: Report, answer: Answer, look: Look, key: str) -> None:
    """Show the rows of a visual as it is drawn; those that another page is about can be chosen."""
    visual, rows = answer.visual, answer.rows
    height = visual.place[3]
    target = drill_page(report, visual)
    if visual.kind == "cards":
        st.html(cards_html(report, visual, rows))
    elif visual.kind == "table" and target:
        show_choosable(report, answer, target, key)
    elif visual.kind in {"matrix", "table"}:
        with st.container(height=height, border=False):
            st.html(table_html(report, visual, rows))
    else:
        drawn = figure(report, visual, rows, look)
        st.plotly_chart(
            drawn, theme=None, height=height, config=CONFIG, alt=visual.alt, key=f"chart {key}"
        )


def show_choosable(report: Report, answer: Answer, target: Page, key: str) -> None:
    """Show a table any cell of which leads to the page about its row."""
    visual, rows = answer.visual, answer.rows
    columns = {column.caption: column for column in shown(report, visual)}
    frame = pd.DataFrame(
        [[float(value) if isinstance(value, Decimal) else value for value in row] for row in rows],
        columns=list(columns),
    )
    table = f"table {key}"
    st.dataframe(
        frame.style.format(
            {caption: column.text for caption, column in columns.items()}, na_rep=""
        ),
        height=visual.place[3],
        hide_index=True,
        key=table,
        on_select=partial(drill, target, visual, rows, table),
        selection_mode="single-cell",
        placeholder="",
        alt=visual.alt,
    )
