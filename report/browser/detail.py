"""Whom or what a page is about that others lead to: what somebody chose, or else what its own table begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from report.browser.reader import Answer
    from report.definition import Page, Visual
    from report.queries import Choice

__all__ = ["Asked", "firsts", "lists"]


class Asked(Protocol):
    """What answers visuals: a reader of the marts."""

    def answer(self, visual: Visual, choice: Choice) -> Answer:
        """Ask what a visual shows under a choice."""


def firsts(page: Page, reader: Asked, choice: Choice) -> Choice:
    """Return the first customer and title where the page is about one and nobody chose; none without rows."""
    found: Choice = {}
    for field in page.drill:
        visual = next(each for each in page.visuals if lists(each, field))
        rows = () if field in choice else reader.answer(visual, choice).rows
        if rows:
            found[field] = (rows[0][len(visual.axis) - 1],)
    return found


def lists(visual: Visual, field: str) -> bool:
    """Tell whether a visual is the table in which a customer or title can be chosen."""
    return visual.axis[-1:] == (field,)
