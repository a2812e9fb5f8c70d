"""Procedures, events and mart views: what the program has, what a server has, and installing the difference.

An object is installed again only when its file changed. Of an event that is there, only the body is
replaced, so the times that somebody chose, and whether it is enabled, stay.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from procedures import INSTALL_ORDER
from svp.core.sqlfiles import checksum, list_sql, quote_mysql, read_sql
from warehouse.connections import execute, fetch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from svp.core.mysql import Connection
    from svp.settings import Workspace

__all__ = ["SchemaObject", "StaleObject", "install_objects", "program_objects", "stale_objects"]

VIEW_PREFIX = "CREATE OR REPLACE SQL SECURITY DEFINER VIEW"


@dataclass(frozen=True, slots=True)
class SchemaObject:
    """One object of the program: a file of ``procedures`` or ``warehouse/marts``."""

    kind: Literal["procedure", "event", "view"]
    name: str
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the file, as hex."""
        return checksum(self.text)

    def statements(self, workspace: Workspace) -> Iterator[str]:
        """Yield what installs the object, or brings it up to date, with the warehouse as default database."""
        name = quote_mysql(self.name)
        if self.kind == "procedure":
            yield f"DROP PROCEDURE IF EXISTS {name}"
            yield self.text
        elif self.kind == "event":
            yield self.text
            _, _, body = self.text.partition("\nDO ")
            yield f"ALTER EVENT {name} DO {body}"
        else:
            yield f"{VIEW_PREFIX} {quote_mysql(workspace.mart_database)}.{name} AS\n{self.text}"


@dataclass(frozen=True, slots=True)
class StaleObject:
    """An object that has to be installed."""

    wanted: SchemaObject
    is_missing: bool
    """The server has none of that name; else it has one from another text."""

    @property
    def fault(self) -> str:
        """What is wrong, with the name."""
        name = f"{self.wanted.kind} {self.wanted.name}"
        return f"the {name} is missing" if self.is_missing else f"the {name} is not this program's"


def program_objects() -> tuple[SchemaObject, ...]:
    """Return every object of the program, in the order of installation."""
    routines = [_routine(name, read_sql("procedures", name)) for name in INSTALL_ORDER]
    views = [SchemaObject("view", file.name, file.text) for file in list_sql("warehouse.marts")]
    return (*routines, *views)


def _routine(name: str, text: str) -> SchemaObject:
    is_event = re.search(r"^CREATE EVENT ", text, flags=re.MULTILINE) is not None
    return SchemaObject("event" if is_event else "procedure", name, text)


def stale_objects(connection: Connection, workspace: Workspace) -> tuple[StaleObject, ...]:
    """Return the objects of the program that the server lacks or has from another text."""
    installed = set(fetch(connection, "SELECT kind, name, checksum FROM schema_object"))
    execute(connection, "SET @svp_mart = %s", (workspace.mart_database,))
    present = set(fetch(connection, read_sql("warehouse.queries", "present_objects")))
    return tuple(
        StaleObject(each, is_missing=(each.kind, each.name) not in present)
        for each in program_objects()
        if (each.kind, each.name, each.checksum) not in installed
        or (each.kind, each.name) not in present
    )


def install_objects(connection: Connection, workspace: Workspace) -> tuple[SchemaObject, ...]:
    """Install what is stale and return it; a second run returns nothing."""
    record = "REPLACE INTO schema_object (kind, name, checksum, installed_at) VALUES (%s, %s, %s, utc_timestamp(6))"
    stale = tuple(each.wanted for each in stale_objects(connection, workspace))
    for each in stale:
        for statement in each.statements(workspace):
            execute(connection, statement)
        execute(connection, record, (each.kind, each.name, each.checksum))
    return stale
