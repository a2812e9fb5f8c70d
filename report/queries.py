"""The SQL of a visual, in the shape that Power BI sends in DirectQuery.

Each table of the model is a subselect that lists its columns; joins nest one level a relationship; measures are C1 to
Cn; an outer level drops empty groups and caps the rows. Power BI asks once for each table whose rows a visual counts,
and so do we: ``visual_queries`` gives the questions, ``answer`` asks them and puts the answers together. Values are
bound as ``%s``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from report.definition import BEFORE, CALENDAR, split_field
from svp.core.sqlfiles import quote_mysql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from report.definition import Measure, Report, Table, Visual

__all__ = [
    "END",
    "Choice",
    "Query",
    "Source",
    "answer",
    "grouped",
    "slicer_query",
    "visual_queries",
]

MAX_ROWS = 1_000_001
"""The cap that Power BI puts on every query: a million rows, and one to see that there are more."""
END = f"limit {MAX_ROWS} offset 0"

Choice = dict[str, tuple[Any, ...]]
"""Values chosen, by field: of slicers, by drilling through, or by clicking."""
Limits = tuple[tuple[str, tuple[Any, ...]], ...]
"""Fields and the values that they are limited to; all hold."""

CALENDAR_KEY = "date_key"
NOW_KEY = "now_key"
"""Key of the day that is looked at, beside ``date_key`` of the day of the period before."""


@dataclass(frozen=True, slots=True)
class Source:
    """A subselect with the names of its columns."""

    columns: tuple[str, ...]
    text: str

    def join(self, key: str, other: Source, *, prefix: str) -> Source:
        """Return a subselect of both, the other's columns named after the prefix; rows without a partner stay."""
        outer = [f"`OTBL`.{quote_mysql(column)}" for column in self.columns]
        inner = [
            f"`ITBL`.{quote_mysql(column)} as {quote_mysql(f'{prefix}_{column}')}"
            for column in other.columns
        ]
        on = quote_mysql(key)
        text = (
            f"(select {', '.join([*outer, *inner])} from {self.text} as `OTBL`"  # noqa: S608  (quoted)
            f" left outer join {other.text} as `ITBL` on (`OTBL`.{on} = `ITBL`.{on}))"
        )
        return Source((*self.columns, *(f"{prefix}_{column}" for column in other.columns)), text)

    @classmethod
    def of_view(cls, database: str, view: str, columns: Iterable[str]) -> Source:
        """Return a view as a table of the model."""
        names = tuple(columns)
        text = f"(select {listed(names)} from {quote_mysql(database)}.{quote_mysql(view)})"  # noqa: S608  (quoted)
        return cls(names, text)


@dataclass(frozen=True, slots=True)
class Query:
    """One question to one table: rows of its groups, then of its measures."""

    text: str
    parameters: tuple[Any, ...]
    groups: tuple[str, ...]
    """Fields."""
    measures: tuple[str, ...]
    """Names."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of one table: measures that look at the same rows, by what, of which."""

    report: Report
    database: str
    table: Table
    measures: tuple[Measure, ...]
    groups: tuple[str, ...]
    limits: Limits
    top: int = 0
    """So many of the groups alone, the biggest by the first measure; 0 for all."""

    def query(self) -> Query:
        """Return the SQL."""
        fields = [*self.groups, *(field for field, _ in self.limits)]
        source = self.source(fields, is_earlier=bool(self.measures[0].base))
        conditions, parameters = conditions_of(self.table, self.limits)
        if self.measures[0].at == "last":
            text, more = self.last()
            conditions, parameters = [*conditions, text], [*parameters, *more]
        groups = [name_in(self.table, field) for field in self.groups]
        aggregates = [measure.sql for measure in self.measures]
        end = biggest(groups, self.top) if self.top else END
        text = grouped(source, groups, aggregates, conditions, end=end)
        names = tuple(measure.name for measure in self.measures)
        return Query(text, tuple(parameters), self.groups, names)

    def source(self, fields: Iterable[str], *, is_earlier: bool = False) -> Source:
        """Return the table joined with the dimensions of fields; the calendar of the period before on demand."""
        source = Source.of_view(
            self.database, self.table.mart, [column.name for column in self.table.columns]
        )
        needed = {split_field(field)[0] for field in fields} - {self.table.mart}
        if is_earlier:
            needed.add(CALENDAR)
        for mart in sorted(needed):
            dimension = self.report.tables[mart]
            plain = Source.of_view(
                self.database, mart, [column.name for column in dimension.columns]
            )
            other = (
                earlier(plain, dimension, *BEFORE[self.measures[0].before])
                if is_earlier and mart == CALENDAR
                else plain
            )
            source = source.join(dimension.key, other, prefix=mart)
        return source

    def last(self) -> tuple[str, list[Any]]:
        """Return the condition that keeps the last day of the period, of each group of the calendar.

        What else is chosen does not move that day: a group without rows on it is empty, not old.
        """
        calendar = self.report.tables[CALENDAR]
        of_period = tuple((field, values) for field, values in self.limits if is_calendar(field))
        axes = [name_in(calendar, field) for field in self.groups if is_calendar(field)]
        columns = [column.name for column in calendar.columns]
        days = Source.of_view(self.database, CALENDAR, columns)
        rows = Source.of_view(self.database, self.table.mart, [CALENDAR_KEY])
        conditions, parameters = conditions_of(calendar, of_period)
        # One look into the index for each day, where the greatest key of the rows would be sought among all of them.
        has_rows = f"`{CALENDAR_KEY}` in (select `{CALENDAR_KEY}` from {rows.text} as `ITBL`)"  # noqa: S608  (quoted)
        by = f" group by {listed(axes)}" if axes else ""
        key = f"{CALENDAR}_{NOW_KEY}" if self.measures[0].base else CALENDAR_KEY
        text = (
            f"{quote_mysql(key)} in (select max(`{CALENDAR_KEY}`)"  # noqa: S608  (quoted)
            f" from {days.text} as `ITBL` where {' and '.join([has_rows, *conditions])}{by})"
        )
        return text, parameters


