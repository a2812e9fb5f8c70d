"""A star as SVG: what refers in the middle, what is referred to on both sides, a coloured line for each.

Drawn from the tables alone, in whole units, so that the same tables give the same bytes.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from html import escape
from itertools import cycle
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tests.dictionary.catalogue import Column, Table

__all__ = ["draw"]

ROW, HEAD, GAP, MARGIN, TRACK = 16, 24, 18, 20, 12
SIDE_WIDTH, MIDDLE_WIDTH = 230, 380
LETTER_WIDTH = 6
COLOURS = (
    "#0072b2", "#d55e00", "#009e73", "#aa4499", "#b58900", "#56a0d3",
    "#882255", "#117733", "#6f4e9c", "#cc3311", "#44798e", "#7a7a1f",
)  # fmt: skip
STYLE = (
    "text{font:11px 'DejaVu Sans',Verdana,sans-serif;fill:#222}"
    ".name{font-weight:bold;fill:#fff}.rest{fill:#666;font-size:10px}"
    ".box{fill:#fff;stroke:#888}.line{fill:none;stroke-width:1.6}"
)


@dataclass(slots=True)
class Box:
    """A table on the picture."""

    table: Table
    width: int
    x: int = 0
    y: int = 0
    keys: list[Column] = field(init=False)
    rest: list[str] = field(init=False)

    def __post_init__(self) -> None:
        """Give keys a row each, and all other columns as few lines as they need."""
        shown = [each for each in self.table.columns if each.is_key or _drawn(each)]
        self.keys = shown
        others = ", ".join(each.name for each in self.table.columns if each not in shown)
        self.rest = textwrap.wrap(others, (self.width - 16) // LETTER_WIDTH)

    @property
    def height(self) -> int:
        """From the top of the head to the bottom, a whole number of rows."""
        return HEAD + ROW * (len(self.keys) + len(self.rest)) + ROW // 2

    def row_y(self, column: Column) -> int:
        """Return the middle of a key's row."""
        return self.y + HEAD + ROW * self.keys.index(column) + ROW // 2

    @property
    def head_y(self) -> int:
        """Where lines to the table arrive."""
        return self.y + HEAD // 2


@dataclass(frozen=True, slots=True)
class Picture:
    """Boxes at their places, and the line of each table that is referred to."""

    boxes: Mapping[str, Box]
    tracks: Mapping[str, int]
    """Where the line of a table goes up and down."""
    colours: Mapping[str, str]
    width: int
    height: int


