"""The report as PBIR, the JSON form of Power BI's pages and visuals."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from report.definition import PAGE_HEIGHT, PAGE_WIDTH, PERIOD, split_field
from report.identity import short_id
from report.layout import BACK, HEADING, places
from report.theme import DATA_COLORS, THEME_NAME, theme

if TYPE_CHECKING:
    from datetime import date

    from report.definition import Page, Place, Report, Visual

__all__ = ["SCHEMAS", "report_files"]

Json = dict[str, Any]

SCHEMAS = "https://developer.microsoft.com/json-schemas/fabric"
DEFINITION = f"{SCHEMAS}/item/report/definition"
BASE_THEME = "svp-base"
THEME_VERSION = {"visual": "2.2.0", "report": "3.0.0", "page": "2.0.0"}
"""Of the schemas that are pinned."""

FILTER_CHARACTERS = 24
TYPES = {
    "cards": "cardVisual",
    "line": "lineChart",
    "bar": "clusteredBarChart",
    "column": "columnChart",
    "matrix": "pivotTable",
    "table": "tableEx",
}
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


def page_id(page: Page) -> str:
    """Return the name of a page's folder."""
    return short_id("page", page.name)


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


def drill_through(report: Report, page: Page) -> Json:
    """Return what makes a page one that others drill through to."""
    names = {field: filter_id(page.name, field) for field in page.drill}
    return {
        "visibility": "HiddenInViewMode",
        "filterConfig": {
            "filters": [
                {
                    "name": name,
                    "field": column(report, field),
                    "type": "Categorical",
                    "howCreated": "Drillthrough",
                }
                for field, name in names.items()
            ]
        },
        "pageBinding": {
            "name": short_id("binding", page.name),
            "type": "Drillthrough",
            "parameters": [
                {
                    "name": f"Param_{name}",
                    "boundFilter": name,
                    "fieldExpr": column(report, field),
                }
                for field, name in names.items()
            ],
        },
    }


def visuals(report: Report, page: Page, last_month: date | None) -> list[Json]:
    """Return everything on a page, in the order of the keyboard."""
    bodies: dict[str, Json] = {HEADING: heading(page)}
    if page.drill:
        bodies[BACK] = back_button()
    for field in page.slicers:
        bodies[field] = slicer(report, field, last_month if field == PERIOD else None)
    for visual in page.visuals:
        bodies[visual.name] = chart(report, page, visual)
    filters = {visual.name: visual_filters(report, page, visual) for visual in page.visuals}
    return [
        container(
            visual_id(page, name),
            place,
            1000 * number,
            body=bodies[name],
            filters=filters.get(name, []),
        )
        for number, (name, place) in enumerate(places(page).items(), start=1)
    ]


def visual_id(page: Page, name: str) -> str:
    """Return the name of a visual's folder."""
    return short_id("visual", page.name, name)


def filter_id(*parts: str) -> str:
    """Return the name of a filter, unique in the report."""
    return f"Filter{short_id('filter', *parts, characters=FILTER_CHARACTERS)}"


def container(name: str, place: Place, order: int, *, body: Json, filters: list[Json]) -> Json:
    """Return a visual with its place; later ones lie above earlier ones."""
    left, top, width, height = place
    found: Json = {
        "$schema": f"{DEFINITION}/visualContainer/2.2.0/schema.json",
        "name": name,
        "position": {
            "x": left,
            "y": top,
            "z": order,
            "height": height,
            "width": width,
            "tabOrder": order,
        },
        "visual": {**body, "drillFilterOtherVisuals": True},
    }
    return {**found, **({"filterConfig": {"filters": filters}} if filters else {})}


def heading(page: Page) -> Json:
    """Return the question that the page answers."""
    run = {"value": page.heading, "textStyle": {"fontSize": "16pt", "fontWeight": "bold"}}
    return {
        "visualType": "textbox",
        "objects": {"general": [{"properties": {"paragraphs": [{"textRuns": [run]}]}}]},
        "visualContainerObjects": {"general": [{"properties": {"altText": text(page.heading)}}]},
    }