def visual_queries(
    report: Report, visual: Visual, *, database: str, choice: Choice
) -> tuple[Query, ...]:
    """Return what a visual asks: one query for each table and period; of a change, those of both periods.

    One that shows the biggest alone, and asks once, asks for those.
    """
    alike: dict[tuple[str, str, str], list[Measure]] = {}
    for measure in asked(report, visual):
        period = measure.before if measure.base else ""
        alike.setdefault((measure.mart, measure.at, period), []).append(measure)
    return tuple(
        Question(
            report,
            database,
            report.tables[mart],
            tuple(measures),
            visual.groups,
            limits_of(report, visual, mart, choice),
            top=visual.top if len(alike) == 1 and not visual.is_by_axis else 0,
        ).query()
        for (mart, _, _), measures in alike.items()
    )


def limits_of(report: Report, visual: Visual, mart: str, choice: Choice) -> Limits:
    """Return what limits the rows of a mart in a visual: the choice, and the visual itself."""
    chosen = [
        (field, values)
        for field, values in choice.items()
        if values and field not in visual.unfiltered
    ]
    own = list((visual.only or {}).items())
    return tuple(pair for pair in chosen + own if report.reaches(pair[0], mart))


def asked(report: Report, visual: Visual) -> tuple[Measure, ...]:
    """Return the measures that are read: in place of a change, those that it is of."""
    read: dict[str, Measure] = {}
    for name in visual.measures:
        measure = report.measures[name]
        if not measure.is_change:
            read[name] = measure
            continue
        base = report.measures[measure.base]
        read |= {each.name: each for each in (base, base.earlier)}
    return tuple(read.values())


def answer(
    report: Report, visual: Visual, ask: Callable[[Query], Iterable[Sequence[Any]]], **options: Any
) -> list[tuple[Any, ...]]:
    """Return a visual's rows: its groups, then its measures in their order; None where there is nothing.

    ``ask`` runs one query; ``options`` are those of ``visual_queries``. Rows come the biggest first, or by the axis;
    those of a matrix column by column.
    """
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for query in visual_queries(report, visual, **options):
        width = len(query.groups)
        for row in ask(query):
            values = dict(zip(query.measures, row[width:], strict=True))
            found.setdefault(tuple(row[:width]), {}).update(values)
    rows = [
        (*group, *(value_of(report.measures[name], values) for name in visual.measures))
        for group, values in found.items()
    ]
    kept = [row for row in rows if any(value is not None for value in row[len(visual.groups) :])]
    places = {
        field: places_of(report, field, ask, **options)
        for field in visual.groups
        if report.column(field).sort
    }
    return ordered(visual, kept, places)


def places_of(
    report: Report,
    field: str,
    ask: Callable[[Query], Iterable[Sequence[Any]]],
    *,
    database: str,
    **_: Any,
) -> dict[Any, int]:
    """Return the place of each value of a field that takes the order of another column."""
    values = ask(slicer_query(report, field, database=database))
    return {value: place for place, (value,) in enumerate(values)}


def value_of(measure: Measure, values: Mapping[str, Any]) -> Any:
    """Return a measure's value, a change computed from both periods."""
    if not measure.is_change:
        return values.get(measure.name)
    now, then = values.get(measure.base), values.get(f"{measure.base}, {measure.before} before")
    return (float(now or 0) - float(then)) / float(then) if then else None


