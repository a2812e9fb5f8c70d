"""The semantic model as TMDL, the text form of Power BI's tables, relationships, measures and roles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from report.definition import CALENDAR, FORMATS
from report.formulas import dax_of
from report.identity import guid, short_id
from warehouse.reading import list_marts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from report.definition import Column, Measure, Report, Table

__all__ = ["Mode", "Model", "model_files", "quote_dax", "quote_name"]

Mode = Literal["directQuery", "import"]
Lines = list[str]

TYPES = {
    "whole": "int64",
    "decimal": "decimal",
    "date": "dateTime",
    "moment": "dateTime",
    "text": "string",
}
CATEGORIES = {"country": "Country"}
"""Columns that maps understand."""

COMPATIBILITY_LEVEL = 1601
CULTURE = "en-US"
PARAMETER = 'meta [IsParameterQuery=true, Type="Text", IsParameterQueryRequired=true]'
UNKNOWN_COUNTRY = "Unknown"


@dataclass(frozen=True, slots=True)
class Model:
    """What the model's text depends on."""

    report: Report
    server: str
    """Host and port."""
    database: str
    mode: Mode
    countries: Sequence[str]

    @property
    def roles(self) -> list[str]:
        """The countries with a role: known, of one line, and once, since Power BI compares without case."""
        known = {
            country.casefold(): country
            for country in reversed(self.countries)
            if country.isprintable() and country != UNKNOWN_COUNTRY
        }
        return sorted(known.values())


def model_files(model: Model) -> dict[str, str]:
    """Return the files of the model's definition, by their paths in it."""
    report = model.report
    return {
        "database.tmdl": _text(["database", f"\tcompatibilityLevel: {COMPATIBILITY_LEVEL}"]),
        "model.tmdl": _text(_model(report, model.roles)),
        "expressions.tmdl": _text(
            [
                *_parameter("Server", "Host and port of the warehouse.", model.server),
                "",
                *_parameter("Database", "The database of the marts.", model.database),
            ]
        ),
        "relationships.tmdl": _text(_relationships(model.report)),
        f"cultures/{CULTURE}.tmdl": _text([f"cultureInfo {CULTURE}"]),
        **{
            f"tables/{table.caption}.tmdl": _text(_table(model, table))
            for table in report.tables.values()
        },
        **{f"roles/{_file_name(role)}.tmdl": _text(_role(report, role)) for role in model.roles},
    }


def quote_name(name: str) -> str:
    """Return a name as TMDL writes it: in quotes unless it is one plain word."""
    return (
        name
        if re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII)
        else f"'{name.replace(chr(39), 2 * chr(39))}'"
    )


def quote_dax(text: str) -> str:
    """Return a text as DAX, and M, write it."""
    return f'"{text.replace(chr(34), 2 * chr(34))}"'


