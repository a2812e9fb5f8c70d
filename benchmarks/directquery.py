"""Queries for every axis of every mart, in the shape that Power BI sends in DirectQuery (``report.queries``).

Tests look at the plans of these queries, and benchmarks time them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from report.queries import Source, grouped
from svp.core.sqlfiles import quote_mysql
from warehouse.connections import fetch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from svp.core.mysql import Connection

__all__ = ["DirectQuery", "View", "month_queries", "read_views"]

CALENDAR = "calendar"
AXIS_NUMBERS = frozenset({"local_hour", "release_year", "month_number"})
"""Whole numbers that a report puts on an axis and never sums."""

COLUMNS = (
    "SELECT table_name, column_name, data_type FROM information_schema.columns"
    " WHERE table_schema = %s ORDER BY table_name, ordinal_position"
)


@dataclass(frozen=True, slots=True)
class View:
    """A view of the mart database."""

    database: str
    name: str
    columns: Mapping[str, str]
    """Data type of each column, in their order."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Columns that join dimensions."""
        return tuple(name for name in self.columns if name.endswith("_key"))

    @property
    def days(self) -> tuple[str, ...]:
        """Columns of the type DATE."""
        return tuple(name for name, kind in self.columns.items() if kind == "date")

    @property
    def axes(self) -> tuple[str, ...]:
        """Columns that a report groups by."""
        return tuple(
            name
            for name, kind in self.columns.items()
            if kind in {"varchar", "date"} or name in AXIS_NUMBERS
        )

    @property
    def measures(self) -> tuple[str, ...]:
        """Columns that a report sums; of some the sum means nothing, but it costs the same."""
        grouped = {*self.keys, *AXIS_NUMBERS}
        return tuple(
            name
            for name, kind in self.columns.items()
            if kind in {"int", "decimal"} and name not in grouped
        )

    @property
    def source(self) -> Source:
        """The view as a table of the report's model."""
        return Source.of_view(self.database, self.name, self.columns)


@dataclass(frozen=True, slots=True)
class DirectQuery:
    """What one visual sends."""

    mart: str
    axis: str
    """What it groups by: a column of the mart, or dimension.column."""
    filter: str
    """The column, or columns, by which it is limited to a month."""
    text: str


def read_views(connection: Connection, mart_database: str) -> dict[str, View]:
    """Return the views of a mart database by name."""
    rows = fetch(connection, COLUMNS, (mart_database,))
    return {
        name: View(mart_database, name, {column: kind for _, column, kind in columns})
        for name, columns in groupby(rows, key=lambda row: str(row[0]))
    }


def month_queries(views: Mapping[str, View], mart: str, month: date) -> Iterator[DirectQuery]:
    """Yield the queries of a mart's visuals, limited to a month: none for a view without days or measures.

    Each column of the mart, and each attribute of its dimensions, is an axis once, under a filter on the calendar;
    the mart's own columns are so again under a filter on its own day.
    """
    view = views[mart]
    if mart == CALENDAR or "date_key" not in view.keys or not view.measures:
        return
    of_month = (("calendar_year", f"= {month:%Y}"), ("calendar_month", f"= {month.month:d}"))
    calendar = ("date_key", views[CALENDAR])
    for axis in view.axes:
        text = visual(view, [calendar], axis, of_month)
        yield DirectQuery(mart, axis, "calendar", text)
        for day in view.days[:1]:
            yield DirectQuery(mart, axis, day, visual(view, [], axis, between(day, month)))
    for key in view.keys:
        dimension = calendar[1] if key == "date_key" else views[key.removesuffix("_key")]
        joins = [calendar] if dimension is calendar[1] else [calendar, (key, dimension)]
        for attribute in dimension.axes:
            text = visual(view, joins, f"{dimension.name}_{attribute}", of_month)
            yield DirectQuery(mart, f"{dimension.name}.{attribute}", "calendar", text)


def between(day: str, month: date) -> tuple[tuple[str, str], ...]:
    """Return the conditions that limit a column to a month."""
    following = (month + timedelta(days=31)).replace(day=1)
    return ((day, f">= {{ d '{month}' }}"), (day, f"< {{ d '{following}' }}"))


def visual(
    view: View,
    joins: Sequence[tuple[str, View]],
    axis: str,
    conditions: Sequence[tuple[str, str]],
) -> str:
    """Return the query of one visual: a mart joined by its keys, limited, grouped by an axis, every measure summed."""
    source = view.source
    for key, dimension in joins:
        source = source.join(key, dimension.source, prefix=dimension.name)
    sums = [f"sum({quote_mysql(measure)})" for measure in view.measures]
    limits = [f"{quote_mysql(column)} {limit}" for column, limit in conditions]
    return grouped(source, [axis], sums, limits)
