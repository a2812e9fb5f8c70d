"""Queries for every axis of every mart, in the shape that Power BI sends in DirectQuery (``report.queries``).

Measures of a visual are C1 to Cn. A visual has one axis, and one or two measures that may be summed. One with an entry
per customer or title is a table, which asks for its first 500 rows, the greatest first, and for one more to see that
there are more; any other is a chart.
Tests look at the plans of these queries, and benchmarks time them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from report.queries import END, Source, grouped
from svp.core.sqlfiles import quote_mysql
from warehouse.connections import fetch
from warehouse.metrics import list_metrics

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from svp.core.mysql import Connection

__all__ = [
    "CALENDAR",
    "DirectQuery",
    "View",
    "end_of",
    "is_of_members",
    "month_queries",
    "read_views",
]

TABLE_ROWS = 501
"""The cap on the query of a table visual, which shows 500 rows until somebody scrolls."""
MEASURES_OF_VISUAL = 2

CALENDAR = "calendar"
MEMBER_AXES = frozenset(
    {"customer_code", "Contract", "content_id", "title", "top_content_id", "top_title"}
)
"""Columns with an entry per customer or title: too many for a chart."""
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
        """What a report asks for: columns that may be summed, or where none may be, as of distinct customers, all."""
        summable = summable_columns()
        sums = tuple(name for name in self.columns if f"{self.name}.{name}" in summable)
        return sums or self.numbers

    @property
    def aggregate(self) -> str:
        """How a report asks for the measures; the greatest of a single day is the number itself."""
        summable = summable_columns()
        return "sum" if any(f"{self.name}.{name}" in summable for name in self.columns) else "max"

    @property
    def numbers(self) -> tuple[str, ...]:
        """Numeric columns that are neither keys nor axes."""
        others = {*self.keys, *AXIS_NUMBERS}
        return tuple(
            name
            for name, kind in self.columns.items()
            if kind in {"int", "decimal"} and name not in others
        )

    @property
    def source(self) -> Source:
        """The view as a table of the report's model."""
        return Source.of_view(self.database, self.name, self.columns)


@dataclass(frozen=True, slots=True)
class Visual:
    """What one visual of a report shows."""

    axis: str
    """What it groups by: a column of the mart, or dimension.column."""
    filter: str
    """The column, or columns, by which it is limited to a month."""
    joins: tuple[tuple[str, View], ...]
    """Keys of the mart, and the dimensions that they join."""
    conditions: tuple[tuple[str, str], ...]
    """Columns of the joined tables, and what limits them."""

    @property
    def column(self) -> str:
        """The axis among the columns of the joined tables."""
        return self.axis.replace(".", "_")


@dataclass(frozen=True, slots=True)
class DirectQuery:
    """What one visual sends."""

    mart: str
    axis: str
    """As in Visual."""
    filter: str
    """As in Visual."""
    month: date
    """The month's first day."""
    measures: tuple[str, ...]
    """Columns of the mart that it aggregates."""
    text: str


@cache
def summable_columns() -> frozenset[str]:
    """Return the columns, as mart.column, that the dictionary of metrics lets be summed over rows of a month."""
    return frozenset(
        column for metric in list_metrics() if metric.sums != "never" for column in metric.columns
    )


def read_views(connection: Connection, mart_database: str) -> dict[str, View]:
    """Return the views of a mart database by name."""
    rows = fetch(connection, COLUMNS, (mart_database,))
    return {
        name: View(mart_database, name, {column: kind for _, column, kind in columns})
        for name, columns in groupby(rows, key=lambda row: str(row[0]))
    }


def month_queries(views: Mapping[str, View], mart: str, month: date) -> Iterator[DirectQuery]:
    """Yield the queries of a mart's visuals, limited to a month: none for a view without days or measures.

    The visuals take turns with the measures, two at a time: each measure is asked for at least once.
    """
    view = views[mart]
    if mart == CALENDAR or "date_key" not in view.keys or not view.measures:
        return
    visuals = list(month_visuals(views, view, month))
    measures = view.measures
    portions = [
        measures[first : first + MEASURES_OF_VISUAL]
        for first in range(0, len(measures), MEASURES_OF_VISUAL)
    ]
    for number in range(max(len(visuals), len(portions))):
        visual, asked = visuals[number % len(visuals)], portions[number % len(portions)]
        text = query_text(view, visual, asked)
        yield DirectQuery(mart, visual.axis, visual.filter, month, asked, text)


def month_visuals(views: Mapping[str, View], view: View, month: date) -> Iterator[Visual]:
    """Yield a mart's visuals, limited to a month.

    Each column of the mart, and each attribute of its dimensions, is an axis once, under a filter on the calendar;
    the mart's own columns are so again under a filter on its own day.
    """
    of_month = (("calendar_year", f"= {month:%Y}"), ("calendar_month", f"= {month.month:d}"))
    calendar = ("date_key", views[CALENDAR])
    for axis in view.axes:
        yield Visual(axis, CALENDAR, (calendar,), of_month)
        for day in view.days[:1]:
            yield Visual(axis, day, (), between(day, month))
    for key in view.keys:
        dimension = calendar[1] if key == "date_key" else views[key.removesuffix("_key")]
        joins = (calendar,) if dimension is calendar[1] else (calendar, (key, dimension))
        for attribute in dimension.axes:
            yield Visual(f"{dimension.name}.{attribute}", CALENDAR, joins, of_month)


def between(day: str, month: date) -> tuple[tuple[str, str], ...]:
    """Return the conditions that limit a column to a month."""
    following = (month + timedelta(days=31)).replace(day=1)
    return ((day, f">= {{ d '{month}' }}"), (day, f"< {{ d '{following}' }}"))


def query_text(view: View, visual: Visual, measures: Sequence[str]) -> str:
    """Return the query of one visual: a mart joined by its keys, limited, grouped by the axis, measures aggregated."""
    source = view.source
    for key, dimension in visual.joins:
        source = source.join(key, dimension.source, prefix=dimension.name)
    aggregates = [f"{view.aggregate}({quote_mysql(measure)})" for measure in measures]
    limits = [f"{quote_mysql(column)} {limit}" for column, limit in visual.conditions]
    end = end_of(visual.axis, order=f"`C1` desc, {quote_mysql(visual.column)}")
    return grouped(source, [visual.column], aggregates, limits, end=end)


def end_of(axis: str, *, order: str) -> str:
    """Return the end of a visual's query: a table, which is for many members, begins with the greatest."""
    return f"order by {order} limit {TABLE_ROWS} offset 0" if is_of_members(axis) else END


def is_of_members(axis: str) -> bool:
    """Tell whether an axis has an entry per customer or title."""
    return axis.rpartition(".")[2] in MEMBER_AXES