def ordered(
    visual: Visual, rows: list[tuple[Any, ...]], places: Mapping[str, Mapping[Any, int]]
) -> list[tuple[Any, ...]]:
    """Return rows as the visual shows them, and as many.

    ``places`` are those of the values of fields that don't follow their own order.
    """

    def by(fields: tuple[str, ...]) -> Callable[[tuple[Any, ...]], list[tuple[bool, Any]]]:
        def key(row: tuple[Any, ...]) -> list[tuple[bool, Any]]:
            groups = dict(zip(visual.groups, row, strict=False))
            sorts = [places.get(field, {}).get(groups[field], groups[field]) for field in fields]
            return [(value is None, 0 if value is None else value) for value in sorts]

        return key

    rising = sorted(rows, key=by(visual.axis))
    if visual.sort == "newest":
        rising.sort(key=by(visual.axis[:1]), reverse=True)
    if visual.is_by_axis:
        return sorted(rising, key=by(visual.series))
    width = len(visual.groups)
    falling = sorted(
        rising, key=lambda row: (row[width] is not None, row[width] or 0), reverse=True
    )
    return falling[: visual.top] if visual.top else falling


def slicer_query(report: Report, field: str, *, database: str) -> Query:
    """Return the question for the values of a slicer, in their order."""
    mart, column = split_field(field)
    table = report.tables[mart]
    source = Source.of_view(database, mart, [each.name for each in table.columns])
    name = quote_mysql(column)
    order = quote_mysql(table.column(column).sort or column)
    text = f"select {name} from {source.text} as `ITBL` group by {name} order by max({order}) {END}"  # noqa: S608  (quoted)
    return Query(text, (), (field,), ())


def earlier(calendar: Source, table: Table, number: int, interval: str) -> Source:
    """Return the calendar with the keys of the days so much before its days.

    The condition is written from both ends, so that either may be looked up in the index of the other.
    """
    day, key = quote_mysql(table.dates), quote_mysql(table.key)
    others = [f"`NOW`.{quote_mysql(name)}" for name in calendar.columns if name != table.key]
    text = (
        f"(select `THEN`.{key}, {', '.join(others)}, `NOW`.{key} as `{NOW_KEY}`"  # noqa: S608  (quoted)
        f" from {calendar.text} as `NOW` inner join {calendar.text} as `THEN`"
        f" on (`THEN`.{day} = date_sub(`NOW`.{day}, interval {number} {interval})"
        f" and `NOW`.{day} = date_add(`THEN`.{day}, interval {number} {interval})))"
    )
    names = (table.key, *(name for name in calendar.columns if name != table.key), NOW_KEY)
    return Source(names, text)


def grouped(
    source: Source,
    groups: Sequence[str],
    aggregates: Sequence[str],
    conditions: Sequence[str],
    *,
    end: str = END,
) -> str:
    """Return aggregates of a source's rows by groups, without groups that have none."""
    names = [f"C{number}" for number in range(1, len(aggregates) + 1)]
    summed = [
        f"{aggregate} as {quote_mysql(name)}"
        for aggregate, name in zip(aggregates, names, strict=True)
    ]
    parts = ", ".join([*map(quote_mysql, groups), *summed])
    where = f" where {' and '.join(conditions)}" if conditions else ""
    by = f" group by {listed(groups)}" if groups else ""
    present = " or ".join(f"not {quote_mysql(name)} is null" for name in names)
    return (
        f"select {listed([*groups, *names])} from ("  # noqa: S608  (quoted)
        f"select {parts} from (select {listed(source.columns)} from {source.text} as `ITBL`{where}) as `ITBL`{by}"
        f") as `ITBL` where {present} {end}"
    )


def biggest(groups: Iterable[str], count: int) -> str:
    """Return the end of a query for so many groups, the biggest by the first measure, in the order of ``ordered``."""
    rising = [f"{name} is null, {name}" for name in map(quote_mysql, groups)]
    return f"order by {', '.join(['`C1` desc', *rising])} limit {count} offset 0"


def conditions_of(table: Table, limits: Limits) -> tuple[list[str], list[Any]]:
    """Return limits as conditions, and the values that these bind."""
    conditions, parameters = [], []
    for field, values in limits:
        name, present = (
            quote_mysql(name_in(table, field)),
            [each for each in values if each is not None],
        )
        alternatives = [f"{name} in ({', '.join(['%s'] * len(present))})"] if present else []
        if len(present) < len(values):
            alternatives.append(f"{name} is null")
        conditions.append(f"({' or '.join(alternatives)})")
        parameters += present
    return conditions, parameters


def name_in(table: Table, field: str) -> str:
    """Return what a field is called beside a table's own columns."""
    mart, column = split_field(field)
    return column if mart == table.mart else f"{mart}_{column}"


def is_calendar(field: str) -> bool:
    """Tell whether a field is of the calendar."""
    return split_field(field)[0] == CALENDAR


def listed(columns: Iterable[str]) -> str:
    """Return names in back-quotes, separated by commas."""
    return ",".join(map(quote_mysql, columns))
