"""Filters as PBIR writes them: of a visual, of a slicer, and of a page that others drill through to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from report.definition import split_field
from report.fields import Json, column, measure_of, quoted
from report.identity import short_id

if TYPE_CHECKING:
    from report.definition import Page, Report, Visual

__all__ = ["drill_through", "values_filter", "visual_filters"]

FILTER_CHARACTERS = 24


def filter_id(*parts: str) -> str:
    """Return the name of a filter, unique in the report."""
    return f"Filter{short_id('filter', *parts, characters=FILTER_CHARACTERS)}"


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


def visual_filters(report: Report, page: Page, visual: Visual) -> list[Json]:
    """Return the values that alone are shown, and how many of the biggest."""
    found = [
        {
            "name": filter_id(page.name, visual.name, field),
            "field": column(report, field),
            "type": "Categorical",
            "filter": values_filter(report, field, [quoted(value) for value in values]),
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
