"""How the report looks: colours whose lightness differs, so that they read in grey too."""

from __future__ import annotations

__all__ = ["DATA_COLORS", "THEME_NAME", "theme"]

THEME_NAME = "svp.json"
"""Also the name inside: Power BI wants both alike."""

DATA_COLORS = (
    "#0B3C5D",
    "#F2A65A",
    "#3F7CAC",
    "#F7D9A8",
    "#8A3A48",
    "#9CC5A1",
    "#5A5A5A",
    "#C9A7C7",
)
"""Dark and light by turns: series that stand together are told apart without colour."""

INK, PAPER, QUIET, LINE = "#1F2933", "#FFFFFF", "#52606D", "#CBD2D9"


def theme() -> dict[str, object]:
    """Return the theme, as Power BI's theme files hold it."""
    words = {"fontFace": "Segoe UI", "color": INK}
    return {
        "name": THEME_NAME,
        "dataColors": list(DATA_COLORS),
        "foreground": INK,
        "foregroundNeutralSecondary": QUIET,
        "background": PAPER,
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
                    "border": [{"show": True, "color": {"solid": {"color": LINE}}, "radius": 4}],
                    "subTitle": [{"fontColor": {"solid": {"color": QUIET}}, "fontSize": 8}],
                }
            }
        },
    }