def _text(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"


def _indented(lines: Iterable[str], by: int = 1) -> Lines:
    return ["\t" * by + line if line else line for line in lines]


def _file_name(name: str) -> str:
    """Return a name that any file system takes."""
    plain = re.sub(r"[^A-Za-z0-9 _-]", "_", name).strip()
    return plain if plain == name else f"{plain} {short_id('file', name, characters=8)}"


def _model(report: Report, roles: Sequence[str]) -> Lines:
    order = ["Server", "Database", *(table.caption for table in report.tables.values())]
    listed = ",".join(quote_dax(name) for name in order)
    return [
        "model Model",
        f"\tculture: {CULTURE}",
        "\tdefaultPowerBIDataSourceVersion: powerBI_V3",
        "\tdiscourageImplicitMeasures",
        f"\tsourceQueryCulture: {CULTURE}",
        "\tdataAccessOptions",
        "\t\tlegacyRedirects",
        "\t\treturnErrorValuesAsNull",
        "",
        "annotation __PBI_TimeIntelligenceEnabled = 0",
        "",
        f"annotation PBI_QueryOrder = [{listed}]",
        "",
        *(f"ref table {quote_name(table.caption)}" for table in report.tables.values()),
        "",
        *(f"ref role {quote_name(role)}" for role in roles),
        *([""] if roles else []),
        f"ref cultureInfo {CULTURE}",
    ]


def _parameter(name: str, told: str, value: str) -> Lines:
    return [
        f"/// {told}",
        f"expression {name} = {quote_dax(value)} {PARAMETER}",
        f"\tlineageTag: {guid('parameter', name)}",
        "",
        "\tannotation PBI_ResultType = Text",
    ]


def _relationships(report: Report) -> Lines:
    """Return which key joins which dimension.

    Not by `relyOnReferentialIntegrity`, though every key is in its dimension: of inner joins MySQL may begin with the
    dimension, and look up a row of the fact for each member and day.
    """
    by_key = {table.key: table for table in report.tables.values() if table.key}
    lines: Lines = []
    for table in report.tables.values():
        for key in table.keys:
            dimension = by_key[key]
            lines += [
                f"relationship {guid('relationship', table.mart, key)}",
                f"\tfromColumn: {quote_name(table.caption)}.{key}",
                f"\ttoColumn: {quote_name(dimension.caption)}.{key}",
                "",
            ]
    return lines[:-1]


def _role(report: Report, country: str) -> Lines:
    """Return the role of those who see one country; tables that know no country stay whole."""
    limited = [
        table
        for table in report.tables.values()
        if table.key and any(column.name == "country" for column in table.columns)
    ]
    permissions = [
        f"\ttablePermission {quote_name(table.caption)} ="
        f" '{table.caption}'[{table.column('country').caption}] == {quote_dax(country)}"
        for table in limited
    ]
    told = f"/// Sees {country} where a table knows countries, and the totals of the service where it does not."
    return [
        told,
        f"role {quote_name(country)}",
        "\tmodelPermission: read",
        "",
        *"\n\n".join(permissions).split("\n"),
    ]


def _table(model: Model, table: Table) -> Lines:
    report, name = model.report, quote_name(table.caption)
    grain = next(mart.grain for mart in list_marts() if mart.name == table.mart)
    measures = [measure for measure in report.measures.values() if measure.mart == table.mart]
    return [
        f"/// {grain[0].upper()}{grain[1:]}.",
        f"table {name}",
        f"\tlineageTag: {guid('table', table.mart)}",
        *(["\tdataCategory: Time"] if table.mart == CALENDAR else []),
        *(line for measure in measures for line in ["", *_indented(_measure(report, measure))]),
        *(line for column in table.columns for line in ["", *_indented(_column(table, column))]),
        *_indented(_hierarchy(table)),
        "",
        f"\tpartition {name} = m",
        f"\t\tmode: {model.mode}",
        "\t\tsource =",
        *_indented(_source(model, table), 4),
        "",
        "\tannotation PBI_ResultType = Table",
    ]


def _measure(report: Report, measure: Measure) -> Lines:
    formula, name = dax_of(report, measure).split("\n"), quote_name(measure.name)
    opening = [f"measure {name} = {formula[0]}"]
    if len(formula) > 1:
        opening = [f"measure {name} = ```", *_indented(formula, 2), "\t\t```"]
    return [
        f"/// {measure.description}",
        *opening,
        f"\tformatString: {FORMATS[measure.format]}",
        f"\tdisplayFolder: {measure.folder}",
        f"\tlineageTag: {guid('measure', measure.name)}",
    ]


def _column(table: Table, column: Column) -> Lines:
    is_key = column.name == (table.dates or table.key)
    return [
        f"column {quote_name(column.caption)}",
        f"\tdataType: {TYPES[column.kind]}",
        *([] if column.is_shown else ["\tisHidden"]),
        *(["\tisKey"] if is_key else []),
        *([f"\tformatString: {column.format}"] if column.format else []),
        f"\tlineageTag: {guid('column', table.mart, column.name)}",
        "\tsummarizeBy: none",
        f"\tsourceColumn: {column.name}",
        *(
            [f"\tsortByColumn: {quote_name(table.column(column.sort).caption)}"]
            if column.sort
            else []
        ),
        *([f"\tdataCategory: {CATEGORIES[column.name]}"] if column.name in CATEGORIES else []),
        "",
        "\tannotation SummarizationSetBy = User",
    ]


def _hierarchy(table: Table) -> Iterator[str]:
    if not table.levels:
        return
    yield from ("", "hierarchy Period", f"\tlineageTag: {guid('hierarchy', table.mart)}")
    for level in table.levels:
        caption = quote_name(table.column(level).caption)
        tag = guid("level", table.mart, level)
        yield from ("", f"\tlevel {caption}", f"\t\tlineageTag: {tag}", f"\t\tcolumn: {caption}")


def _source(model: Model, table: Table) -> Lines:
    """Return the M of a table: one view and no further steps, since each would become part of every query."""
    view = quote_dax(table.mart)
    if model.mode == "directQuery":
        source = "MariaDB.Contents(Server, Database)"
        key = f'[Name={view}, Kind="View"]'
    else:
        source = "MySQL.Database(Server, Database, [ReturnSingleDatabase=true])"
        key = f"[Schema=Database, Item={view}]"
    return ["let", f"\tSource = {source},", f"\tView = Source{{{key}}}[Data]", "in", "\tView"]