def draw(sides: Iterable[Table], middle: Iterable[Table]) -> str:
    """Return an SVG of two lots of tables: the second between the halves of the first.

    A table of the first lot that nothing refers to is left out.
    """
    between = [Box(table, MIDDLE_WIDTH) for table in middle]
    wanted = _reached(sides, [box.table for box in between])
    picture = _placed([Box(table, SIDE_WIDTH) for table in wanted], between)
    size = f'width="{picture.width}" height="{picture.height}"'
    view = f'viewBox="0 0 {picture.width} {picture.height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {view}>',
        f"<style>{STYLE}</style>",
        f'<rect {size} fill="#fff"/>',
        *(line for name in picture.tracks for line in _line(picture, name)),
        *(part for box in picture.boxes.values() for part in _box(picture, box)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _drawn(column: Column) -> bool:
    return column.refers_to not in {None, "ops.load"}


def _references(table: Table) -> list[str]:
    return [each.refers_to for each in table.columns if each.refers_to and _drawn(each)]


def _reached(sides: Iterable[Table], middle: Iterable[Table]) -> list[Table]:
    """Return the tables that the middle refers to, directly or through another."""
    known = {table.name: table for table in sides}
    found, fresh = set[str](), {name for table in middle for name in _references(table)}
    while fresh:
        found |= fresh
        fresh = {n for name in fresh if name in known for n in _references(known[name])} - found
    return [table for name, table in known.items() if name in found]


def _placed(sides: Sequence[Box], middle: Sequence[Box]) -> Picture:
    left, right = _halves(sides)
    referred = [n for box in (*sides, *middle) for n in _references(box.table)]
    targets = sorted(dict.fromkeys(referred))
    on_right = {box.table.name for box in right}
    west = [name for name in targets if name not in on_right]
    east = [name for name in targets if name in on_right]
    middle_x = MARGIN + (SIDE_WIDTH if left else 0) + TRACK * (len(west) + 2)
    right_x = middle_x + MIDDLE_WIDTH + TRACK * (len(east) + 2)
    width = right_x + (SIDE_WIDTH if right else 0) + MARGIN
    height = max(_stacked_height(lot) for lot in (left, middle, right)) + 2 * MARGIN
    for lot, x, offset in (
        (left, MARGIN, ROW // 2),
        (middle, middle_x, 0),
        (right, right_x, ROW // 2),
    ):
        _stack(lot, x, height, offset)
    return Picture(
        boxes={box.table.name: box for box in (*left, *middle, *right)},
        tracks={name: middle_x - TRACK * (n + 1) for n, name in enumerate(west)}
        | {name: middle_x + MIDDLE_WIDTH + TRACK * (n + 1) for n, name in enumerate(east)},
        colours=dict(zip(targets, cycle(COLOURS), strict=False)),
        width=width,
        height=height,
    )


def _halves(boxes: Sequence[Box]) -> tuple[list[Box], list[Box]]:
    """Share boxes out to two sides of like height; those that refer to each other stay on one."""
    halves: tuple[list[Box], list[Box]] = ([], [])
    for group in sorted(_groups(boxes), key=_stacked_height, reverse=True):
        min(halves, key=_stacked_height).extend(group)
    return halves


def _groups(boxes: Sequence[Box]) -> list[list[Box]]:
    groups: list[list[Box]] = []
    for box in boxes:
        near = {box.table.name, *_references(box.table)}
        joined = [g for g in groups if any(near & {b.table.name, *_references(b.table)} for b in g)]
        groups = [group for group in groups if group not in joined]
        groups.append([member for group in joined for member in group] + [box])
    return groups


def _stacked_height(boxes: Sequence[Box]) -> int:
    return sum(box.height + GAP for box in boxes) - GAP if boxes else 0


def _stack(boxes: Sequence[Box], x: int, height: int, offset: int) -> None:
    """Spread boxes over the height; an offset of less than a row keeps lines of two lots from meeting."""
    spare = (height - 2 * MARGIN - _stacked_height(boxes)) // (len(boxes) + 1)
    y = MARGIN + spare
    for box in boxes:
        box.x, box.y = x, y // ROW * ROW + offset
        y += box.height + GAP + spare


def _line(picture: Picture, target: str) -> Iterator[str]:
    """Yield the line of a table: from its head along its track to every row that refers to it."""
    x, colour = picture.tracks[target], picture.colours[target]
    head = picture.boxes[target]
    ends = [(_edge(head, x), head.head_y)] + [
        (_edge(box, x), box.row_y(column))
        for box in picture.boxes.values()
        for column in box.keys
        if column.refers_to == target
    ]
    heights = [y for _, y in ends]
    path = f"M{x} {min(heights)}V{max(heights)}" + "".join(f"M{edge} {y}H{x}" for edge, y in ends)
    yield f'<path class="line" d="{path}" stroke="{colour}"/>'
    for edge, y in ends[1:]:
        yield f'<circle cx="{edge}" cy="{y}" r="3" fill="{colour}"/>'


def _edge(box: Box, track: int) -> int:
    """Return the side of a box that looks at a track."""
    return box.x if track < box.x else box.x + box.width


def _box(picture: Picture, box: Box) -> Iterator[str]:
    name = box.table.name
    colour = picture.colours.get(name, "#555")
    yield f'<rect class="box" x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}"/>'
    yield f'<rect x="{box.x}" y="{box.y}" width="{box.width}" height="{HEAD}" fill="{colour}"/>'
    yield _text(box.x + 8, box.head_y, name, "name")
    for column in box.keys:
        label = f"{column.name}{' (key)' if column.is_key else ''}"
        yield _text(box.x + 8, box.row_y(column), label)
    top = box.y + HEAD + ROW * len(box.keys) + ROW // 2
    for number, line in enumerate(box.rest):
        yield _text(box.x + 8, top + ROW * number, line, "rest")


def _text(x: int, middle_y: int, text: str, kind: str = "") -> str:
    marked = f' class="{kind}"' if kind else ""
    return f'<text x="{x}" y="{middle_y + 4}"{marked}>{escape(text)}</text>'
