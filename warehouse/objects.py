"""Procedures, events and mart views: what the program has, what a server has, and installing the difference.

An object is installed again only when its file changed. Of an event that is there, only the body is
replaced, so the times that somebody chose, and whether it is enabled, stay.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import mysql.connector
from mysql.connector import errorcode

from procedures import INSTALL_ORDER
from svp.core.sqlfiles import checksum, list_sql, quote_mysql, read_sql
from warehouse.connections import execute, fetch
from warehouse.definers import gone_definers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from svp.core.mysql import Connection
    from svp.settings import Workspace

__all__ = ["SchemaObject", "StaleObject", "install_objects", "program_objects", "stale_objects"]

Kind = Literal["procedure", "event", "view", "mart procedure"]
KINDS: tuple[Kind, ...] = get_args(Kind)

SIGHT_PROBES: dict[Kind, str] = {
    "procedure": "CALL no_such_procedure()",
    "event": "SHOW EVENTS",
    "view": "SHOW TABLES FROM {mart}",
    "mart procedure": "CALL {mart}.no_such_procedure()",
}
"""What the server refuses to an account that may not see objects of a kind; information_schema leaves them out."""

PART = re.compile(r"\bsvp_parts\.(\w+)")
VIEW_PREFIX = "CREATE OR REPLACE SQL SECURITY DEFINER VIEW"


@dataclass(frozen=True, slots=True)
class SchemaObject:
    """One object of the program: a file of ``procedures``, ``procedures/marts`` or ``warehouse/marts``."""

    kind: Kind
    name: str
    text: str
    """The file's."""

    @property
    def whole_text(self) -> str:
        """What is run: each part of ``procedures/parts`` stands where the file names it as a table of ``svp_parts``."""
        return PART.sub(lambda named: f"(\n{read_sql('procedures.parts', named[1])})", self.text)

    @property
    def checksum(self) -> str:
        """SHA-256 of the whole text, as hex."""
        return checksum(self.whole_text)

    def statements(self, workspace: Workspace) -> Iterator[str]:
        """Yield what installs the object, or brings it up to date, with the warehouse as default database."""
        name = quote_mysql(self.name)
        mart = quote_mysql(workspace.mart_database)
        if self.kind == "procedure":
            yield f"DROP PROCEDURE IF EXISTS {name}"
            yield self.whole_text
        elif self.kind == "event":
            yield self.text
            _, _, body = self.text.partition("\nDO ")
            yield f"ALTER EVENT {name} DO {body}"
        elif self.kind == "view":
            yield f"{VIEW_PREFIX} {mart}.{name} AS\n{self.text}"
        else:
            yield f"DROP PROCEDURE IF EXISTS {mart}.{name}"
            warehouse = quote_mysql(workspace.warehouse_database)
            yield self.text.replace("svp_mart.", f"{mart}.").replace(
                "svp_warehouse.", f"{warehouse}."
            )


@dataclass(frozen=True, slots=True)
class StaleObject:
    """An object that has to be installed, and why."""

    wanted: SchemaObject
    reason: Literal["missing", "changed", "orphaned"]
    """The server has none of that name, one from another text, or one whose definer is gone."""
    definer: str = ""
    """Of one that is orphaned: the account that is gone."""

    @property
    def fault(self) -> str:
        """What is wrong, with the name."""
        name = f"the {self.wanted.kind} {self.wanted.name}"
        if self.reason == "orphaned":
            return f"{name} belongs to {self.definer}, an account that is gone"
        return f"{name} is missing" if self.reason == "missing" else f"{name} is not this program's"


def program_objects() -> tuple[SchemaObject, ...]:
    """Return every object of the program, in the order of installation."""
    routines = [_routine(name, read_sql("procedures", name)) for name in INSTALL_ORDER]
    views = [SchemaObject("view", file.name, file.text) for file in list_sql("warehouse.marts")]
    shown = [
        SchemaObject("mart procedure", file.name, file.text)
        for file in list_sql("procedures.marts")
    ]
    return (*routines, *views, *shown)


def _routine(name: str, text: str) -> SchemaObject:
    is_event = re.search(r"^CREATE EVENT ", text, flags=re.MULTILINE) is not None
    return SchemaObject("event" if is_event else "procedure", name, text)


def stale_objects(
    connection: Connection, workspace: Workspace, *, kinds: Collection[Kind] = KINDS
) -> tuple[StaleObject, ...]:
    """Return the objects of the program that the server lacks, has from another text, or of a definer that is gone.

    Raises:
        ServerError: the account may not see such objects.
    """
    installed = set(fetch(connection, "SELECT kind, name, checksum FROM schema_object"))
    execute(connection, "SET @svp_mart = %s", (workspace.mart_database,))
    rows = fetch(connection, read_sql("warehouse.queries", "present_objects"))
    definers = {(kind, name): definer for kind, name, definer in rows}
    gone = gone_definers(connection, workspace.mart_database, definers)
    stale = []
    for each in (wanted for wanted in program_objects() if wanted.kind in kinds):
        definer = definers.get((each.kind, each.name))
        if (each.kind, each.name) not in definers:
            stale.append(StaleObject(each, "missing"))
        elif (each.kind, each.name, each.checksum) not in installed:
            stale.append(StaleObject(each, "changed"))
        elif definer in gone:
            stale.append(StaleObject(each, "orphaned", definer))
    for kind in {each.wanted.kind for each in stale if each.reason == "missing"}:
        require_sight(connection, workspace, kind)
    return tuple(stale)


def require_sight(connection: Connection, workspace: Workspace, kind: Kind) -> None:
    """Raise the server's refusal if this account may not see objects of a kind, so that none seems to be missing."""
    probe = SIGHT_PROBES[kind].format(mart=quote_mysql(workspace.mart_database))
    try:
        fetch(connection, probe)
    except mysql.connector.Error as error:
        if error.errno not in {errorcode.ER_SP_DOES_NOT_EXIST, errorcode.ER_BAD_DB_ERROR}:
            raise


def install_objects(connection: Connection, workspace: Workspace) -> tuple[SchemaObject, ...]:
    """Install what is stale and return it; a second run returns nothing."""
    record = "REPLACE INTO schema_object (kind, name, checksum, installed_at) VALUES (%s, %s, %s, utc_timestamp(6))"
    stale = tuple(each.wanted for each in stale_objects(connection, workspace))
    for each in stale:
        for statement in each.statements(workspace):
            execute(connection, statement)
        execute(connection, record, (each.kind, each.name, each.checksum))
    return stale
