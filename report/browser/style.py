"""Style sheets: the colours of the looks as variables, and the rules that use them."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from report.theme import FONTS

if TYPE_CHECKING:
    from report.theme import Look

__all__ = ["read_part", "variables", "visuals_style"]


def visuals_style(look: Look) -> str:
    """Return the rules for cards, tables and messages, in one look."""
    return f":root {{ {variables(look)} }}\n{read_part('visuals.css')}"


def variables(look: Look) -> str:
    """Return a look's colours and fonts as declarations."""
    return (
        f"--ink: {look.ink}; --quiet: {look.quiet}; --line: {look.line}; --paper: {look.paper};"
        f" --ground: {look.ground}; --accent: {look.data_colors[0]}; --fonts: {FONTS};"
        f" color-scheme: {look.name};"
    )


def read_part(name: str) -> str:
    """Return a file of this package."""
    return files("report.browser").joinpath(name).read_text(encoding="utf-8")
