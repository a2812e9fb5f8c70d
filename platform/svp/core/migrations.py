"""Numbered migrations with checksums, applied once, for any store.

A store says what it has applied and how it applies one more; the rules are here, once: numbers are
contiguous, an applied file never changes, and a store that knows a number we don't is newer than us.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from svp.core.sqlfiles import list_sql
from svp.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Migration", "Store", "check_current", "load_migrations", "migrate", "pending"]


@dataclass(frozen=True, slots=True)
class Migration:
    """One change of a schema: a file ``NNNN_what_it_does``."""

    number: int
    name: str
    text: str = field(repr=False)
    checksum: str = field(repr=False)


class Store(Protocol):
    """What one server must offer to be migrated."""

    name: str
    """For people: the server and the database."""

    def applied(self) -> Mapping[int, str]:
        """Return the checksum of each applied migration by number; none before the first."""

    def apply(self, migration: Migration) -> None:
        """Make the change and record it; repeatable if it was interrupted between the two."""


def load_migrations(package: str, *, suffix: str = ".sql") -> tuple[Migration, ...]:
    """Return a package's migrations in order.

    Raises:
        ValueError: a number is missing, doubled, or not of four digits.
    """
    migrations = []
    for number, file in enumerate(list_sql(package, suffix=suffix), start=1):
        if not re.fullmatch(rf"{number:04d}_[a-z0-9_]+", file.name):
            message = f"{package}: {file.name} should begin with {number:04d}_"
            raise ValueError(message)
        migrations.append(Migration(number, file.name, file.text, file.checksum))
    return tuple(migrations)


def pending(store: Store, migrations: Sequence[Migration]) -> tuple[Migration, ...]:
    """Return what is still to be applied, in order.

    Raises:
        SchemaError: the store is newer than the program, or an applied migration was changed since.
    """
    applied = store.applied()
    newest = max(applied, default=0)
    if newest > len(migrations):
        message = (
            f"{store.name} has schema {newest:04d}, newer than this program's {len(migrations):04d}"
        )
        raise SchemaError(message, "upgrade svp, or use another workspace")
    for migration in migrations:
        if applied.get(migration.number, migration.checksum) != migration.checksum:
            message = f"{store.name} was migrated by another text of {migration.name}"
            advice = "use the version of svp that made it, or 'svp reset' the workspace"
            raise SchemaError(message, advice)
    return tuple(migration for migration in migrations if migration.number not in applied)


def migrate(store: Store, migrations: Sequence[Migration]) -> tuple[Migration, ...]:
    """Apply what is pending and return it; a second run returns nothing."""
    todo = pending(store, migrations)
    for migration in todo:
        store.apply(migration)
    return todo


def check_current(store: Store, migrations: Sequence[Migration]) -> None:
    """Raise SchemaError unless the store has exactly this program's schema."""
    todo = pending(store, migrations)
    if todo:
        message = f"{store.name} is older than this program: {todo[0].name} is not applied"
        raise SchemaError(message, "run 'svp init' to upgrade it")
