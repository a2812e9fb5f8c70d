"""What a visual must show, by plain SQL made from the DAX of its measures: joins and one GROUP BY.

Nothing of ``report.queries`` is used.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from report.definition import PERIOD, split_field
from warehouse.connections import fetch

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from report.definition import Measure, Report, Visual
    from svp.core.mysql import Connection

AGGREGATES = {"SUM": "sum(", "AVERAGE": "avg(", "MAX": "max(", "DISTINCTCOUNT": "count(DISTINCT "}
INTERVALS = {"28 days": "28 DAY", "month": "1 MONTH"}

Groups = dict[tuple[Any, ...], Any]


def sql_of(dax: str) -> str:
    """Return an aggregate of DAX as SQL over the table ``fact``."""
    found = re.sub(r"COUNTROWS\('[^']+'\)", "count(*)", dax)
    found = re.sub(
        r"(\w+)\('[^']+'\[(\w+)\]\)",
        lambda match: f"{AGGREGATES[match[1]]}fact.{match[2]})",
        found,
    )
    return re.sub(r"DIVIDE\((.+), (.+)\)", r"1e0 * (\1) / nullif(\2, 0)", found)


def expected(
    connection: Connection,
    database: str,
    report: Report,
    visual: Visual,
    choice: dict[str, tuple[Any, ...]],
) -> dict[str, Groups]:
    """Return each measure of a visual by its groups; those of a change are of both periods."""
    found: dict[str, Groups] = {}
    for name in visual.measures:
        measure = report.measures[name]
        base = report.measures[measure.base or name]
        for each in (base, base.earlier) if measure.is_change else (measure,):
            rows = fetch(connection, *statement(database, report, visual, each, choice))
            groups = {tuple(row[:-1]): row[-1] for row in rows}
            found[each.name] = {
                group: value for group, value in groups.items() if value is not None
            }
    return found


def rows_of(report: Report, visual: Visual, groups: dict[str, Groups]) -> Groups:
    """Return the measures of a visual by its groups, changes computed; groups without any are left out."""
    keys = {key for values in groups.values() for key in values}
    rows = {
        key: tuple(value_of(report, name, groups, key) for name in visual.measures) for key in keys
    }
    return {key: row for key, row in rows.items() if any(value is not None for value in row)}


def value_of(report: Report, name: str, groups: dict[str, Groups], key: tuple[Any, ...]) -> Any:
    """Return a measure's value in a group."""
    measure = report.measures[name]
    if not measure.is_change:
        return groups[name].get(key)
    now, then = (
        groups[each].get(key) for each in (measure.base, report.measures[measure.base].earlier.name)
    )
    return (float(now or 0) - float(then)) / float(then) if then else None


def statement(
    database: str,
    report: Report,
    visual: Visual,
    measure: Measure,
    choice: dict[str, tuple[Any, ...]],
) -> tuple[str, list[Any]]:
    """Return the plain SQL of one measure, and its values."""
    limits = {
        field: values
        for field, values in {**choice, **(visual.only or {})}.items()
        if field not in visual.unfiltered and report.reaches(field, measure.mart)
    }
    groups = [place_of(field, measure.mart) for field in visual.groups]
    conditions = [
        f"{place_of(field, measure.mart)} IN {marks(values)}" for field, values in limits.items()
    ]
    values = [value for chosen in limits.values() for value in chosen]
    if measure.at == "last":
        months = limits.get(PERIOD, ())
        conditions.append(
            on_last_day(database, measure, months, is_by_month=PERIOD in visual.groups)
        )
        values += months
    marts = {split_field(field)[0] for field in (PERIOD, *visual.groups, *limits)} - {measure.mart}
    parts = [
        f"SELECT {', '.join([*groups, sql_of(measure.dax)])} FROM {database}.{measure.mart} AS fact",
        *joins(report, measure, sorted(marts), database),
        f"WHERE {' AND '.join(conditions)}" if conditions else "",
        f"GROUP BY {', '.join(groups)}" if groups else "",
    ]
    return " ".join(parts), values


def on_last_day(
    database: str, measure: Measure, months: Collection[Any], *, is_by_month: bool
) -> str:
    """Return the condition of the last day that the table has, of the months chosen or of each."""
    conditions = [f"day.month_start IN {marks(months)}"] if months else []
    conditions += ["day.month_start = calendar.month_start"] if is_by_month else []
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return (
        f"calendar.date_key = (SELECT max(other.date_key) FROM {database}.{measure.mart} AS other"
        f" INNER JOIN {database}.calendar AS day ON other.date_key = day.date_key{where})"
    )


def joins(report: Report, measure: Measure, marts: Iterable[str], database: str) -> Iterator[str]:
    """Yield the joins of the dimensions that the fact has keys of; those of the calendar by way of the period."""
    keys = report.tables[measure.mart].keys
    for mart in marts:
        key = report.tables[mart].key
        if key not in keys:
            continue
        if mart == "calendar" and measure.base:
            interval = INTERVALS[measure.before]
            yield f"INNER JOIN {database}.calendar AS earlier ON fact.date_key = earlier.date_key"
            yield (
                f"INNER JOIN {database}.calendar AS calendar"
                f" ON calendar.date_value = earlier.date_value + INTERVAL {interval}"
            )
        else:
            yield f"INNER JOIN {database}.{mart} AS {mart} ON fact.{key} = {mart}.{key}"


def place_of(field: str, mart: str) -> str:
    """Return where a field stands in the statement."""
    own, column = split_field(field)
    return f"fact.{column}" if own == mart else f"{own}.{column}"


def marks(values: Iterable[Any]) -> str:
    """Return places for values."""
    return f"({', '.join('%s' for _ in values)})"
