"""Lines, bars and columns by Plotly; cards, tables and matrices are HTML.

Text of data is shown as it is: what Plotly would take for markup is escaped, and no category is read as a number or
date. Values are written by the format strings of the Power BI project, wherever a number can be read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from html import escape
from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from plotly import graph_objects

from report.browser.tables import BLANK, Shown, shown
from report.theme import FONTS, Look
from svp.errors import shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from report.definition import Report, Visual

__all__ = ["CONFIG", "figure", "template"]

CONFIG = {"displayModeBar": False, "responsive": True}
"""What Plotly is told wherever it draws: no buttons over the picture, and as wide as its place."""

Row = tuple[Any, ...]

FONT_PIXELS, LABEL_PIXELS = 12, 11
PIXELS_A_CHARACTER = 7
LABEL_SHARE = 0.5
"""Of a visual's width, what the labels beside bars may take."""
HOVER_CHARACTERS = 60
FEW_POINTS = 14
"""So many points of a line are marked."""
FEWEST_BARS = 4
"""A single bar is as thick as one of so many."""
CALM_SHARE = 0.1
FEW_COLUMNS = 8
"""Fewer columns are no thicker than so many."""
LONG_DAYS = 200
"""From here on an axis of days names months."""
FROM_ZERO = {"count", "hours", "money", "rate"}
"""Formats of what is compared by its height above zero; the others move within a range far from it."""


@dataclass(frozen=True, slots=True)
class Series:
    """What one colour of a visual stands for."""

    name: str
    values: list[float | None]
    texts: list[str]
    """The values as they are written."""
    is_before: bool = False
    """Whether it is of the period before."""


def figure(report: Report, visual: Visual, rows: Sequence[Row], look: Look) -> graph_objects.Figure:
    """Return a line, a bar or a column visual; a value that is not there is a gap, never 0.

    Points are the rows in their order. Show it with the look's own colours: in Streamlit by ``theme=None``.
    """
    draw: dict[str, Callable[[Drawing], graph_objects.Figure]] = {
        "line": lines,
        "bar": bars,
        "column": columns,
    }
    drawn = draw[visual.kind](Drawing(report, visual, rows))
    drawn.update_layout(template=template(look), showlegend=len(drawn.data) > 1)
    return drawn


@dataclass(frozen=True, slots=True)
class Drawing:
    """A visual with its rows."""

    report: Report
    visual: Visual
    rows: Sequence[Row]

    @property
    def width(self) -> int:
        """How many groups a row begins with."""
        return len(self.visual.groups)

    @property
    def axis(self) -> Shown:
        """The column along the axis; of several, the first."""
        return shown(self.report, self.visual)[0]

    @property
    def formats(self) -> set[str]:
        """What the measures are."""
        return {self.report.measures[name].format for name in self.visual.measures}

    def labels(self) -> list[str]:
        """Return the groups of each row in words."""
        groups = shown(self.report, self.visual)[: self.width]
        return [
            " · ".join(each.text(value) or BLANK for each, value in zip(groups, row, strict=False))
            for row in self.rows
        ]

    def series(self) -> Iterator[Series]:
        """Yield one series a measure."""
        measures = shown(self.report, self.visual)[self.width :]
        for place, each in enumerate(measures, start=self.width):
            found = [row[place] for row in self.rows]
            yield Series(
                each.caption,
                [None if value is None else float(value) for value in found],
                [each.text(value) for value in found],
                is_before=bool(self.report.measures[each.caption].base),
            )

    @property
    def is_monthly(self) -> bool:
        """Whether its axis names months, not days."""
        return "dd" not in self.axis.format

    @property
    def ticks(self) -> str:
        """How numbers stand along an axis, as d3 writes them: without zeros that say nothing."""
        return "~%" if self.formats <= {"rate", "change"} else ",~f"


def lines(drawing: Drawing) -> graph_objects.Figure:
    """Return lines over time; what was before is dashed, and a day without a row is a gap."""
    drawing = replace(drawing, rows=with_gaps(drawing.rows, is_monthly=drawing.is_monthly))
    traces = [
        graph_objects.Scatter(
            **along(drawing, each),
            mode="lines+markers" if has_lonely(each.values) else "lines",
            line={"dash": "dash" if each.is_before else "solid"},
        )
        for each in drawing.series()
    ]
    height = {"rangemode": "tozero"} if drawing.formats <= FROM_ZERO else calm_range(traces)
    return over_time(drawing, traces, **height)


def with_gaps(rows: Sequence[Row], *, is_monthly: bool) -> list[Row]:
    """Return rows in their order, with one of no values where days, or months, are missing between two."""
    longest = timedelta(days=31 if is_monthly else 1)
    found: list[Row] = []
    for row in rows:
        last = found[-1][0] if found else None
        if last is not None and row[0] is not None and row[0] - last > longest:
            found.append((last + longest, *[None] * (len(row) - 1)))
        found.append(row)
    return found


def calm_range(traces: Iterable[Any]) -> dict[str, Any]:
    """Return a range in which what hardly changes looks so: as high as a tenth of the highest value at least."""
    values = [value for trace in traces for value in trace.y if value is not None]
    lowest, highest = min(values, default=0), max(values, default=0)
    if highest - lowest >= CALM_SHARE * highest:
        return {}
    middle, half = (highest + lowest) / 2, CALM_SHARE * highest / 2
    return {"range": [middle - half, middle + half]}


