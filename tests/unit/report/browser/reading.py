"""Reads HTML that is XML too, as ours is."""

from __future__ import annotations

from xml.etree import ElementTree

__all__ = ["parsed", "words"]


def parsed(html: str) -> ElementTree.Element:
    """Return a fragment of HTML as a tree."""
    return ElementTree.fromstring(f"<div>{html}</div>")  # noqa: S314  (our own)


def words(page: ElementTree.Element, kind: str) -> list[str]:
    """Return the text of the elements of a class."""
    return ["".join(each.itertext()) for each in page.iter() if each.get("class") == kind]
