"""How the report looks: colours whose lightness differs, so that they read in grey too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["DARK", "DATA_COLORS", "FONTS", "LIGHT", "LOOKS", "THEME_NAME", "Look", "theme"]

THEME_NAME = "svp.json"
"""Also the name inside: Power BI wants both alike."""

FONTS = '"Segoe UI", -apple-system, Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif'
"""Power BI's own, and what other systems have in its place."""


@dataclass(frozen=True, slots=True)
class Look:
    """Colours of a whole page."""

    name: Literal["light", "dark"]
    ink: str
    """Of words and numbers."""
    quiet: str
    """Of words that explain."""
    line: str
    paper: str
    """Behind a visual."""
    ground: str
    """Behind the page."""
    data_colors: tuple[str, ...]
    """Dark and light by turns: series that stand together are told apart without colour."""


LIGHT = Look(
    "light",
    ink="#1F2933",
    quiet="#52606D",
    line="#CBD2D9",
    paper="#FFFFFF",
    ground="#F3F5F8",
    data_colors=(
        "#0B3C5D",
        "#F2A65A",
        "#3F7CAC",
        "#F7D9A8",
        "#8A3A48",
        "#9CC5A1",
        "#5A5A5A",
        "#C9A7C7",
    ),
)
"""The look of Power BI's pages, too."""
DARK = Look(
    "dark",
    ink="#E6EBF1",
    quiet="#A6B1BE",
    line="#3A4653",
    paper="#1B2129",
    ground="#11161C",
    data_colors=(
        "#8CC7F2",
        "#C7702B",
        "#FFE9C2",
        "#B0525F",
        "#A9A5DE",
        "#3F8055",
        "#D9B3D7",
        "#7E8791",
    ),
)
LOOKS = (LIGHT, DARK)
DATA_COLORS = LIGHT.data_colors


def theme() -> dict[str, object]:
    """Return the theme, as Power BI's theme files hold it."""
    words = {"fontFace": "Segoe UI", "color": LIGHT.ink}
    return {
        "name": THEME_NAME,
        "dataColors": list(DATA_COLORS),
        "foreground": LIGHT.ink,
        "foregroundNeutralSecondary": LIGHT.quiet,
        "background": LIGHT.paper,
        "tableAccent": DATA_COLORS[0],
        "good": DATA_COLORS[0],
        "neutral": DATA_COLORS[3],
        "bad": DATA_COLORS[4],
        "minimum": DATA_COLORS[3],
        "center": DATA_COLORS[1],
        "maximum": DATA_COLORS[0],
        "textClasses": {
            "callout": {**words, "fontSize": 20},
            "title": {**words, "fontSize": 11},
            "header": {**words, "fontSize": 10},
            "label": {**words, "fontSize": 9},
        },
        "visualStyles": {
            "*": {
                "*": {
                    "border": [
                        {"show": True, "color": {"solid": {"color": LIGHT.line}}, "radius": 4}
                    ],
                    "subTitle": [{"fontColor": {"solid": {"color": LIGHT.quiet}}, "fontSize": 8}],
                }
            }
        },
    }