def back_button() -> Json:
    """Return the button that leads back to where somebody came from."""
    icon = {"properties": {"shapeType": text("back")}, "selector": {"id": "default"}}
    link = {"properties": {"show": literal("true"), "type": text("Back")}}
    return {
        "visualType": "actionButton",
        "objects": {"icon": [icon]},
        "visualContainerObjects": {
            "visualLink": [link],
            "general": [{"properties": {"altText": text("Back to the page before")}}],
        },
    }


def slicer(report: Report, field: str, chosen: date | None) -> Json:
    """Return a list to choose from; a choice holds on every page that has the same."""
    caption = report.column(field).caption
    objects: Json = {
        "data": [{"properties": {"mode": text("Dropdown")}}],
        "header": [{"properties": {"show": literal("false")}}],
    }
    if chosen:
        among = values_filter(report, field, [f"datetime'{chosen:%Y-%m-%d}T00:00:00'"])
        objects["general"] = [{"properties": {"filter": {"filter": among}}}]
    return {
        "visualType": "slicer",
        "query": {
            "queryState": {"Values": {"projections": [projection(report, field, is_active=True)]}}
        },
        "objects": objects,
        "visualContainerObjects": titles(caption, alt=f"Choose by {caption.lower()}"),
        "syncGroup": {"groupName": caption, "fieldChanges": True, "filterChanges": True},
    }


def chart(report: Report, page: Page, visual: Visual) -> Json:
    """Return a visual that counts."""
    apart = [
        report.column(field).caption for field in page.slicers if not report.acts_on(field, visual)
    ]
    subtitle = f"Not limited by {' and '.join(apart).lower()}" if apart else ""
    objects = formatting(report, visual)
    return {
        "visualType": TYPES[visual.kind],
        "query": {"queryState": roles(report, visual), **sorting(report, visual)},
        **({"objects": objects} if objects else {}),
        "visualContainerObjects": titles(visual.title, alt=visual.alt, subtitle=subtitle),
    }


def roles(report: Report, visual: Visual) -> Json:
    """Return the fields of a visual by what they do in it."""
    measures = [measured(report, name) for name in visual.measures]
    axis = [
        projection(report, field, is_active=visual.kind in {"line", "bar", "column"})
        for field in visual.axis
    ]
    series = [projection(report, field) for field in visual.series]
    by_kind = {
        "cards": {"Data": measures},
        "matrix": {"Rows": axis, "Columns": series, "Values": measures},
        "table": {"Values": axis + measures},
    }
    found = by_kind.get(visual.kind, {"Category": axis, "Series": series, "Y": measures})
    return {role: {"projections": fields} for role, fields in found.items() if fields}


def sorting(report: Report, visual: Visual) -> Json:
    """Return the order of a visual: the biggest first, or by the axis."""
    if visual.kind in {"cards", "matrix"}:
        return {}
    is_by_axis = visual.sort == "axis" or visual.kind in {"line", "column"}
    order = (
        {"field": column(report, visual.axis[0]), "direction": "Ascending"}
        if is_by_axis
        else {"field": measure_of(report, visual.measures[0]), "direction": "Descending"}
    )
    return {"sortDefinition": {"sort": [order], "isDefaultSort": False}}


def formatting(report: Report, visual: Visual) -> Json:
    """Return how a visual differs from the theme."""
    if visual.kind == "line":
        earlier = [name for name in visual.measures if report.measures[name].base]
        dashed = [
            {
                "properties": {"lineStyle": text("dashed")},
                "selector": {"metadata": query_name(report, name)},
            }
            for name in earlier
        ]
        return {"lineStyles": dashed} if dashed else {}
    # What may not be added up has no totals.
    if not any(report.measures[name].by for name in visual.measures):
        return {}
    off = literal("false")
    if visual.kind == "matrix":
        return {"subTotals": [{"properties": {"rowSubtotals": off, "columnSubtotals": off}}]}
    return {"total": [{"properties": {"totals": off}}]} if visual.kind == "table" else {}


def visual_filters(report: Report, page: Page, visual: Visual) -> list[Json]:
    """Return the values that alone are shown, and how many of the biggest."""
    found = [
        {
            "name": filter_id(page.name, visual.name, field),
            "field": column(report, field),
            "type": "Categorical",
            "filter": values_filter(report, field, [f"'{value}'" for value in values]),
        }
        for field, values in (visual.only or {}).items()
    ]
    if visual.top:
        field = visual.axis[-1]
        found.append(
            {
                "name": filter_id(page.name, visual.name, "top"),
                "field": column(report, field),
                "type": "TopN",
                "filter": top_filter(report, field, visual.measures[0], visual.top),
            }
        )
    return found


