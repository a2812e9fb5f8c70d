"""The account for Power BI reads the marts, and can do nothing else."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import mysql.connector
import pytest

from svp.core.mysql import open_connection
from svp.errors import PlatformError, ServerError, UsageError
from svp.settings import Workspace
from tests.integration.warehouse.builders import Play
from warehouse import reader, schema
from warehouse.connections import execute, fetch
from warehouse.reader import ensure_reader, reader_name, rotate_reader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from svp.core.mysql import Connection
    from svp.settings import Settings
    from tests.integration.warehouse.builders import Platform
    from warehouse.reader import ReaderAccount


REFUSALS = {1044, 1045, 1142, 1227, 1290, 1370, 1410}
"""Errors that say "denied"; 1290 says that the server itself writes no files."""


@pytest.fixture
def account(platform: Platform) -> Iterator[ReaderAccount]:
    """The reader of a workspace with one play."""
    platform.load(Play(date(2024, 1, 31)))
    platform.refresh()
    try:
        yield rotate_reader(platform.settings)
    finally:
        platform.execute("DROP USER IF EXISTS %s@'%'", (reader_name(platform.settings.workspace),))


@contextmanager
def logged_in(settings: Settings, account: ReaderAccount) -> Iterator[Connection]:
    parts = urlsplit(settings.url("mysql"))
    login = f"{account.user}:{account.password}@{account.server}"
    with open_connection(urlunsplit(parts._replace(netloc=login)), account.database) as connection:
        yield connection


def test_account_reads_the_marts(platform: Platform, account: ReaderAccount) -> None:
    with logged_in(platform.settings, account) as connection:
        assert fetch(connection, "SELECT plays FROM daily_statistics") == [(1,)]
        assert fetch(connection, "SHOW CREATE VIEW daily_statistics")
        databases = {name for (name,) in fetch(connection, "SHOW DATABASES")}
    assert databases - {"performance_schema"} == {"information_schema", account.database}


FORBIDDEN = (
    "SELECT * FROM {warehouse}.fact_watch",
    "SELECT * FROM mysql.user",
    "UPDATE daily_statistics SET plays = 0",
    "UPDATE segment SET segment = 'x'",
    "DELETE FROM genre",
    "INSERT INTO genre VALUES ('x', 99)",
    "DROP VIEW daily_statistics",
    "CREATE VIEW mine AS SELECT 1",
    "CREATE TABLE mine (x int)",
    "CREATE TEMPORARY TABLE mine (x int)",
    "CREATE DATABASE mine",
    "CALL {warehouse}.refresh_changed_days()",
    "CREATE USER mine IDENTIFIED BY 'x'",
    "GRANT SELECT ON {mart}.* TO root@localhost",
    "SELECT * FROM daily_statistics INTO OUTFILE 'marts'",
    "LOCK TABLES daily_statistics READ",
    "SET GLOBAL local_infile = 1",
    "SHUTDOWN",
)


def test_account_can_do_nothing_else(platform: Platform, account: ReaderAccount) -> None:
    names = {"warehouse": platform.settings.workspace.warehouse_database, "mart": account.database}
    with logged_in(platform.settings, account) as connection:
        allowed = [
            statement
            for statement in FORBIDDEN
            if not is_refused(connection, statement.format(**names))
        ]
    assert allowed == []
    assert platform.mart("daily_statistics", "plays") == [(1,)]


def is_refused(connection: Connection, statement: str) -> bool:
    try:
        execute(connection, statement)
    except mysql.connector.Error as refused:
        return refused.errno in REFUSALS
    return False


def test_account_does_not_reach_a_database_whose_name_only_resembles_ours(
    platform: Platform, account: ReaderAccount
) -> None:
    # In GRANT an underscore stands for any character unless it is escaped.
    alike = account.database.replace("_mart", "xmart")
    platform.execute(f"CREATE DATABASE {alike}")
    try:
        with (
            logged_in(platform.settings, account) as connection,
            pytest.raises(mysql.connector.Error, match="denied"),
        ):
            execute(connection, f"USE {alike}")
    finally:
        platform.execute(f"DROP DATABASE {alike}")


def test_file_holds_the_account_for_its_owner_only(
    platform: Platform, account: ReaderAccount
) -> None:
    file = platform.settings.home / "accounts" / f"{account.user}.json"
    assert account.file == file
    assert file.stat().st_mode & 0o777 == 0o600
    assert json.loads(file.read_text()) == {
        "server": urlsplit(platform.settings.url("mysql")).netloc.rpartition("@")[2],
        "database": platform.settings.workspace.mart_database,
        "user": account.user,
        "password": account.password,
    }
    assert account.password not in repr(account)


def test_rotation_changes_the_password_and_takes_back_what_was_granted(
    platform: Platform, account: ReaderAccount
) -> None:
    warehouse = platform.settings.workspace.warehouse_database
    platform.execute(f"GRANT SELECT ON {warehouse}.* TO {account.user}@'%'")
    rotated = rotate_reader(platform.settings)
    assert rotated.password != account.password
    with (
        pytest.raises(ServerError, match="refused the user"),
        logged_in(platform.settings, account),
    ):
        pass
    with (
        logged_in(platform.settings, rotated) as connection,
        pytest.raises(mysql.connector.Error, match="denied"),
    ):
        fetch(connection, f"SELECT 1 FROM {warehouse}.dim_date")


def test_ensure_keeps_an_account_that_works(platform: Platform, account: ReaderAccount) -> None:
    assert ensure_reader(platform.settings) == account


def test_ensure_replaces_an_account_that_does_not_work(
    platform: Platform, account: ReaderAccount
) -> None:
    platform.execute("ALTER USER %s@'%' IDENTIFIED BY 'forgotten'", (account.user,))
    assert ensure_reader(platform.settings).password != account.password


@pytest.mark.parametrize("place", ["under a file", "a folder"])
def test_file_that_cannot_be_written_is_a_message_and_the_password_stays(
    platform: Platform, account: ReaderAccount, place: str
) -> None:
    home = platform.settings.home
    file = _under_a_file(home) if place == "under a file" else home / "accounts"
    with pytest.raises(UsageError, match=f"{file.name} can't be written.*\nname another file"):
        rotate_reader(platform.settings, file=file)
    assert ensure_reader(platform.settings) == account
    assert list(home.glob(".accounts*")) == []


def test_password_stays_where_rights_can_not_be_given(
    platform: Platform, account: ReaderAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(reader, "READER_RIGHTS", "NONSENSE")
        with pytest.raises(PlatformError):
            rotate_reader(platform.settings)
    with open_connection(reader.account_url(platform.settings, account)) as connection:
        assert fetch(connection, "SELECT 1") == [(1,)]
    assert [file.name for file in account.file.parent.iterdir()] == [account.file.name]


def _under_a_file(home: Path) -> Path:
    blocking = home / "blocking"
    blocking.write_text("")
    return blocking / "reader.json"


def test_reset_takes_the_account_and_its_file_away(
    platform: Platform, account: ReaderAccount
) -> None:
    schema.reset(platform.settings)
    assert not account.file.exists()
    with pytest.raises(ServerError), logged_in(platform.settings, account):
        pass
    schema.install(platform.settings)


def test_reset_leaves_the_file_of_another_server(
    platform: Platform, account: ReaderAccount
) -> None:
    facts = json.loads(account.file.read_text())
    account.file.write_text(json.dumps({**facts, "server": "elsewhere:3306"}))
    schema.reset(platform.settings)
    assert account.file.exists()
    schema.install(platform.settings)


def test_two_workspaces_have_two_accounts(platform: Platform, account: ReaderAccount) -> None:
    other = replace(platform.settings, workspace=Workspace(f"{platform.settings.workspace.name}b"))
    schema.install(other)
    try:
        second = rotate_reader(other)
        assert second.user != account.user
        with (
            logged_in(platform.settings, account) as connection,
            pytest.raises(mysql.connector.Error, match="denied"),
        ):
            execute(connection, f"USE {second.database}")
    finally:
        schema.reset(other)
        platform.execute("DROP USER IF EXISTS %s@'%'", (reader_name(other.workspace),))
