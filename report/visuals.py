"""Visuals as PBIR writes them, with their fields, order, words and places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from report.definition import PERIOD
from report.fields import (
    DEFINITION,
    Json,
    column,
    literal,
    measure_of,
    measured,
    projection,
    query_name,
    text,
)
from report.filters import values_filter, visual_filters
from report.identity import short_id
from report.layout import BACK, HEADING, places

if TYPE_CHECKING:
    from datetime import date

    from report.definition import Page, Place, Report, Visual

__all__ = ["visual_id", "visuals"]

TYPES = {
    "cards": "cardVisual",
    "line": "lineChart",
    "bar": "clusteredBarChart",
    "column": "columnChart",
    "matrix": "pivotTable",
    "table": "tableEx",
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
    subtitle = report.limits_told(page.slicers, visual)
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
    found = by_kind.get(visual.kind, {"Category": axis, "Y": measures})
    return {role: {"projections": fields} for role, fields in found.items() if fields}


def sorting(report: Report, visual: Visual) -> Json:
    """Return the order of a visual: the biggest first, or by the axis."""
    if visual.kind == "cards" or (visual.kind == "matrix" and not visual.sort):
        return {}
    direction = "Descending" if visual.sort == "newest" else "Ascending"
    order = (
        {"field": column(report, visual.axis[0]), "direction": direction}
        if visual.is_by_axis
        else {"field": measure_of(report, visual.measures[0]), "direction": "Descending"}
    )
    return {"sortDefinition": {"sort": [order], "isDefaultSort": False}}


def formatting(report: Report, visual: Visual) -> Json:
    """Return how a visual differs from the theme: what was before is dashed, cards stand in one row."""
    if visual.kind == "cards":
        count = literal(f"{len(visual.measures)}L")
        return {"layout": [{"properties": {"columnCount": count, "maxTiles": count}}]}
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


def titles(title: str, *, alt: str, subtitle: str = "") -> Json:
    """Return what is written above a visual, and read aloud in its place."""
    shown = {"show": literal("true"), "text": text(title)}
    below = {"show": literal("true"), "text": text(subtitle)}
    return {
        "title": [{"properties": shown}],
        **({"subTitle": [{"properties": below}]} if subtitle else {}),
        "general": [{"properties": {"altText": text(alt)}}],
    }
