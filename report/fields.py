"""Columns, measures and literals, as PBIR writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from report.definition import split_field

if TYPE_CHECKING:
    from report.definition import Report

__all__ = [
    "DEFINITION",
    "SCHEMAS",
    "Json",
    "column",
    "literal",
    "measure_of",
    "measured",
    "projection",
    "query_name",
    "quoted",
    "text",
]

Json = dict[str, Any]

SCHEMAS = "https://developer.microsoft.com/json-schemas/fabric"
DEFINITION = f"{SCHEMAS}/item/report/definition"


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
    """Return a text as objects take it."""
    return literal(quoted(value))


def quoted(value: str) -> str:
    """Return a text as a literal has it."""
    return f"'{value.replace(chr(39), 2 * chr(39))}'"


def literal(value: str) -> Json:
    """Return a literal as objects take it."""
    return {"expr": {"Literal": {"Value": value}}}
