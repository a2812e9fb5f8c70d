"""The printed grants, run as an administrator would: passwords written, then each store's own program.

Those programs need not be on the machine, so their statements go through the drivers.
"""

from __future__ import annotations

import json
import re
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, get_args
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from svp import cli
from svp.core.mysql import open_connection
from svp.grants import Role, account_name, grants
from warehouse import schema
from warehouse.connections import execute, fetch
from warehouse.store import staging_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from svp.core.mongodb import Documents
    from svp.servers.engine import EngineName
    from svp.servers.home import Home
    from svp.settings import Settings

ROLES: tuple[Role, ...] = get_args(Role)
PASSWORD = "a-password"  # noqa: S105  (of accounts that live as long as a test)
ADMINISTRATORS: Mapping[EngineName, str] = {"postgres": "postgres", "mongodb": "admin"}


@dataclass(frozen=True)
class Accounts:
    """A workspace with the accounts that the printed statements make."""

    administrator: Settings
    """Of the local account, which may do anything in databases of ours."""
    settings: Mapping[Role, Settings]
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def run(self, role: Role, *arguments: object) -> tuple[int, str, str]:
        """Run a command as a host does that has an account's URLs; return exit code, output and errors."""
        return self.run_with(self.settings[role], *arguments)

    def run_with(self, settings: Settings, *arguments: object) -> tuple[int, str, str]:
        """The same with any URLs."""
        self.monkeypatch.setenv("SVP_HOME", str(settings.home))
        self.monkeypatch.setenv("SVP_WORKSPACE", settings.workspace.name)
        for name in ("postgres_url", "mongo_url", "mysql_url"):
            self.monkeypatch.setenv(f"SVP_{name.upper()}", getattr(settings, name))
        with pytest.raises(SystemExit) as ended:
            cli.main([str(argument) for argument in arguments])
        told = self.capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    def mysql(self, role: Role, statement: str) -> list[tuple[object, ...]]:
        """Return what the warehouse's server answers to an account; names in braces are databases."""
        workspace = self.administrator.workspace
        names = {"warehouse": workspace.warehouse_database, "mart": workspace.mart_database}
        with open_connection(self.settings[role].mysql_url) as connection:
            return fetch(connection, statement.format(**names))


@contextmanager
def made_accounts(settings: Settings, home: Home) -> Iterator[Mapping[Role, Settings]]:
    """Make the accounts that ``svp init --print-grants`` prints; give each one's settings.

    They go afterwards, and PostgreSQL's database with them, which only its owner could drop.
    """
    printed = grants(settings.workspace, staging_tables())
    try:
        run_postgres(printed["postgres"], settings, home)
        run_mongodb(printed["mongo"], settings, home)
        run_mysql(printed["mysql"], settings)
        yield {role: settings_of(settings, role) for role in ROLES}
    finally:
        drop_accounts(settings, home)


def with_passwords(printed: str, quote: str) -> str:
    """Return the text with a password in each place that wants one."""
    return re.sub("<password of [^>]+>", f"{quote}{PASSWORD}{quote}", printed)


def statements(printed: str) -> list[str]:
    """Return the statements of a text, without its comments."""
    lines = [line for line in printed.splitlines() if line and not line.startswith(("--", "//"))]
    return "\n".join(lines).replace("\\connect", ";\\connect").split(";\n")


def run_postgres(printed: str, settings: Settings, home: Home) -> None:
    """Do what psql does: a statement at a time, and another database from \\connect on."""
    server, _, database = with_passwords(printed, "'").partition("\\connect")
    url = administrator(settings.postgres_url, "postgres", home)
    parts = {"postgres": server, settings.workspace.postgres_database: database.partition("\n")[2]}
    for name, text in parts.items():
        with closing(psycopg2.connect(url, dbname=name)) as connection:
            connection.autocommit = True
            for statement in filter(str.strip, statements(text)):
                with connection.cursor() as cursor:
                    cursor.execute(statement)


def run_mongodb(printed: str, settings: Settings, home: Home) -> None:
    """Run each command in its database."""
    commands = re.findall(r'^db\.getSiblingDB\("(\w+)"\)\.runCommand\((.*)\);$', printed, re.M)
    assert len(commands) == 4
    client: Documents = MongoClient(administrator(settings.mongo_url, "mongodb", home))
    with client:
        for database, command in commands:
            client[database].command(json.loads(with_passwords(command, '"')))


def run_mysql(printed: str, settings: Settings) -> None:
    """Run a statement at a time; the local account may do so for databases named svp…."""
    with open_connection(settings.mysql_url) as connection:
        for statement in statements(with_passwords(printed, "'")):
            execute(connection, statement)


def settings_of(settings: Settings, role: Role) -> Settings:
    """Return the settings of whoever logs in everywhere as one of the accounts."""
    login = (account_name(settings.workspace, role), PASSWORD)
    return replace(
        settings,
        postgres_url=as_account(settings.postgres_url, *login),
        mongo_url=as_account(settings.mongo_url, *login),
        mysql_url=as_account(settings.mysql_url, *login),
    )


def administrator(url: str, name: EngineName, home: Home) -> str:
    """Return the URL for the administrator of a local server."""
    return as_account(url, ADMINISTRATORS[name], home.instance(name).admin_password)


def as_account(url: str, user: str, password: str) -> str:
    """Return a URL for another account."""
    parts = urlsplit(url)
    address = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{user}:{password}@{address}"))


def drop_accounts(settings: Settings, home: Home) -> None:
    """Drop all that ``made_accounts`` made, whatever of it is there; what they define goes before them."""
    workspace = settings.workspace
    schema.reset(settings)
    names = [account_name(workspace, role) for role in ROLES]
    with open_connection(settings.mysql_url) as connection:
        for name in names:
            execute(connection, "DROP USER IF EXISTS %s@'%'", (name,))
    client: Documents = MongoClient(administrator(settings.mongo_url, "mongodb", home))
    with client:
        client[workspace.mongo_database].command("dropAllRolesFromDatabase")
        for name in names:
            with suppress(OperationFailure):
                client.admin.command("dropUser", name)
    url = administrator(settings.postgres_url, "postgres", home)
    with closing(psycopg2.connect(url, dbname="postgres")) as server, server.cursor() as cursor:
        server.commit()
        server.autocommit = True
        cursor.execute(f"DROP DATABASE IF EXISTS {workspace.postgres_database} WITH (FORCE)")
        for name in names:
            cursor.execute(f"DROP ROLE IF EXISTS {name}")
