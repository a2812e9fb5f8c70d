"""Compare the stores: the totals of each day in PostgreSQL, MongoDB and the warehouse.

Each table answers one set-based query; what is compared is what they say, never samples. Days that are
not published yet are told apart: there the stores differ rightly. Money that no store has twice is checked by its
bridges: each month leads from the one before to its end.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import nosql.schema
import oltp.schema
import warehouse.schema
from svp.core.sqlfiles import read_sql
from svp.errors import VerifyError
from warehouse.connections import fetch, open_warehouse
from warehouse.measures import MEASURES, Measure, tables_of
from warehouse.money import rateless_currencies, unbalanced_bridges
from warehouse.plan import pending_days, published_days, read_marks
from warehouse.purge import kept_days, purged_before
from warehouse.sources import open_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date

    from svp.core.mysql import Connection
    from svp.settings import Settings
    from warehouse.money import RatelessCurrency, UnbalancedBridge
    from warehouse.sources import Sources

__all__ = [
    "Comparison",
    "Difference",
    "MeasureComparison",
    "Pending",
    "compare",
    "read_totals",
    "verify",
]

Totals = dict[str, dict["date", int]]
"""What one table says: measure, then day; a day on which it is 0 is absent."""

DAY = "day"


@dataclass(frozen=True, slots=True)
class Difference:
    """A day on which the tables that hold a measure disagree."""

    day: date
    measure: str
    values: Mapping[str, Mapping[str, int]]
    """What each store says, by table."""


@dataclass(frozen=True, slots=True)
class MeasureComparison:
    """What every table says of one measure, over the compared days."""

    measure: Measure
    by_day: Mapping[date, Mapping[str, Mapping[str, int]]]
    """Days in order; of each, what every store that holds the measure says, by table."""
    is_waiting: bool = False
    """Not compared: changes that it depends on are not exported."""

    @property
    def totals(self) -> Mapping[str, Mapping[str, int]]:
        """The sum over days, by store and table."""
        return {
            store: {
                table: sum(said.get(store, {}).get(table, 0) for said in self.by_day.values())
                for table in tables
            }
            for store, tables in self.measure.tables.items()
            if tables
        }

    @property
    def differences(self) -> tuple[Difference, ...]:
        """The days on which its tables disagree."""
        return tuple(
            Difference(day, self.measure.name, said)
            for day, said in self.by_day.items()
            if len({total for tables in said.values() for total in tables.values()}) > 1
        )

    @property
    def is_empty(self) -> bool:
        """There is nothing to compare: no day, or no second table."""
        return not (self.by_day and self.measure.is_compared)


@dataclass(frozen=True, slots=True)
class Pending:
    """What is not in the warehouse yet, and so is not compared."""

    days: tuple[date, ...] = ()
    """Days that are not published, or whose aggregates are not refreshed yet."""
    marks: tuple[str, ...] = ()
    """Things exported whole that have changed: users, titles."""
    interrupted: tuple[str, ...] = ()
    """A line for each load that keeps its days waiting until it is completed."""

    def __bool__(self) -> bool:
        return bool(self.days or self.marks or self.interrupted)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came out of comparing the stores."""

    measures: tuple[MeasureComparison, ...]
    pending: Pending
    unbalanced: tuple[UnbalancedBridge, ...] = ()
    """Months whose bridge of subscribers or of MRR does not balance."""
    rateless: tuple[RatelessCurrency, ...] = ()
    """Currencies whose prices no MRR counts."""

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Every difference, by day."""
        found = [difference for each in self.measures for difference in each.differences]
        return tuple(sorted(found, key=lambda difference: difference.day))

    @property
    def days(self) -> frozenset[date]:
        """The days on which something was compared."""
        return frozenset(day for each in self.measures if not each.is_empty for day in each.by_day)

    @property
    def is_empty(self) -> bool:
        """No store holds a compared day."""
        return not self.days

    @property
    def is_right(self) -> bool:
        """No store disagrees with another, and every bridge balances."""
        return not (self.differences or self.unbalanced)

    def require_agreement(self) -> None:
        """Raise VerifyError if the stores disagree anywhere, or a bridge does not balance."""
        if self.differences:
            first = self.differences[0]
            message = f"the stores disagree in {len(self.differences)} places, first {first.measure} of {first.day}"
            raise VerifyError(message, "run 'svp verify' to see every day and store")
        if self.unbalanced:
            month, measure = self.unbalanced[0].month_start, self.unbalanced[0].measure
            message = f"{len(self.unbalanced)} bridges do not balance, first {measure} of {month}"
            raise VerifyError(message, "run 'svp verify' to see every month")


def verify(settings: Settings) -> Comparison:
    """Compare every measure of every published day across the tables that hold it, and check the bridges of money.

    Raises:
        SchemaError: a schema is older or newer than the program.
    """
    for room in (oltp.schema, nosql.schema, warehouse.schema):
        room.check_current(settings)
    with open_sources(settings) as sources, open_warehouse(settings) as connection:
        connection.start_transaction(consistent_snapshot=True, isolation_level="REPEATABLE READ")
        said = ask_stores(sources, connection)
        purged = purged_before(connection)
        pending = find_pending(sources, connection)
        unbalanced, rateless = unbalanced_bridges(connection), rateless_currencies(connection)
    found = compare({table: kept(totals, purged) for table, totals in said.items()}, pending)
    return replace(found, unbalanced=unbalanced, rateless=rateless)


def ask_stores(sources: Sources, connection: Connection) -> dict[str, Totals]:
    """Return what each table says; the three servers are asked at the same time, each its tables in turn."""
    loads = sources.complete_loads()
    questions: Mapping[str, Callable[[str], Iterator[Mapping[str, Any]]]] = {
        "PostgreSQL": sources.totals,
        "MongoDB": lambda table: sources.document_totals(table, loads),
        "MySQL facts": lambda table: warehouse_totals(connection, table),
        "MySQL aggregates": lambda table: warehouse_totals(connection, table),
    }

    def ask(*stores: str) -> dict[str, Totals]:
        return {
            table: read_totals(questions[store](table))
            for store in stores
            for table in tables_of(store)
        }

    with ThreadPoolExecutor(max_workers=2) as pool:
        others = [pool.submit(ask, store) for store in ("PostgreSQL", "MongoDB")]
        said = ask("MySQL facts", "MySQL aggregates")
        return said | {table: totals for each in others for table, totals in each.result().items()}


def kept(totals: Totals, purged: date) -> Totals:
    """Return what a table says of the days that the warehouse keeps."""
    return {
        measure: {day: total for day, total in by_day.items() if day >= purged}
        for measure, by_day in totals.items()
    }


def warehouse_totals(connection: Connection, table: str) -> Iterator[Mapping[str, Any]]:
    """Yield the totals of one table of the warehouse, by day."""
    with connection.cursor() as cursor:
        cursor.execute(read_sql("warehouse.queries", f"totals_of_{table}"))
        names = [column[0] for column in cursor.description or ()]
        for row in cursor.fetchall():
            yield dict(zip(names, row, strict=True))


def read_totals(rows: Iterable[Mapping[str, Any]]) -> Totals:
    """Return rows of a day and its measures by measure and day."""
    totals: Totals = {}
    for row in rows:
        for measure, total in row.items():
            if measure != DAY and total:
                totals.setdefault(measure, {})[row[DAY]] = int(total)
    return totals


def find_pending(sources: Sources, connection: Connection) -> Pending:
    """Return what is not in the warehouse yet, or was not when the stores were asked."""
    versions = kept_days(connection, sources.day_versions())
    waiting = pending_days(versions, published_days(connection))
    stale = fetch(connection, read_sql("warehouse.queries", "stale_days"))
    days = {each.day for each in waiting} | {day for (day,) in stale} | sources.changed_days()
    published = read_marks(connection)
    marks = [mark for mark, version in sources.marks().items() if version != published.get(mark, 0)]
    return Pending(tuple(sorted(days)), tuple(sorted(marks)), tuple(sources.interruptions()))


def compare(
    said: Mapping[str, Totals],
    pending: Pending = Pending(),
    measures: Iterable[Measure] = MEASURES,
) -> Comparison:
    """Compare what tables say about every day but the pending ones; an absent day is 0."""
    return Comparison(tuple(_compare(each, said, pending) for each in measures), pending)


def _compare(measure: Measure, said: Mapping[str, Totals], pending: Pending) -> MeasureComparison:
    if measure.mark in pending.marks:
        return MeasureComparison(measure, {}, is_waiting=True)
    totals = {
        table: said[table].get(measure.name, {})
        for tables in measure.tables.values()
        for table in tables
    }
    days = sorted(set().union(*totals.values()).difference(pending.days))
    held = {store: tables for store, tables in measure.tables.items() if tables}
    by_day = {
        day: {
            store: {table: totals[table].get(day, 0) for table in tables}
            for store, tables in held.items()
        }
        for day in days
    }
    if measure.is_in_either:
        for said_of_day in by_day.values():
            _leave_out_absent(said_of_day)
    return MeasureComparison(measure, by_day)


def _leave_out_absent(said: dict[str, dict[str, int]]) -> None:
    """Leave out PostgreSQL or MongoDB, whichever says nothing of a day that only one of them has."""
    silent = [store for store in ("PostgreSQL", "MongoDB") if not any(said[store].values())]
    if silent:
        del said[silent[0]]
