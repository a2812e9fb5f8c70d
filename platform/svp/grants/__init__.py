"""The four accounts of a workspace, and what makes them on servers that somebody else administers.

owner      makes and upgrades the schemas: ``svp init``, ``svp reset``, ``svp verify --rebuild``
loader     fills the stores and the warehouse: ``svp ingest``, ``svp warehouse refresh``, ``svp mapping import``
refresher  runs the events and watches: ``svp warehouse schedule``, ``svp warehouse status``, ``svp verify``
reader     reads the marts, and what procedures show of them, and nothing else: Power BI
"""

from __future__ import annotations

import hashlib
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Literal, get_args

from svp.core.sqlfiles import quote_mysql

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from svp.settings import Workspace

__all__ = ["READER_RIGHTS", "Role", "account_name", "escape_database", "grants"]

Role = Literal["owner", "loader", "refresher", "reader"]

READER_RIGHTS = "SELECT, SHOW VIEW, EXECUTE"
"""Of the reader in the mart database, and nowhere else; its procedures show and keep nothing."""

MAX_ACCOUNT_CHARACTERS = 32
"""MySQL's limit; the other two take more."""

CHECKSUM_CHARACTERS = 8

TEMPLATES = {"postgres": "postgres.sql", "mongo": "mongodb.js", "mysql": "mysql.sql"}


def account_name(workspace: Workspace, role: Role) -> str:
    """Return an account's name; a long workspace is cut and told apart by its checksum."""
    name = f"{workspace.base}_{role}"
    if len(name) <= MAX_ACCOUNT_CHARACTERS:
        return name
    told_apart = hashlib.sha256(workspace.base.encode()).hexdigest()[:CHECKSUM_CHARACTERS]
    ending = f"_{told_apart}_{role}"
    return workspace.base[: MAX_ACCOUNT_CHARACTERS - len(ending)] + ending


def escape_database(database: str) -> str:
    r"""Return a MySQL database as ``GRANT … ON database.*`` takes it, where _ means any character and \_ itself."""
    return quote_mysql(database).replace("_", r"\_")


def grants(workspace: Workspace, staging_tables: Iterable[str]) -> Mapping[str, str]:
    """Return for each store what an administrator runs there: for psql, for mongosh, for mysql or mariadb.

    Passwords are placeholders that no server takes, so that nothing runs before they are written.

    Args:
        workspace: whose databases and accounts these are.
        staging_tables: tables of the warehouse that the loader empties by TRUNCATE.
    """
    roles: tuple[Role, ...] = get_args(Role)
    accounts = {role: account_name(workspace, role) for role in roles}
    emptying = "\n".join(
        f"GRANT CREATE, DROP ON {quote_mysql(workspace.warehouse_database)}.{quote_mysql(table)}"
        f" TO '{accounts['loader']}'@'%';"
        for table in staging_tables
    )
    values = accounts | {
        "postgres": workspace.postgres_database,
        "mongo": workspace.mongo_database,
        "warehouse": escape_database(workspace.warehouse_database),
        "mart": escape_database(workspace.mart_database),
        "rebuild": escape_database(workspace.rebuild_database),
        "reader_rights": READER_RIGHTS,
        "emptying": emptying,
    }
    return {store: fill(file, values) for store, file in TEMPLATES.items()}


def fill(file: str, values: Mapping[str, str]) -> str:
    """Return a file of this package with its values filled in; names are plain words and need no quoting."""
    text = (files("svp.grants") / file).read_text(encoding="utf-8")
    return Template(text).substitute(values)
