"""What gives applications and titles their category: what is in force, what another would change, putting it in force.

A change is tried as it is made, in one transaction under the lock of refreshes; then it is kept or rolled back. So
what is shown is what would be done, and what is recomputed is what the procedures mark: nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from svp.core.sqlfiles import read_sql
from svp.errors import UsageError
from warehouse.connections import execute, fetch, fetch_one, open_warehouse, refresh_transaction
from warehouse.export import run_procedures
from warehouse.mapping_files import CATEGORIES, CategoryMapping, TitleRule, as_toml, read_toml
from warehouse.store import check_tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from svp.core.mysql import Connection
    from svp.settings import Settings

__all__ = [
    "CategoryChange",
    "MappingChange",
    "Watched",
    "diff_mapping",
    "import_mapping",
    "mapping_in_force",
    "watched_things",
]

Thing = Literal["application", "title"]

QUERIES: Mapping[Thing, str] = {"application": "application_seconds", "title": "title_seconds"}


@dataclass(frozen=True, slots=True)
class Watched:
    """An application or a title, with its category."""

    thing: Thing
    name: str
    """Of a title, its source and id."""
    category: str
    watch_seconds: int


@dataclass(frozen=True, slots=True)
class CategoryChange:
    """An application or a title that gets another category."""

    thing: Thing
    name: str
    former: str
    category: str
    watch_seconds: int


@dataclass(frozen=True, slots=True)
class MappingChange:
    """What a mapping changes."""

    changes: tuple[CategoryChange, ...]
    """Those with most seconds first; names that nobody watched yet are not among them."""
    slices: Mapping[str, int]
    """How many slices of each aggregate are recomputed: a day or a month each."""


def mapping_in_force(settings: Settings, *, version: int | None = None) -> CategoryMapping:
    """Return the mapping of now, or an earlier one.

    Raises:
        UsageError: there was no such version.
        SchemaError: there is no warehouse, or it is older or newer than the program.
    """
    check_tables(settings)
    with open_warehouse(settings) as connection:
        if version is None:
            return _read(connection)
        found = fetch(
            connection, "SELECT content FROM mapping_version WHERE version = %s", (version,)
        )
        if not found:
            message = f"there was no version {version} of the mapping"
            raise UsageError(message, "versions begin with 1, at the first import")
        return read_toml(found[0][0])


def watched_things(settings: Settings) -> tuple[Watched, ...]:
    """Return every application and title with its category and seconds, those with most seconds first."""
    check_tables(settings)
    with open_warehouse(settings) as connection:
        found = [each for thing in QUERIES for each in _watched(connection, thing).values()]
    return tuple(sorted(found, key=lambda each: (-each.watch_seconds, each.thing, each.name)))


def diff_mapping(settings: Settings, mapping: CategoryMapping) -> MappingChange:
    """Return what a mapping would change, and change nothing.

    Raises:
        LockError: a refresh is at work.
    """
    check_tables(settings)
    with open_warehouse(settings) as connection, refresh_transaction(settings, connection):
        change = _apply(connection, mapping)
        connection.rollback()
    return change


def import_mapping(settings: Settings, mapping: CategoryMapping) -> MappingChange:
    """Put a mapping in force, and recompute what it changes; the same again changes nothing.

    Raises:
        LockError: a refresh is at work; nothing was changed.
        VerifyError: the recomputation failed; the next refresh repeats it.
    """
    check_tables(settings)
    with open_warehouse(settings) as connection, refresh_transaction(settings, connection):
        former = _read(connection)
        change = _apply(connection, mapping)
        _record(connection, former)
        connection.commit()
    run_procedures(settings)
    return change


def _apply(connection: Connection, mapping: CategoryMapping) -> MappingChange:
    execute(connection, "SET @svp_begun_at = utc_timestamp(6)")
    former = {thing: _watched(connection, thing) for thing in QUERIES}
    if mapping.applications is not None:
        _replace_applications(connection, mapping.applications)
    if mapping.titles is not None:
        _replace_rules(connection, mapping.titles)
    slices = fetch(connection, read_sql("warehouse.queries", "marked_slices"))
    changes = [
        CategoryChange(thing, name, former[thing][name].category, now.category, now.watch_seconds)
        for thing in QUERIES
        for name, now in _watched(connection, thing).items()
        if former[thing][name].category != now.category
    ]
    changes.sort(key=lambda each: (-each.watch_seconds, each.thing, each.name))
    return MappingChange(tuple(changes), dict(slices))


def _replace_applications(connection: Connection, applications: Mapping[str, str]) -> None:
    execute(connection, "DELETE FROM application_category")
    for name, category in applications.items():
        values = (name, CATEGORIES.index(category))
        execute(connection, "INSERT INTO application_category VALUES (%s, %s)", values)
    execute(connection, "CALL classify_applications()")


def _replace_rules(connection: Connection, rules: tuple[TitleRule, ...]) -> None:
    execute(connection, "DELETE FROM category_rule")
    for order, rule in enumerate(rules, start=1):
        conditions = (rule.content_type, rule.genre, rule.maturity_rating)
        values = (order, *conditions, CATEGORIES.index(rule.category))
        execute(connection, "INSERT INTO category_rule VALUES (%s, %s, %s, %s, %s)", values)
    execute(connection, "CALL classify_titles()")


def _record(connection: Connection, former: CategoryMapping) -> None:
    """Keep what is in force now as a version; at the first import also what was before."""
    keep = "INSERT INTO mapping_version (imported_at, content) VALUES (utc_timestamp(6), %s)"
    (versions,) = fetch_one(connection, "SELECT count(*) FROM mapping_version")
    present = _read(connection)
    if present != former:
        for each in (present,) if versions else (former, present):
            execute(connection, keep, (as_toml(each),))


def _read(connection: Connection) -> CategoryMapping:
    applications = fetch(connection, read_sql("warehouse.queries", "mapped_applications"))
    rules = fetch(connection, read_sql("warehouse.queries", "title_rules"))
    return CategoryMapping(dict(applications), tuple(TitleRule(*rule) for rule in rules))


def _watched(connection: Connection, thing: Thing) -> dict[str, Watched]:
    rows = fetch(connection, read_sql("warehouse.queries", QUERIES[thing]))
    return {name: Watched(thing, name, category, int(total)) for name, category, total in rows}
