"""The DAX of every measure, those of the period before and of the change included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from report.definition import BEFORE, CALENDAR, PERIOD

if TYPE_CHECKING:
    from report.definition import Measure, Report

__all__ = ["dax_of"]


def dax_of(report: Report, measure: Measure) -> str:
    """Return the formula of a measure; of several lines where it has variables."""
    if measure.is_change:
        then = f"[{measure.base}, {measure.before} before]"
        return f"DIVIDE([{measure.base}] - {then}, {then})"
    if measure.at == "last":
        return _of_last(report, measure)
    if measure.base:
        number, interval = BEFORE[measure.before]
        return f"CALCULATE([{measure.base}], DATEADD({_dates(report)}, -{number}, {interval}))"
    return measure.dax


def _of_last(report: Report, measure: Measure) -> str:
    """Return the measure of the last day of the period that the table has rows of, or of the month before it."""
    table, calendar = f"'{report.tables[measure.mart].caption}'", report.tables[CALENDAR]
    key, period = (
        f"{table}[{calendar.key}]",
        f"'{calendar.caption}'[{report.column(PERIOD).caption}]",
    )
    last = f"VAR LastDay = CALCULATE(MAX({key}), REMOVEFILTERS({table}), VALUES({period}))\n"
    if not measure.base:
        return f"{last}RETURN CALCULATE({measure.dax}, {key} = LastDay)"
    # A key is yyyymmdd: January's month before is December of the year before.
    return (
        f"{last}VAR MonthBefore = IF(MOD(INT(LastDay / 100), 100) = 1, LastDay - 8900, LastDay - 100)\n"
        f"RETURN CALCULATE({measure.dax}, REMOVEFILTERS('{calendar.caption}'), {key} = MonthBefore)"
    )


def _dates(report: Report) -> str:
    calendar = report.tables[CALENDAR]
    return f"'{calendar.caption}'[{calendar.column(calendar.dates).caption}]"
