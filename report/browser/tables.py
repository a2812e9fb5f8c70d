"""Cards, tables and matrices as HTML, and what a visual shows as CSV. All text of data is escaped."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any

from report.browser.formats import written
from report.definition import FORMATS
from svp.core.exports import defused

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from report.definition import Report, Visual

__all__ = ["BLANK", "EMPTY", "NO_ROWS", "Shown", "cards_html", "shown", "table_html", "visual_csv"]

BLANK = "(Blank)"
"""What Power BI calls a group of nothing known."""
NO_ROWS = "No rows for this choice."
EMPTY = (
    "The marts are empty. Load files (svp ingest), then bring them here (svp warehouse refresh)."
)
NOTHING = "\N{EN DASH}"

SIZES = ((12, " svp-dense"), (7, " svp-tight"), (0, ""))
"""How tables of more columns than so many are written."""

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A group or a measure of a visual, as people see it."""

    caption: str
    format: str
    """A format string of Power BI; empty for text."""
    description: str = ""

    @property
    def is_text(self) -> bool:
        """Whether it stands to the left, as words do."""
        return not self.format

    def text(self, value: Any) -> str:
        """Return a value as it is shown."""
        return written(value, self.format)


def shown(report: Report, visual: Visual) -> tuple[Shown, ...]:
    """Return what each value of a visual's rows is: its groups, then its measures."""
    columns = [report.column(field) for field in visual.groups]
    measures = [report.measures[name] for name in visual.measures]
    return (
        *(Shown(column.caption, column.format) for column in columns),
        *(Shown(each.name, FORMATS[each.format], each.description) for each in measures),
    )


def cards_html(report: Report, visual: Visual, rows: Sequence[Row]) -> str:
    """Return the measures of a visual without groups, side by side."""
    values = rows[0] if rows else (None,) * len(visual.measures)
    cards = "".join(map(_card, shown(report, visual), values))
    return f'<div class="svp-cards" role="group" aria-label="{escape(visual.alt)}">{cards}</div>'


def _card(each: Shown, value: Any) -> str:
    text = escape(each.text(value)) or f'<span class="svp-nothing">{NOTHING}</span>'
    return (
        f'<div class="svp-card" title="{escape(each.description)}">'
        f'<div class="svp-value">{text}</div><div class="svp-label">{escape(each.caption)}</div></div>'
    )


def table_html(report: Report, visual: Visual, rows: Sequence[Row]) -> str:
    """Return the rows of any visual as a table; those of a matrix with its series sideways."""
    if visual.kind == "matrix":
        return _matrix(report, visual, rows)
    columns = shown(report, visual)
    body = ([_cell(each, value) for each, value in zip(columns, row, strict=True)] for row in rows)
    return _table(visual, [_heading(each) for each in columns], body)


def _matrix(report: Report, visual: Visual, rows: Sequence[Row]) -> str:
    """Return a matrix of one measure: the deeper the shade of a cell, the nearer its value is to the highest."""
    width, depth = len(visual.axis), len(visual.groups)
    *groups, measure = shown(report, visual)
    sideways = list(dict.fromkeys(row[width:depth] for row in rows))
    highest = max((float(row[depth]) for row in rows if row[depth] is not None), default=0)
    body = []
    for axis, found in groupby(_by_axis(visual, rows), lambda row: row[:width]):
        values = {row[width:depth]: row[depth] for row in found}
        cells = [_shaded(measure, values.get(each), highest) for each in sideways]
        body.append([*map(_cell, groups, axis), *cells])
    headings = [
        *map(_heading, groups[:width]),
        *(_sideways(groups[width:], each) for each in sideways),
    ]
    return _table(visual, headings, body, kind=" svp-matrix")


def _by_axis(visual: Visual, rows: Sequence[Row]) -> list[Row]:
    axis = slice(len(visual.axis))
    return sorted(
        rows,
        key=lambda row: [(value is None, value) for value in row[axis]],
        reverse=visual.sort == "newest",
    )


def _sideways(groups: Iterable[Shown], values: Row) -> str:
    words = " · ".join(
        each.text(value) or BLANK for each, value in zip(groups, values, strict=True)
    )
    return f'<th scope="col" class="svp-number" title="{escape(words)}">{escape(words)}</th>'


def _shaded(measure: Shown, value: Any, highest: float) -> str:
    share = max(float(value), 0) / highest if value is not None and highest > 0 else 0
    return f'<td class="svp-number" style="--share:{share:.2f}">{escape(measure.text(value))}</td>'


def _heading(each: Shown) -> str:
    kind = "" if each.is_text else ' class="svp-number"'
    told = f' title="{escape(each.description)}"' if each.description else ""
    return f'<th scope="col"{kind}{told}>{escape(each.caption)}</th>'


def _cell(each: Shown, value: Any) -> str:
    text = escape(each.text(value))
    return (
        f'<td class="svp-text" title="{text}">{text}</td>'
        if each.is_text
        else f'<td class="svp-number">{text}</td>'
    )


def _table(
    visual: Visual, headings: Sequence[str], body: Iterable[Iterable[str]], *, kind: str = ""
) -> str:
    """Return a table in a box that scrolls, by the keyboard too."""
    size = next(name for most, name in SIZES if len(headings) > most)
    rows = "\n".join(f"<tr>{''.join(cells)}</tr>" for cells in body)
    return (
        f'<div class="svp-scroll" tabindex="0" role="group" aria-label="{escape(visual.alt)}">'
        f'<table class="svp-table{kind}{size}"><thead><tr>{"".join(headings)}</tr></thead>\n'
        f"<tbody>{rows}</tbody></table></div>"
    )


def visual_csv(report: Report, visual: Visual, rows: Sequence[Row]) -> str:
    """Return the rows of a visual with captions above; text that a spreadsheet would take for a formula is defused."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([each.caption for each in shown(report, visual)])
    writer.writerows([defused(value) for value in row] for row in rows)
    return file.getvalue()
