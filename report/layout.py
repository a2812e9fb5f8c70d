"""Where things stand on a page: the visuals where they say, heading, slicers and button back above them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from report.definition import PAGE_WIDTH

if TYPE_CHECKING:
    from report.definition import Page, Place

__all__ = ["BACK", "GRID", "HEADING", "places"]

GRID = 8
MARGIN, TOP = 24, 16
SLICER_WIDTH, SLICER_HEIGHT, GAP = 192, 80, 16
HEADING_PLACE = (MARGIN, TOP, 568, 64)
BACK_PLACE = (MARGIN, TOP, 48, 48)
HEADING_BESIDE_BACK = (MARGIN + 64, TOP, 504, 64)

HEADING, BACK = "heading", "back"
"""Names of what every page has, and of what those have that others drill through to."""


def places(page: Page) -> dict[str, Place]:
    """Return the place of everything on a page by its name, in the order in which the keyboard visits them."""
    found: dict[str, Place] = {}
    if page.drill:
        found[BACK] = BACK_PLACE
    found[HEADING] = HEADING_BESIDE_BACK if page.drill else HEADING_PLACE
    first = PAGE_WIDTH - MARGIN - len(page.slicers) * (SLICER_WIDTH + GAP) + GAP
    for number, field in enumerate(page.slicers):
        found[field] = (first + number * (SLICER_WIDTH + GAP), TOP, SLICER_WIDTH, SLICER_HEIGHT)
    return found | {visual.name: visual.place for visual in page.visuals}
