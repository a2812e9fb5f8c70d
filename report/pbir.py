"""The report as PBIR, the JSON form of Power BI's pages and visuals."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from report.definition import PAGE_HEIGHT, PAGE_WIDTH
from report.fields import DEFINITION, Json
from report.filters import drill_through
from report.identity import short_id
from report.theme import DATA_COLORS, THEME_NAME, theme
from report.visuals import visual_id, visuals

if TYPE_CHECKING:
    from datetime import date

    from report.definition import Page, Report

__all__ = ["as_text", "report_files"]

BASE_THEME = "svp-base"
THEME_VERSION = {"visual": "2.2.0", "report": "3.0.0", "page": "2.0.0"}
"""Of the schemas that are pinned."""

SLOW_SOURCE = {
    "isCrossHighlightingDisabled": False,
    "isSlicerSelectionsButtonEnabled": True,
    "isFilterSelectionsButtonEnabled": True,
    "isFieldWellButtonEnabled": False,
    "isApplyAllButtonEnabled": False,
}
"""Slicers wait for their button: each choice would ask anew for every visual of the page."""


def report_files(report: Report, last_month: date | None) -> dict[str, str]:
    """Return the files of the report, by their paths in it; it opens with a month where there is one."""
    pages = {page_id(page): page for page in report.pages}
    found: dict[str, Json] = {
        "definition/version.json": {
            "$schema": f"{DEFINITION}/versionMetadata/1.0.0/schema.json",
            "version": "2.0.0",
        },
        "definition/report.json": settings(),
        "definition/pages/pages.json": {
            "$schema": f"{DEFINITION}/pagesMetadata/1.0.0/schema.json",
            "pageOrder": list(pages),
            "activePageName": next(iter(pages)),
        },
        f"StaticResources/SharedResources/BaseThemes/{BASE_THEME}.json": {
            "name": BASE_THEME,
            "dataColors": list(DATA_COLORS),
        },
        f"StaticResources/RegisteredResources/{THEME_NAME}": theme(),
    }
    for name, page in pages.items():
        found[f"definition/pages/{name}/page.json"] = page_settings(report, page)
        for visual in visuals(report, page, last_month):
            found[f"definition/pages/{name}/visuals/{visual['name']}/visual.json"] = visual
    return {path: as_text(content) for path, content in found.items()}


def as_text(content: Json) -> str:
    """Return JSON as files hold it."""
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def settings() -> Json:
    """Return what holds for the whole report."""
    return {
        "$schema": f"{DEFINITION}/report/3.0.0/schema.json",
        "themeCollection": {
            "baseTheme": {
                "name": BASE_THEME,
                "reportVersionAtImport": THEME_VERSION,
                "type": "SharedResources",
            },
            "customTheme": {
                "name": THEME_NAME,
                "reportVersionAtImport": THEME_VERSION,
                "type": "RegisteredResources",
            },
        },
        "resourcePackages": [
            package("SharedResources", BASE_THEME, f"BaseThemes/{BASE_THEME}.json", "BaseTheme"),
            package("RegisteredResources", THEME_NAME, THEME_NAME, "CustomTheme"),
        ],
        "settings": {
            "useStylableVisualContainerHeader": True,
            "exportDataMode": "AllowSummarized",
            "defaultDrillFilterOtherVisuals": True,
            "allowChangeFilterTypes": True,
            "useEnhancedTooltips": True,
            "useDefaultAggregateDisplayName": True,
        },
        "slowDataSourceSettings": SLOW_SOURCE,
    }


def package(kind: str, name: str, path: str, item_type: str) -> Json:
    """Return a package of one resource."""
    return {"name": kind, "type": kind, "items": [{"name": name, "path": path, "type": item_type}]}


def page_settings(report: Report, page: Page) -> Json:
    """Return a page without its visuals."""
    found: Json = {
        "$schema": f"{DEFINITION}/page/2.0.0/schema.json",
        "name": page_id(page),
        "displayName": page.name,
        "displayOption": "FitToPage",
        "height": PAGE_HEIGHT,
        "width": PAGE_WIDTH,
    }
    if page.drill:
        found |= drill_through(report, page)
    apart = [
        {
            "source": visual_id(page, slicer),
            "target": visual_id(page, visual.name),
            "type": "NoFilter",
        }
        for visual in page.visuals
        for slicer in visual.unfiltered
    ]
    return {**found, **({"visualInteractions": apart} if apart else {})}


def page_id(page: Page) -> str:
    """Return the name of a page's folder."""
    return short_id("page", page.name)
