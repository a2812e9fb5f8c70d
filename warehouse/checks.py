"""Compare the stores: the same totals by day in PostgreSQL, MongoDB and the warehouse.

Each store answers one set-based query; what is compared is what they say, never samples. Days that are
not published yet are told apart: there the stores differ rightly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import nosql.schema
import oltp.schema
import warehouse.schema
from svp.core.sqlfiles import read_sql
from svp.errors import VerifyError
from warehouse.connections import Row, fetch, open_warehouse
from warehouse.export import pending_days, published_days
from warehouse.purge import kept_days, purged_before
from warehouse.sources import Sources, open_sources

if TYPE_CHECKING:
    from svp.core.mysql import Connection
    from svp.settings import Settings

__all__ = ["MEASURES", "Comparison", "Difference", "Totals", "compare", "verify"]

MEASURES = ("plays", "watch_seconds")
"""What is compared, day by day."""

FIRST_DAY, LAST_DAY = date(1, 1, 2), date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Totals:
    """What one store says, of one day or of all."""

    plays: int = 0
    watch_seconds: int = 0

    def __add__(self, other: Totals) -> Totals:
        return Totals(self.plays + other.plays, self.watch_seconds + other.watch_seconds)


@dataclass(frozen=True, slots=True)
class Difference:
    """A day on which the stores disagree about a measure."""

    day: date
    measure: str
    values: Mapping[str, int]
    """What each store says."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came out of comparing the stores."""

    totals: Mapping[str, Totals]
    """By store, over the compared days."""
    by_day: Mapping[date, Mapping[str, Totals]]
    """The same by day, in order."""
    differences: tuple[Difference, ...]
    pending: tuple[date, ...]
    """Days that are not published, or whose aggregates are not refreshed yet; they are not compared."""
    interrupted: tuple[str, ...] = ()
    """A line for each load that keeps its days waiting until it is completed."""

    @property
    def is_empty(self) -> bool:
        """No store holds a compared day."""
        return not self.by_day

    def require_agreement(self) -> None:
        """Raise VerifyError if the stores disagree anywhere."""
        if self.differences:
            first = self.differences[0]
            message = f"the stores disagree in {len(self.differences)} places, first {first.measure} of {first.day}"
            raise VerifyError(message, "run 'svp verify' to see every day and store")


Store = Mapping[date, Totals]
"""What one store says, by day."""


def verify(settings: Settings) -> Comparison:
    """Compare plays and playing time of every published day across the stores.

    Raises:
        SchemaError: a schema is older or newer than the program.
    """
    for room in (oltp.schema, nosql.schema, warehouse.schema):
        room.check_current(settings)
    with open_warehouse(settings) as connection, open_sources(settings) as sources:
        published = published_days(connection)
        versions = kept_days(connection, sources.day_versions())
        pending = [each.day for each in pending_days(versions, published)]
        purged = purged_before(connection)
        stale = [day for (day,) in fetch(connection, read_sql("warehouse.queries", "stale_days"))]
        stores = {
            "PostgreSQL": read_totals(sources.fetch("totals_by_day")),
            "MongoDB": mongodb_totals(sources),
            "MySQL fact_watch": warehouse_totals(connection, "totals_of_watch"),
            "MySQL fact_playback": warehouse_totals(connection, "totals_of_playback"),
            "MySQL statistics": warehouse_totals(connection, "totals_of_statistics"),
            "MySQL performance": warehouse_totals(connection, "totals_of_performance"),
        }
        pending.extend(sources.changed_days())
        interrupted = sources.interruptions()
    kept = {name: kept_totals(store, purged) for name, store in stores.items()}
    return compare(kept, pending=(*pending, *stale), interrupted=interrupted)


def kept_totals(store: Store, purged: date) -> Store:
    """Return what a store says of the days that the warehouse keeps."""
    return {day: totals for day, totals in store.items() if day >= purged}


def mongodb_totals(sources: Sources) -> Store:
    """Return what MongoDB says: what an export of all days would carry."""
    rows = (
        (document["day"].date(), document["plays"], document["watch_seconds"])
        for document in sources.playback_documents(FIRST_DAY, LAST_DAY)
    )
    return read_totals(rows)


def warehouse_totals(connection: Connection, query: str) -> Store:
    """Return what one table of the warehouse says."""
    return read_totals(fetch(connection, read_sql("warehouse.queries", query)))


def read_totals(rows: Iterable[Row]) -> Store:
    """Sum rows of (day, plays, watch_seconds) by day."""
    found: dict[date, Totals] = {}
    for day, plays, watch_seconds in rows:
        found[day] = found.get(day, Totals()) + Totals(int(plays), int(watch_seconds))
    return found


def compare(
    stores: Mapping[str, Store], *, pending: Iterable[date] = (), interrupted: Iterable[str] = ()
) -> Comparison:
    """Compare what the stores say about every day but the pending ones; an absent day is 0."""
    left_out = frozenset(pending)
    days = sorted(frozenset().union(*stores.values()) - left_out)
    by_day = {
        day: {name: store.get(day, Totals()) for name, store in stores.items()} for day in days
    }
    totals = {
        name: sum((values[name] for values in by_day.values()), start=Totals()) for name in stores
    }
    differences = tuple(
        Difference(day, measure, values)
        for day, said in by_day.items()
        for measure in MEASURES
        if len(set((values := measured(said, measure)).values())) > 1
    )
    return Comparison(totals, by_day, differences, tuple(sorted(left_out)), tuple(interrupted))


def measured(said: Mapping[str, Totals], measure: str) -> dict[str, int]:
    """Return one measure of what each store says."""
    return {name: getattr(totals, measure) for name, totals in said.items()}