def values_filter(report: Report, field: str, values: list[str]) -> Json:
    """Return the filter of a field to some literals."""
    entity = report.tables[split_field(field)[0]].caption
    return {
        "Version": 2,
        "From": [{"Name": "t", "Entity": entity, "Type": 0}],
        "Where": [
            {
                "Condition": {
                    "In": {
                        "Expressions": [column(report, field, source="t")],
                        "Values": [[{"Literal": {"Value": value}}] for value in values],
                    }
                }
            }
        ],
    }


def top_filter(report: Report, field: str, measure: str, count: int) -> Json:
    """Return the filter of a field to its values that are biggest by a measure."""
    tables = {split_field(field)[0]: "t"}
    tables.setdefault(report.measures[measure].mart, "m")
    sources = {
        mart: {"Name": name, "Entity": report.tables[mart].caption, "Type": 0}
        for mart, name in tables.items()
    }
    within = {
        "Version": 2,
        "From": list(sources.values()),
        "Select": [{**column(report, field, source="t"), "Name": "field"}],
        "OrderBy": [
            {
                "Direction": 2,
                "Expression": measure_of(
                    report, measure, source=tables[report.measures[measure].mart]
                ),
            }
        ],
        "Top": count,
    }
    return {
        "Version": 2,
        "From": [
            {"Name": "subquery", "Expression": {"Subquery": {"Query": within}}, "Type": 2},
            sources[split_field(field)[0]],
        ],
        "Where": [
            {
                "Condition": {
                    "In": {
                        "Expressions": [column(report, field, source="t")],
                        "Table": {"SourceRef": {"Source": "subquery"}},
                    }
                }
            }
        ],
    }


def titles(title: str, *, alt: str, subtitle: str = "") -> Json:
    """Return what is written above a visual, and read aloud in its place."""
    shown = {"show": literal("true"), "text": text(title)}
    below = {"show": literal("true"), "text": text(subtitle)}
    return {
        "title": [{"properties": shown}],
        **({"subTitle": [{"properties": below}]} if subtitle else {}),
        "general": [{"properties": {"altText": text(alt)}}],
    }


def projection(report: Report, field: str, *, is_active: bool = False) -> Json:
    """Return a column as a visual takes it."""
    table, caption = report.tables[split_field(field)[0]], report.column(field).caption
    found: Json = {
        "field": column(report, field),
        "queryRef": f"{table.caption}.{caption}",
        "nativeQueryRef": caption,
    }
    return {**found, **({"active": True} if is_active else {})}


def measured(report: Report, name: str) -> Json:
    """Return a measure as a visual takes it."""
    return {
        "field": measure_of(report, name),
        "queryRef": query_name(report, name),
        "nativeQueryRef": name,
    }


def query_name(report: Report, name: str) -> str:
    """Return what a visual's queries call a measure."""
    return f"{report.tables[report.measures[name].mart].caption}.{name}"


def column(report: Report, field: str, *, source: str = "") -> Json:
    """Return a column, of the model or of a source within a filter."""
    table = report.tables[split_field(field)[0]]
    return {"Column": reference(table.caption, report.column(field).caption, source)}


def measure_of(report: Report, name: str, *, source: str = "") -> Json:
    """Return a measure, of the model or of a source within a filter."""
    table = report.tables[report.measures[name].mart]
    return {"Measure": reference(table.caption, name, source)}


def reference(entity: str, name: str, source: str) -> Json:
    """Return what a column or a measure is found by."""
    found = {"Source": source} if source else {"Entity": entity}
    return {"Expression": {"SourceRef": found}, "Property": name}


def text(value: str) -> Json:
    """Return a text as a literal."""
    return literal(f"'{value.replace(chr(39), 2 * chr(39))}'")


def literal(value: str) -> Json:
    """Return a literal as objects take it."""
    return {"expr": {"Literal": {"Value": value}}}
