"""Charts as SVG: lines and bars on two axes, alone or as small multiples.

A drawing names classes, never colours: the style says what they look like on a light or dark ground and in print. So a
chart needs no library, no script and no network, and the same numbers give the same bytes everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from importlib.resources import files
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from svp.generate.arrays import Floats

__all__ = ["Axis", "Bars", "Chart", "Dots", "Line", "Note", "Rule", "draw", "standalone", "style"]

WIDTH, HEIGHT = 640, 300
"""Of a chart that stands alone, in the units of its drawing."""
PANEL_HEIGHT = 210
LEFT, RIGHT, TOP, BOTTOM = 70, 18, 14, 46
"""Margins that hold the labels of the axes."""
PANEL_TITLE = 22

Values: TypeAlias = npt.ArrayLike
Ink: TypeAlias = Literal["a", "b", "c", "d", "e", "faint"]
"""How a mark looks. The five differ in colour, in grey and in the pattern of their lines."""
Anchor: TypeAlias = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale with its label, which names the unit."""

    label: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    is_log: bool = False

    @classmethod
    def linear(
        cls, label: str, low: float, high: float, *, step: float | None = None, suffix: str = ""
    ) -> Axis:
        """Return a scale with a tick at each multiple of a step, a round one if not given; it ends on a tick."""
        step = _round_step((high - low) / 6) if step is None else step
        first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
        values = [step * number for number in range(first, last + 1)]
        ticks = tuple((value, f"{value:,.10g}{suffix}") for value in values)
        return cls(label, values[0], values[-1], ticks)

    @classmethod
    def logarithmic(cls, label: str, low: float, high: float, *, suffix: str = "") -> Axis:
        """Return a scale with a tick at each power of ten; ``low`` is above 0."""
        powers = range(floor(log10(low) + 1e-9), ceil(log10(high) - 1e-9) + 1)
        ticks = tuple((10.0**power, f"{10.0**power:,.10g}{suffix}") for power in powers)
        shown = tuple(tick for tick in ticks if low * 0.999 <= tick[0] <= high * 1.001)
        return cls(label, low, high, shown, is_log=True)

    @classmethod
    def named(cls, label: str, names: Sequence[str], *, every: int = 1) -> Axis:
        """Return a scale of places 0, 1, 2 …, of which every so manieth shows its name."""
        ticks = tuple((float(place), names[place]) for place in range(0, len(names), every))
        return cls(label, -0.6, len(names) - 0.4, ticks)

    def place(self, values: Values) -> Floats:
        """Return where values lie, 0 at the low end and 1 at the high one."""
        numbers = np.asarray(values, dtype=np.float64)
        if not self.is_log:
            return (numbers - self.low) / (self.high - self.low)
        places: Floats = np.log(numbers / self.low) / np.log(self.high / self.low)
        return places


def _round_step(step: float) -> float:
    """Return 1, 2 or 5 times a power of ten, not below ``step``."""
    power = 10.0 ** floor(log10(step))
    return power * next(round_ for round_ in (1, 2, 5, 10) if round_ * power >= step * 0.999)


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a chart's axes lie on the drawing."""

    x: Axis
    y: Axis
    left: float
    top: float
    width: float
    height: float

    def across(self, values: Values) -> Floats:
        """Return the places of values of x."""
        return self.left + self.width * self.x.place(values)

    def down(self, values: Values) -> Floats:
        """Return the places of values of y; what lies outside is cut off at the edge."""
        inside = np.clip(self.y.place(values), 0.0, 1.0)
        return self.top + self.height * (1 - inside)


class Mark(Protocol):
    """Something drawn on the axes."""

    def draw(self, frame: Frame) -> str:
        """Return it as SVG."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points, with its name beside one of them; it breaks where a value is not finite."""

    x: Values
    y: Values
    ink: Ink = "a"
    name: str = ""
    name_at: int = -1
    """Position of the point that the name stands beside."""
    anchor: Anchor = "start"

    def draw(self, frame: Frame) -> str:
        """Return it as SVG."""
        across, down = frame.across(self.x), frame.down(self.y)
        path, pen = [], "M"
        for right, below in zip(across.tolist(), down.tolist(), strict=True):
            if np.isfinite(right) and np.isfinite(below):
                path.append(f"{pen}{right:.1f} {below:.1f}")
                pen = "L"
            else:
                pen = "M"
        line = f'<path class="line {self.ink}" d="{"".join(path)}"/>'
        if not self.name:
            return line
        shift = {"start": 5, "middle": 0, "end": -5}[self.anchor]
        at = (float(across[self.name_at]) + shift, float(down[self.name_at]) - 5)
        return line + _text(*at, self.name, f"name {self.ink}", self.anchor)


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars from 0, each from one value of x to another, with a text above if there is one."""

    start: Values
    end: Values
    y: Values
    ink: Ink = "a"
    texts: Sequence[str] = ()

    def draw(self, frame: Frame) -> str:
        """Return it as SVG."""
        left, right = frame.across(self.start), frame.across(self.end)
        floor_, ends = float(frame.down([0.0])[0]), frame.down(self.y)
        parts = []
        for begin, finish, end in zip(left.tolist(), right.tolist(), ends.tolist(), strict=True):
            top, height = min(end, floor_), abs(floor_ - end)
            size = f'width="{max(finish - begin - 1, 0.5):.1f}" height="{height:.1f}"'
            parts.append(f'<rect class="{self.ink}" x="{begin:.1f}" y="{top:.1f}" {size}/>')
        middles = ((left + right) / 2).tolist()
        for text, middle, end in zip(self.texts, middles, ends.tolist(), strict=False):
            parts.append(_text(middle, end - 5, text, "value", "middle"))
        return "".join(parts)


@dataclass(frozen=True, slots=True)
class Dots:
    """Rings at points, with a name beside the last."""

    x: Values
    y: Values
    ink: Ink = "b"
    name: str = ""

    def draw(self, frame: Frame) -> str:
        """Return it as SVG."""
        points = list(zip(frame.across(self.x).tolist(), frame.down(self.y).tolist(), strict=True))
        rings = [
            f'<circle class="ring {self.ink}" cx="{right:.1f}" cy="{below:.1f}" r="4"/>'
            for right, below in points
        ]
        if self.name and points:
            right, below = points[-1]
            rings.append(_text(right + 8, below + 4, self.name, f"name {self.ink}", "start"))
        return "".join(rings)


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin line across the chart at a value of x, with its meaning at the top."""

    x: float
    name: str = ""

    def draw(self, frame: Frame) -> str:
        """Return it as SVG."""
        right = float(frame.across([self.x])[0])
        end = frame.top + frame.height
        rule = f'<path class="rule" d="M{right:.1f} {frame.top:.1f}V{end:.1f}"/>'
        return rule + (
            _text(right + 4, frame.top + 10, self.name, "name", "start") if self.name else ""
        )


