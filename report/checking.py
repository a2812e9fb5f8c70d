"""What must hold of the definition: against itself, the dictionary of the marts, and the marts of a server."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

from report.dax import DaxError, read_dax
from report.definition import PAGE_HEIGHT, PAGE_WIDTH
from report.formulas import dax_of
from report.layout import GRID, places
from warehouse.metrics import Metric, defined_columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from report.definition import Measure, Page, Report, Visual

__all__ = ["MAX_VISUALS", "misfits", "problems"]

MAX_VISUALS = 12
"""Of a page, heading, slicers and button included: each asks at least once."""

KINDS = {
    "int": "whole",
    "smallint": "whole",
    "decimal": "decimal",
    "date": "date",
    "datetime": "moment",
    "varchar": "text",
}
"""What a type of MySQL is in the model; the connector carries no others."""

TITLE_CHARACTER_WIDTH = 6.5
"""Pixels of a title's letters in the theme's size, on average."""

MONTH_COLUMNS = ("month_start", "cohort_month")
"""A mart with one of these has one day of each month."""


def problems(report: Report) -> list[str]:
    """Return what is wrong with the definition: a defect of ours."""
    checks = (_columns, _names, _measures, _sums, _pages)
    return [problem for check in checks for problem in check(report)]


def misfits(report: Report, columns: Mapping[tuple[str, str], str]) -> list[str]:
    """Return the columns that marts lack, or have with another type.

    ``columns`` are types by mart and column, as information_schema tells them.
    """
    wanted = {
        (table.mart, column.name): column.kind
        for table in report.tables.values()
        for column in table.columns
    }
    return [
        f"{mart}.{name}"
        for (mart, name), kind in wanted.items()
        if KINDS.get(columns.get((mart, name), "")) != kind
    ]


def _columns(report: Report) -> Iterator[str]:
    known = {name for name, _ in defined_columns()}
    dimensions = {table.key for table in report.tables.values() if table.key}
    for table in report.tables.values():
        names = {column.name for column in table.columns}
        for column in table.columns:
            if f"{table.mart}.{column.name}" not in known:
                yield f"{table.mart}.{column.name} is not in the dictionary"
            if column.sort and column.sort not in names:
                yield f"{table.mart}.{column.name} takes the order of {column.sort}, which is not there"
        for key in table.keys:
            if key not in dimensions:
                yield f"{table.mart}.{key} leads to no dimension"


def _names(report: Report) -> Iterator[str]:
    taken = Counter(name.casefold() for name in report.measures)
    yield from (f"measure {name} is there twice" for name, count in taken.items() if count > 1)
    for table in report.tables.values():
        counts = Counter(column.caption.casefold() for column in table.columns)
        counts.update(
            measure.name.casefold()
            for measure in report.measures.values()
            if measure.mart == table.mart
        )
        yield from (f"{table.mart} has {name} twice" for name, count in counts.items() if count > 1)


def _measures(report: Report) -> Iterator[str]:
    for measure in report.measures.values():
        try:
            yield from (f"{measure.name}: {problem}" for problem in _formula(report, measure))
        except DaxError as error:
            yield f"{measure.name}: {error}"
        if measure.before == "month" and not _is_monthly(measure.mart):
            yield f"{measure.name} has a month before, but {measure.mart} has days"


def _formula(report: Report, measure: Measure) -> Iterator[str]:
    """Say what a formula refers to in vain, and where DAX and SQL read different columns."""
    captions = {
        (table.caption, column.caption): column.name
        for table in report.tables.values()
        for column in table.columns
    }
    found = read_dax(dax_of(report, measure))
    tables = {table.caption for table in report.tables.values()}
    yield from (f"there is no table {name}" for name in found.tables - tables)
    yield from (f"there is no column {name}" for name in found.columns - captions.keys())
    yield from (f"there is no measure {name}" for name in found.measures - report.measures.keys())
    read = {captions.get(name) for name in read_dax(measure.dax).columns}
    if read != set(_sql_columns(measure)):
        yield "its DAX and its SQL read different columns"


def _sql_columns(measure: Measure) -> list[str]:
    return re.findall(r"`(\w+)`", measure.sql)


def _is_monthly(mart: str) -> bool:
    known = {name for name, _ in defined_columns()}
    return any(f"{mart}.{column}" in known for column in MONTH_COLUMNS)


def _sums(report: Report) -> Iterator[str]:
    """Say what is added up that the dictionary forbids to add."""
    metrics = {name: entry for name, entry in defined_columns() if isinstance(entry, Metric)}
    for measure in report.measures.values():
        for column in re.findall(r"sum\(`(\w+)`\)", measure.sql):
            metric = metrics.get(f"{measure.mart}.{column}")
            if metric is None or not _may_sum(report, measure, metric.sums):
                yield f"{measure.name} sums {measure.mart}.{column}"


def _may_sum(report: Report, measure: Measure, sums: str) -> bool:
    """Tell whether a measure keeps apart what may not be added up."""
    keys = report.tables[measure.mart].keys
    if sums == "days":
        return keys == ("date_key",) or bool(measure.by)
    if sums == "customers":
        return not keys or measure.at == "last" or bool(measure.by)
    return sums == "days and customers"


def _pages(report: Report) -> Iterator[str]:
    for page in report.pages:
        names = Counter(visual.name for visual in page.visuals)
        yield from (f"{page.name} has {name} twice" for name, count in names.items() if count > 1)
        for problem in (*_places(page), *_slicers(report, page)):
            yield f"{page.name}: {problem}"
        for visual in page.visuals:
            yield from (f"{page.name}, {visual.name}: {told}" for told in _visual(report, visual))


def _places(page: Page) -> Iterator[str]:
    taken = places(page)
    if len(taken) > MAX_VISUALS:
        yield f"{len(taken)} visuals"
    for name, (left, top, width, height) in taken.items():
        if any(length % GRID for length in (left, top, width, height)):
            yield f"{name} is off the grid"
        if (
            left < GRID
            or top < GRID
            or left + width > PAGE_WIDTH - GRID
            or top + height > PAGE_HEIGHT - GRID
        ):
            yield f"{name} is off the page"
    for (one, first), (other, second) in combinations(taken.items(), 2):
        apart = (
            first[0] + first[2] <= second[0]
            or second[0] + second[2] <= first[0]
            or first[1] + first[3] <= second[1]
            or second[1] + second[3] <= first[1]
        )
        if not apart:
            yield f"{one} and {other} overlap"


def _slicers(report: Report, page: Page) -> Iterator[str]:
    for field in page.slicers + page.drill:
        if not _is_shown(report, field):
            yield f"there is no field {field} to choose from"
        elif not any(report.acts_on(field, visual) for visual in page.visuals):
            yield f"{field} limits nothing"
    for field in page.drill:
        if not any(visual.axis[-1:] == (field,) for visual in page.visuals):
            yield f"no visual lists {field}"


def _visual(report: Report, visual: Visual) -> Iterator[str]:
    if len(visual.title) * TITLE_CHARACTER_WIDTH > visual.place[2]:
        yield "its title is too long for its width"
    yield from _shape(visual)
    for field in (*visual.groups, *(visual.only or {})):
        if not _is_shown(report, field):
            yield f"there is no field {field}"
            return
    for name in visual.measures:
        if name not in report.measures:
            yield f"there is no measure {name}"
            continue
        measure = report.measures[name]
        unrelated = [field for field in visual.groups if not report.reaches(field, measure.mart)]
        yield from (f"{field} does not part {name}" for field in unrelated)
        yield from (
            f"{name} is added up over {field}" for field in measure.by if field not in visual.groups
        )


def _shape(visual: Visual) -> Iterator[str]:
    """Say what a kind of visual can't show."""
    if (visual.kind == "matrix") != bool(visual.series):
        yield "a matrix, and nothing else, has series"
    if visual.kind == "matrix" and len(visual.measures) > 1:
        yield "a matrix has one measure"
    if (visual.kind == "cards") == bool(visual.axis):
        yield "cards, and nothing else, have no axis"


def _is_shown(report: Report, field: str) -> bool:
    try:
        return report.column(field).is_shown
    except KeyError:
        return False