def columns(drawing: Drawing) -> graph_objects.Figure:
    """Return columns over time, those of several measures on each other."""
    traces = [graph_objects.Bar(**along(drawing, each)) for each in drawing.series()]
    gap = max(0.3, 1 - len(drawing.rows) / FEW_COLUMNS)
    return over_time(drawing, traces).update_layout(barmode="relative", bargap=gap)


def along(drawing: Drawing, series: Series) -> dict[str, Any]:
    """Return what a series says of each point of an axis of time."""
    return {
        "name": series.name,
        "x": [None if row[0] is None else f"{row[0]:%Y-%m-%d}" for row in drawing.rows],
        "y": series.values,
        "customdata": series.texts,
        "hovertemplate": "%{customdata}",
    }


def over_time(drawing: Drawing, traces: list[Any], **height: Any) -> graph_objects.Figure:
    """Return traces with days or months below them."""
    days = [row[0] for row in drawing.rows if row[0] is not None]
    is_long = drawing.is_monthly or (bool(days) and (max(days) - min(days)).days > LONG_DAYS)
    return graph_objects.Figure(traces).update_layout(
        hovermode="x unified",
        xaxis={
            "type": "date",
            "tickformat": "%b %Y" if is_long else "%-d %b",
            "hoverformat": "%b %Y" if drawing.is_monthly else "%Y-%m-%d",
            "nticks": 7,
            **({"tickvals": thinned(drawing)} if drawing.is_monthly else {}),
        },
        yaxis={"tickformat": drawing.ticks, "nticks": 5, **height},
    )


def thinned(drawing: Drawing, *, most: int = 8) -> list[str]:
    """Return the months that an axis names."""
    months = [f"{row[0]:%Y-%m-%d}" for row in drawing.rows if row[0] is not None]
    return months[:: -(-len(months) // most) or 1]


def bars(drawing: Drawing) -> graph_objects.Figure:
    """Return bars from top to bottom in the order of the rows, each with its value behind it."""
    labels, series = drawing.labels(), list(drawing.series())
    longest = max((len(text) for each in series for text in each.texts), default=0)
    return graph_objects.Figure([bar(each, labels) for each in series]).update_layout(
        hovermode="closest",
        bargap=0.3,
        margin_r=(longest + 2) * PIXELS_A_CHARACTER,
        xaxis={"visible": False, "rangemode": "tozero"},
        yaxis=beside_bars(labels, drawing.visual.place[2]),
    )


def bar(series: Series, labels: Sequence[str]) -> graph_objects.Bar:
    """Return the bars of a series, by their number and not by their labels: two of these may be cut alike."""
    return graph_objects.Bar(
        name=series.name,
        orientation="h",
        x=series.values,
        y=list(range(len(labels))),
        text=series.texts,
        textposition="outside",
        textfont_size=LABEL_PIXELS,
        constraintext="none",
        cliponaxis=False,
        customdata=[whole(label) for label in labels],
        hovertemplate="%{customdata}<br><b>%{text}</b><extra></extra>",
    )


def beside_bars(labels: Sequence[str], width: int) -> dict[str, Any]:
    """Return the axis that names bars, the first on top; ``width`` is that of the visual in pixels."""
    room = int(width * LABEL_SHARE) // PIXELS_A_CHARACTER
    return {
        "tickvals": list(range(len(labels))),
        "ticktext": [escape(shorten(label, characters=room), quote=False) for label in labels],
        "range": [max(len(labels), FEWEST_BARS) - 0.5, -0.5],
        "showgrid": False,
    }


def whole(label: str) -> str:
    """Return a label in lines that fit on the screen."""
    return "<br>".join(escape(line, quote=False) for line in wrap(label, HOVER_CHARACTERS))


def has_lonely(values: Sequence[float | None]) -> bool:
    """Tell whether points should be marked: there are few, or one has no neighbour to draw a line to."""
    runs = [
        len(list(run))
        for is_there, run in groupby(values, lambda each: each is not None)
        if is_there
    ]
    return len(values) <= FEW_POINTS or 1 in runs


def template(look: Look) -> dict[str, Any]:
    """Return the colours and fonts of a look, as Plotly takes them for any of the figures."""
    axis = {
        "automargin": True,
        "color": look.quiet,
        "gridcolor": look.line,
        "zerolinecolor": look.line,
        "linecolor": look.line,
        "fixedrange": True,
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": "rgba(0,0,0,0)",
    }
    return {
        "layout": {
            "font": {"family": FONTS, "size": FONT_PIXELS, "color": look.ink},
            "colorway": list(look.data_colors),
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 4, "r": 12, "t": 4, "b": 4},
            "dragmode": False,
            "hoverlabel": {
                "bgcolor": look.paper,
                "bordercolor": look.line,
                "font": {"color": look.ink},
                "align": "left",
            },
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
            "xaxis": {**axis, "showgrid": False, "spikecolor": look.quiet, "spikethickness": 1},
            "yaxis": axis,
        },
        "data": {"bar": [{"marker": {"line": {"color": look.quiet, "width": 0.5}}}]},
    }