@dataclass(frozen=True, slots=True)
class Note:
    """A text at a point."""

    x: float
    y: float
    text: str
    anchor: Anchor = "start"

    def draw(self, frame: Frame) -> str:
        """Return it as SVG."""
        at = (float(frame.across([self.x])[0]), float(frame.down([self.y])[0]))
        return _text(*at, self.text, "name", self.anchor)


@dataclass(frozen=True, slots=True)
class Chart:
    """Marks on two axes; the title is shown only among small multiples."""

    x: Axis
    y: Axis
    marks: Sequence[Mark]
    title: str = ""
    right: int = RIGHT
    """Margin that holds the names at the ends of lines."""


def draw(
    title: str, description: str, *charts: Chart, columns: int = 1, width: float | None = None
) -> str:
    """Return charts as one SVG element, side by side; title and description are for who can't see it."""
    is_alone = len(charts) == 1
    total_width = WIDTH if width is None else width
    width = total_width / columns
    height = HEIGHT if is_alone else PANEL_HEIGHT + PANEL_TITLE
    panels = [
        _panel(chart, width * (place % columns), height * (place // columns), width, height)
        for place, chart in enumerate(charts)
    ]
    total = height * ceil(len(charts) / columns)
    name = f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {total_width:g} {total:g}" '
        f'role="img" aria-label="{escape(title)}">'
    )
    return f"{opening}{name}{''.join(panels)}</svg>"


def _panel(chart: Chart, left: float, top: float, width: float, height: float) -> str:
    head = TOP + (PANEL_TITLE if chart.title else 0)
    frame = Frame(
        chart.x,
        chart.y,
        left=left + LEFT,
        top=top + head,
        width=width - LEFT - chart.right,
        height=height - head - BOTTOM,
    )
    title = _text(frame.left, top + TOP + 4, chart.title, "panel", "start") if chart.title else ""
    marks = "".join(mark.draw(frame) for mark in chart.marks)
    return title + _axes(frame) + marks


def _axes(frame: Frame) -> str:
    """Return grid lines, ticks and labels."""
    end, below = frame.left + frame.width, frame.top + frame.height
    parts = []
    texts = [text for _, text in frame.y.ticks]
    for text, down in zip(texts, frame.down([value for value, _ in frame.y.ticks]), strict=True):
        parts.append(f'<path class="grid" d="M{frame.left:.1f} {down:.1f}H{end:.1f}"/>')
        parts.append(_text(frame.left - 6, down + 4, text, "tick", "end"))
    texts = [text for _, text in frame.x.ticks]
    for text, across in zip(
        texts, frame.across([value for value, _ in frame.x.ticks]), strict=True
    ):
        parts.append(f'<path class="axis" d="M{across:.1f} {below:.1f}v4"/>')
        parts.append(_text(across, below + 17, text, "tick", "middle"))
    parts.append(f'<path class="axis" d="M{frame.left:.1f} {below:.1f}H{end:.1f}"/>')
    middle = frame.left + frame.width / 2
    parts.append(_text(middle, below + 36, frame.x.label, "label", "middle"))
    parts.append(_upright(frame.left - 58, frame.top + frame.height / 2, frame.y.label))
    return "".join(parts)


def _text(right: float, below: float, text: str, classes: str, anchor: Anchor) -> str:
    place = f'x="{right:.1f}" y="{below:.1f}"'
    return f'<text class="{classes}" {place} text-anchor="{anchor}">{escape(text)}</text>'


def _upright(right: float, below: float, text: str) -> str:
    turn = f'transform="translate({right:.1f} {below:.1f}) rotate(-90)"'
    return f'<text class="label" {turn} text-anchor="middle">{escape(text)}</text>'


def style() -> str:
    """Return the style sheet of the charts."""
    return files("svp.generate.report").joinpath("charts.css").read_text(encoding="utf-8")


def standalone(drawing: str) -> str:
    """Return a drawing as a file of its own, on a ground that fits the reader's light or dark scheme."""
    head, _, rest = drawing.partition(">")
    ground = '<rect class="ground" width="100%" height="100%"/>'
    return f"{head}><style>{style()}</style>{ground}{rest}\n"
