"""What an export takes: the days and dimensions whose version is above the published one, or those asked for.

A day is due when completed loads raised its version, and no other load is at work on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

import nosql.schema
import oltp.schema
import warehouse.schema
from svp.core.sqlfiles import read_sql
from svp.errors import UsageError
from warehouse.connections import fetch, open_warehouse
from warehouse.purge import kept_days, purged_before
from warehouse.sources import DayVersion, open_sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from svp.core.mysql import Connection
    from svp.settings import Settings

__all__ = [
    "CHANGED",
    "Chunk",
    "Dimension",
    "ExportPlan",
    "Planned",
    "Scope",
    "check_schemas",
    "chunk_days",
    "due_dimensions",
    "pending_days",
    "plan_export",
    "published_days",
    "read_marks",
]

CHUNK_DAYS = 92
"""Days of the calendar that a run spans at most."""

CHUNK_ROWS = 100_000
"""Rows of loads that a run has at most, unless one day alone has more: what is published in one transaction."""

FIRST_CHUNK_ROWS = 12_500
"""Rows that the first run has at most, and twice as many each that follows: nothing is published before it is read."""

Chunk = list[DayVersion]


@dataclass(frozen=True, slots=True)
class Scope:
    """What an export takes: what changed, unless days are asked for again."""

    is_full: bool = False
    """Every day and dimension, whatever their versions."""
    first: date | None = None
    """From this day on, every day whatever its version, and no other day; None for the first there is."""
    last: date | None = None
    """Until this day; None for the last there is."""

    def __post_init__(self) -> None:
        if self.is_full and self.has_range:
            message = "--full takes every day, and was given with --from or --to"
            raise UsageError(message, "leave out one or the other")
        if (self.first or date.min) > (self.last or date.max):
            message = f"the first day {self.first} is after the last {self.last}"
            raise UsageError(message, "exchange them")

    @property
    def has_range(self) -> bool:
        """Only some days were asked for."""
        return self.first is not None or self.last is not None

    def check_purge(self, purged: date) -> None:
        """Raise UsageError when a day before ``purged`` is asked for by name: it does not come back."""
        asked = self.first or self.last
        if asked and asked < purged:
            message = (
                f"days before {purged} were purged from the warehouse, and {asked} was asked for"
            )
            raise UsageError(message, f"ask for days from {purged} on")

    def takes(self, day: date, *, is_changed: bool) -> bool:
        """Tell whether a day is exported."""
        if self.is_full or not self.has_range:
            return self.is_full or is_changed
        return (self.first or date.min) <= day <= (self.last or date.max)


CHANGED = Scope()
"""What changed, and nothing else."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A day or a dimension that an export would publish."""

    name: str
    """The day, or the mark: users, titles."""
    published_version: int
    """Of what the warehouse holds; 0 for nothing."""
    version: int


@dataclass(frozen=True, slots=True)
class ExportPlan:
    """What an export would do now."""

    days: tuple[Planned, ...]
    dimensions: tuple[Planned, ...]
    waiting: tuple[date, ...]
    """Days that wait for a load to be complete."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """Something that is exported whole when its mark rises."""

    mark: str
    staged: tuple[tuple[str, str], ...]
    """Staging tables, each with the extract that fills it."""
    procedure: str


DIMENSIONS = (
    Dimension(
        "users",
        (("stg_customer", "customers"), ("stg_customer_user", "customer_users")),
        "publish_customers",
    ),
    Dimension(
        "titles", (("stg_title", "titles"), ("stg_title_genre", "title_genres")), "publish_titles"
    ),
)


def plan_export(settings: Settings, *, scope: Scope = CHANGED) -> ExportPlan:
    """Return what ``export`` would publish now; nothing is written.

    Raises:
        SchemaError: a schema is older or newer than the program.
    """
    check_schemas(settings)
    with open_warehouse(settings) as connection, open_sources(settings) as sources:
        scope.check_purge(purged_before(connection))
        published = published_days(connection)
        versions = kept_days(connection, sources.day_versions())
        marks, published_marks = sources.marks(), read_marks(connection)
        days = tuple(
            Planned(each.day.isoformat(), published.get(each.day, 0), each.version)
            for chunk in chunk_days(versions, published, scope)
            for each in chunk
        )
        dimensions = tuple(
            Planned(each.mark, published_marks.get(each.mark, 0), marks[each.mark])
            for each in due_dimensions(marks, published_marks, scope)
        )
    return ExportPlan(days, dimensions, tuple(each.day for each in versions if each.is_busy))


def check_schemas(settings: Settings) -> None:
    """Raise SchemaError unless all three stores have this program's schema."""
    for room in (oltp.schema, nosql.schema, warehouse.schema):
        room.check_current(settings)


def read_marks(connection: Connection) -> dict[str, int]:
    """Return the published version of each mark."""
    return dict(fetch(connection, "SELECT mark, version FROM published_mark"))


def due_dimensions(
    marks: Mapping[str, int], published: Mapping[str, int], scope: Scope
) -> list[Dimension]:
    """Return the dimensions to export: those that changed, or all that ever were loaded."""
    return [
        each
        for each in DIMENSIONS
        if each.mark in marks and (scope.is_full or marks[each.mark] > published.get(each.mark, 0))
    ]


def published_days(connection: Connection) -> dict[date, int]:
    """Return the version of each published day."""
    return dict(fetch(connection, read_sql("warehouse.queries", "published_days")))


def pending_days(versions: Iterable[DayVersion], published: Mapping[date, int]) -> list[DayVersion]:
    """Return the days above their published version, whether they may be exported yet or not."""
    return [each for each in versions if each.is_busy or each.version > published.get(each.day, 0)]


def chunk_days(
    versions: Iterable[DayVersion],
    published: Mapping[date, int],
    scope: Scope = CHANGED,
    rows: Mapping[date, int] = MappingProxyType({}),
) -> Iterator[Chunk]:
    """Yield the days to export in runs that no other day interrupts, so that a range holds only them.

    Args:
        versions: every day that loads touched, in order.
        published: the version of each published day.
        scope: what is asked for.
        rows: about how many rows a day has, which cuts runs: the first soonest.
    """
    chunk: Chunk = []
    room = FIRST_CHUNK_ROWS
    for each in versions:
        is_changed = each.version > published.get(each.day, 0)
        is_due = not each.is_busy and scope.takes(each.day, is_changed=is_changed)
        if chunk and not (is_due and has_room(chunk, each, rows, room)):
            yield chunk
            chunk, room = [], min(2 * room, CHUNK_ROWS)
        if is_due:
            chunk.append(each)
    if chunk:
        yield chunk


def has_room(chunk: Chunk, following: DayVersion, rows: Mapping[date, int], room: int) -> bool:
    """Tell whether one more day fits into a run of ``room`` rows."""
    is_near = (following.day - chunk[0].day).days < CHUNK_DAYS
    return is_near and sum(rows.get(each.day, 0) for each in (*chunk, following)) <= room
