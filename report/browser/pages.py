"""Pages as HTML: each visual at its place, with what is behind it; charts are drawn into theirs by ``pages.js``."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from report.browser.detail import Asked, firsts
from report.browser.figures import figure
from report.browser.formats import written
from report.browser.tables import BLANK, NO_ROWS, cards_html, table_html, visual_csv
from report.definition import PAGE_WIDTH
from report.layout import GRID
from report.theme import LIGHT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plotly.graph_objects import Figure

    from report.browser.reader import Answer
    from report.definition import Page, Report, Visual
    from report.queries import Choice

__all__ = ["Answers", "Drawn", "answered", "charts_of", "link_html", "page_html"]

FIRST_ROW, FIRST_COLUMN = 104, 24
"""Where visuals begin on a page of Power BI, in pixels."""
CHARTS = ("line", "bar", "column")
FIRST = "Of the {} with most; others by drilling through in Power BI, or in svp report open."


class Answers(Asked, Protocol):
    """What answers visuals, and knows how pages open."""

    def opening_choice(self, page: Page) -> Choice:
        """Return what is chosen when a page opens."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page with its choice and its answers."""

    page: Page
    choice: Choice
    firsts: Choice
    """Of the choice, the customer and the title that come first, where none was chosen."""
    answers: Sequence[Answer]

    @property
    def key(self) -> str:
        """What its address ends in."""
        return self.page.name.lower()

    def key_of(self, visual: Visual) -> str:
        """Return what a visual is called in the document."""
        return f"{self.key}-{visual.name}"


def answered(page: Page, reader: Answers, choice: Choice | None) -> Drawn:
    """Ask all visuals of a page."""
    opening = reader.opening_choice(page) if choice is None else choice
    own = (*page.slicers, *page.drill)
    limits = {field: opening[field] for field in own if opening.get(field)}
    first = firsts(page, reader, limits)
    chosen = first | limits
    return Drawn(page, chosen, first, [reader.answer(visual, chosen) for visual in page.visuals])


def link_html(drawn: Drawn) -> str:
    """Return the link to a page."""
    return f'<a href="#{escape(drawn.key)}">{escape(drawn.page.name)}</a>'


def page_html(report: Report, drawn: Drawn, name: str) -> str:
    """Return a page."""
    key, heading = escape(drawn.key), escape(drawn.page.heading)
    visuals = "\n".join(visual_html(report, drawn, each) for each in drawn.answers)
    foot = escape(f"{name}: preview of the Power BI report, {drawn.page.name}")
    members = " and the ".join(report.table_of(field).caption.lower() for field in drawn.firsts)
    first = f'<p class="first">{escape(FIRST.format(members))}</p>' if members else ""
    return (
        f'<section class="page" id="{key}" aria-labelledby="{key}-heading" data-foot="{foot}">\n'
        f'<header><h2 id="{key}-heading">{heading}</h2>{choice_html(report, drawn)}{first}</header>\n'
        f'<div class="visuals">\n{visuals}\n</div>\n</section>'
    )


def choice_html(report: Report, drawn: Drawn) -> str:
    """Return what the slicers stand at, and the customer and title that a page is of."""
    chosen = []
    for field in (*drawn.page.slicers, *drawn.page.drill):
        column = report.column(field)
        words = [written(value, column.format) or BLANK for value in drawn.choice.get(field, ())]
        chosen.append(
            f"<div><dt>{escape(column.caption)}</dt><dd>{escape(', '.join(words) or 'All')}</dd></div>"
        )
    return f'<dl class="choice">{"".join(chosen)}</dl>' if chosen else ""


def visual_html(report: Report, drawn: Drawn, answer: Answer) -> str:
    """Return a visual at its place: title, what it shows or why it shows nothing, and what is behind it."""
    visual = answer.visual
    note = report.limits_told(drawn.page.slicers, visual)
    told = f'<p class="note">{escape(note)}</p>' if note else ""
    begins = " begins" if visual.place[0] + visual.place[2] <= PAGE_WIDTH // 2 else ""
    return (
        f'<article class="visual {visual.kind}{begins}" style="{place_style(visual)}">\n'
        f'<header><h3 title="{escape(visual.title)}">{escape(visual.title)}</h3>{told}</header>\n'
        f'<div class="body">{body_html(report, drawn, answer)}</div>\n'
        f"{behind_html(report, drawn, answer)}\n</article>"
    )


def place_style(visual: Visual) -> str:
    """Return a visual's place on a grid of steps of Power BI's page."""
    left, top, width, height = (length // GRID for length in visual.place)
    column, row = left - FIRST_COLUMN // GRID + 1, top - FIRST_ROW // GRID + 1
    return f"grid-area: {row} / {column} / span {height} / span {width}"


def body_html(report: Report, drawn: Drawn, answer: Answer) -> str:
    """Return what a visual shows, or a message."""
    visual, rows = answer.visual, answer.rows
    if answer.failure:
        return f'<p class="svp-message" role="alert">{escape(answer.failure)}</p>'
    if not rows:
        return f'<p class="svp-message">{NO_ROWS}</p>'
    if visual.kind == "cards":
        return cards_html(report, visual, rows)
    if visual.kind in CHARTS:
        key, alt = escape(drawn.key_of(visual)), escape(visual.alt)
        return f'<div class="chart" id="{key}" role="img" aria-label="{alt}"></div>'
    return table_html(report, visual, rows)


def behind_html(report: Report, drawn: Drawn, answer: Answer) -> str:
    """Return the rows of a visual, as a table where it is a picture and as CSV, and the SQL that asked for them."""
    visual, rows = answer.visual, answer.rows
    link = f"data:text/csv;charset=utf-8,{quote(visual_csv(report, visual, rows))}"
    file = f"{drawn.key_of(visual)}.csv"
    table = table_html(report, visual, rows) if visual.kind in CHARTS and rows else ""
    statements = "".join(f"<pre><code>{escape(each)}</code></pre>" for each in answer.statements)
    words = f"SQL and data of: {visual.title}"
    return (
        f'<details class="behind" name="behind"><summary title="SQL and data" aria-label="{escape(words)}">'
        f"\N{MIDLINE HORIZONTAL ELLIPSIS}</summary>\n"
        f'<div class="panel"><p><a download="{escape(file)}" href="{escape(link)}">Download CSV</a></p>'
        f"{table}{statements}</div></details>"
    )


def charts_of(report: Report, drawn: Drawn) -> dict[str, Any]:
    """Return the figures of a page by their visuals' keys, without colours: those are the looks'."""
    return {
        drawn.key_of(answer.visual): without_look(figure(report, answer.visual, answer.rows, LIGHT))
        for answer in drawn.answers
        if answer.visual.kind in CHARTS and answer.rows
    }


def without_look(drawn: Figure) -> dict[str, Any]:
    """Return a figure as JSON has it, for a look to be added."""
    made: dict[str, Any] = drawn.to_plotly_json()
    made["layout"].pop("template")
    return made
