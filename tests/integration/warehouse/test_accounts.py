"""The accounts that ``svp init --print-grants`` prints do their work, and nothing beside it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import mysql.connector
import psycopg2
import pytest
from pymongo.errors import OperationFailure

from svp.core.mongodb import open_database
from svp.core.mysql import open_connection
from svp.core.postgres import transaction
from svp.errors import ServerError
from svp.grants import account_name, escape_database, grants
from svp.model import VIEWING_SESSIONS
from tests.unit.loaders.builders import a_catalogue, sessions_file, users_file
from warehouse import staging
from warehouse.connections import execute, fetch
from warehouse.export import refresh
from warehouse.schedule import DAILY, OFTEN
from warehouse.store import staging_tables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from svp.core.mongodb import MongoDatabase
    from svp.grants import Role
    from svp.settings import Settings
    from tests.integration.warehouse.accounts import Accounts

EVENT_PATIENCE_SECONDS = 20


def test_each_account_does_its_work(filled: Accounts) -> None:
    plays = "SELECT sum(plays) FROM {mart}.daily_statistics"
    assert filled.mysql("reader", plays) == [(1,)]
    assert filled.run("loader", "warehouse", "refresh", "--full")[0] == 0
    assert filled.run("refresher", "warehouse", "schedule", "on")[0] == 0
    for command in (("warehouse", "status"), ("verify",), ("mart", "show", "daily_statistics")):
        code, _, told = filled.run("refresher", *command)
        assert code == 0, told
    day = filled.mysql("owner", "SELECT max(as_of_date) FROM {mart}.churn_signals")[0][0]
    readers: tuple[Role, ...] = ("reader", "refresher", "owner")
    for role in readers:
        for as_of in ((), ("--as-of", day)):
            code, _, told = filled.run(role, "mart", "show", "churn_signals", *as_of)
            assert code == 0, told
    assert filled.run("owner", "init")[0] == 0


@pytest.mark.parametrize("remedy", ["init", "ingest"])
def test_what_a_killed_load_of_the_owner_left_off_the_owner_makes_again(
    accounts: Accounts, tmp_path: Path, remedy: str
) -> None:
    from loaders.constraints import _take_off

    assert accounts.run("owner", "init")[0] == 0
    for write in (users_file, a_catalogue, sessions_file):
        write(tmp_path)
    url, workspace = accounts.settings["owner"].postgres_url, accounts.administrator.workspace
    with transaction(url, workspace.postgres_database) as connection:
        _take_off(connection, VIEWING_SESSIONS)
    code, _, told = accounts.run("loader", "ingest", tmp_path)
    assert code == 3
    assert "which only the owner of the tables may make" in told
    assert "'svp init' with the owner's URL" in told
    again = ("init",) if remedy == "init" else ("ingest", tmp_path)
    assert accounts.run("owner", *again)[0] == 0
    code, _, told = accounts.run("loader", "ingest", tmp_path)
    assert code == 0, told
    with transaction(url, workspace.postgres_database) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conrelid = 'oltp.viewing_sessions'::regclass"
        )
        assert cursor.fetchone() == (3,)


def test_staging_of_many_rows_is_emptied_by_the_loader(filled: Accounts) -> None:
    tables = filled.mysql(
        "owner",
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = '{warehouse}' AND table_name LIKE 'stg\\_%'",
    )
    assert {name for (name,) in tables} == set(staging_tables())
    for table in staging_tables():
        assert filled.mysql("loader", f"TRUNCATE TABLE {{warehouse}}.{table}") == []


def test_event_of_the_refresher_rebuilds_what_was_published(filled: Accounts) -> None:
    assert filled.run("refresher", "warehouse", "schedule", "set", "--every", 1)[0] == 0
    settings = filled.settings["refresher"]
    with open_connection(settings.mysql_url, settings.workspace.warehouse_database) as connection:
        assert fetch(
            connection,
            "SELECT definer FROM information_schema.events"
            " WHERE event_schema = schema() AND event_name = %s",
            (OFTEN,),
        ) == [(f"{account_name(settings.workspace, 'refresher')}@%",)]
        execute(connection, f"ALTER EVENT {OFTEN} ON SCHEDULE EVERY 1 SECOND")
        runs = "SELECT count(*) FROM refresh_log WHERE outcome = 'done' AND procedure_name = 'refresh_changed_days'"
        before, until = fetch(connection, runs), time.monotonic() + EVENT_PATIENCE_SECONDS
        while fetch(connection, runs) == before and time.monotonic() < until:
            time.sleep(0.2)
        execute(connection, f"ALTER EVENT {OFTEN} DISABLE")
        assert fetch(connection, runs) > before


OF_NOBODY = (
    "SELECT 1 FROM mysql.user",
    "SELECT * FROM {mart}.genre INTO OUTFILE 'marts'",
    "SET GLOBAL local_infile = 1",
    "SHUTDOWN",
    "CREATE DATABASE svp_elsewhere",
    "CREATE USER mine IDENTIFIED BY 'x'",
    "GRANT SELECT ON {mart}.* TO root@localhost",
    "CREATE DEFINER = root@localhost VIEW {mart}.mine AS SELECT 1",
)

MUST_NOT: Mapping[Role, tuple[str, ...]] = {
    "owner": ("INSERT INTO {mart}.genre VALUES ('x', 99)",),
    "loader": (
        "DROP TABLE {warehouse}.fact_watch",
        "TRUNCATE TABLE {warehouse}.agg_daily_statistics",
        "ALTER TABLE {warehouse}.stg_watch ADD COLUMN x int",
        "CREATE TABLE {warehouse}.mine (x int)",
        "DROP PROCEDURE {warehouse}.publish_days",
        "CREATE PROCEDURE {warehouse}.mine () SELECT 1",
        f"ALTER EVENT {{warehouse}}.{DAILY} DISABLE",
        "DROP DATABASE {warehouse}",
        "SELECT 1 FROM {mart}.daily_statistics",
        "DROP VIEW {mart}.daily_statistics",
        "CREATE OR REPLACE VIEW {mart}.genre AS SELECT 1",
    ),
    "refresher": (
        "INSERT INTO {warehouse}.stg_day VALUES ()",
        "DELETE FROM {warehouse}.stg_watch",
        "UPDATE {warehouse}.agg_daily_statistics SET plays = 0",
        "UPDATE {warehouse}.aggregate_definition SET aggregate_name = 'x'",
        "CALL {warehouse}.publish_facts(20240216, 20240216)",
        "CALL {warehouse}.refresh_daily_statistics('2024-02-16', '2024-02-16')",
        "CREATE TABLE {warehouse}.mine (x int)",
        "TRUNCATE TABLE {warehouse}.stg_watch",
        "DROP PROCEDURE {warehouse}.refresh_changed_days",
        "CREATE OR REPLACE VIEW {mart}.genre AS SELECT 1",
        "DROP PROCEDURE {mart}.show_churn_signals",
    ),
    "reader": (
        "SELECT 1 FROM {warehouse}.dim_date",
        "CALL {warehouse}.refresh_changed_days()",
        "CALL {warehouse}.show_churn_signals(NULL)",
        "DROP PROCEDURE {mart}.show_churn_signals",
        "CREATE PROCEDURE {mart}.mine () SELECT 1",
        "UPDATE {mart}.segment SET segment = 'x'",
        "CREATE TABLE {mart}.mine (x int)",
        "DROP VIEW {mart}.genre",
    ),
}

REFUSALS = {1044, 1045, 1142, 1143, 1227, 1290, 1370, 1410}
"""Errors that say "denied"; 1290 says that the server itself writes no files."""


def test_no_account_does_what_is_not_its_work(filled: Accounts) -> None:
    allowed = [
        (role, statement)
        for role, own in MUST_NOT.items()
        for statement in (*own, *OF_NOBODY)
        if not is_refused(filled, role, statement)
    ]
    assert allowed == []
    assert filled.mysql("reader", "SELECT sum(plays) FROM {mart}.daily_statistics") == [(1,)]


def is_refused(accounts: Accounts, role: Role, statement: str) -> bool:
    try:
        accounts.mysql(role, statement)
    except mysql.connector.Error as refused:
        return refused.errno in REFUSALS
    return False


POSTGRES_MUST_NOT = (
    "DROP TABLE oltp.ratings",
    "ALTER TABLE oltp.ratings ADD COLUMN x int",
    "CREATE TABLE oltp.mine (x int)",
    "CREATE SCHEMA mine",
    "TRUNCATE oltp.ratings",
    "COPY oltp.ratings TO PROGRAM 'cat'",
    "CREATE ROLE mine",
)


def test_postgres_lets_nobody_but_the_owner_define(filled: Accounts) -> None:
    writes = "DELETE FROM oltp.ratings"
    forbidden: Mapping[Role, tuple[str, ...]] = {
        "loader": POSTGRES_MUST_NOT,
        "refresher": (*POSTGRES_MUST_NOT, writes),
    }
    for role, statements in forbidden.items():
        for statement in statements:
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                in_postgres(filled.settings[role], statement)
    in_postgres(filled.settings["loader"], writes)
    with pytest.raises(ServerError, match="PostgreSQL at"):
        in_postgres(filled.settings["reader"], "SELECT 1")


def in_postgres(settings: Settings, statement: str) -> None:
    database = settings.workspace.postgres_database
    with (
        transaction(settings.postgres_url, database) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_mongodb_lets_nobody_but_the_owner_define(filled: Accounts) -> None:
    document = {"_id": "x", "version": 1}
    roles: tuple[Role, ...] = ("loader", "refresher")
    for role in roles:
        with documents_of(filled.settings[role]) as database:
            for command in (
                {"drop": "content"},
                {"createIndexes": "content", "indexes": [{"key": {"x": 1}, "name": "x"}]},
                {"collMod": "content", "validationLevel": "off"},
                {"dropDatabase": 1},
                {"createUser": "mine", "pwd": "x", "roles": []},
            ):
                with pytest.raises(OperationFailure, match="not authorized"):
                    database.command(command)
            with pytest.raises(OperationFailure, match="not authorized"):
                database.client["elsewhere"]["mine"].insert_one(document)
    with (
        documents_of(filled.settings["refresher"]) as database,
        pytest.raises(OperationFailure, match="not authorized"),
    ):
        database["schema_migration"].delete_one(document)
    with pytest.raises(ServerError), documents_of(filled.settings["reader"]):
        pass


def documents_of(settings: Settings) -> AbstractContextManager[MongoDatabase]:
    return open_database(settings.mongo_url, settings.workspace.mongo_database)


def test_no_account_has_a_right_on_the_whole_server(filled: Accounts) -> None:
    for role in filled.settings:
        on_server = [
            line for (line,) in filled.mysql(role, "SHOW GRANTS") if " ON *.* " in str(line)
        ]
        assert [str(line).partition(" ON ")[0] for line in on_server] == ["GRANT USAGE"], role


def test_no_account_reaches_a_database_whose_name_only_resembles_ours(filled: Accounts) -> None:
    # In GRANT an underscore stands for any character unless it is escaped.
    workspace = filled.administrator.workspace
    alike = [
        name.replace(f"{workspace.base}_", f"{workspace.base}x")
        for name in (workspace.warehouse_database, workspace.mart_database)
    ]
    with open_connection(filled.administrator.mysql_url) as administrator:
        for name in alike:
            execute(administrator, f"CREATE DATABASE {name}")
        try:
            reached = [
                (role, name)
                for role in filled.settings
                for name in alike
                if not is_refused(filled, role, f"USE {name}")
            ]
        finally:
            for name in alike:
                execute(administrator, f"DROP DATABASE {name}")
    assert reached == []


def test_statements_are_refused_until_passwords_are_written(accounts: Accounts) -> None:
    settings = accounts.settings["owner"]
    (first, *_) = (
        line
        for line in grants(settings.workspace, ())["mysql"].splitlines()
        if line.startswith("CREATE USER")
    )
    with pytest.raises(mysql.connector.Error, match="syntax"):
        accounts.mysql("owner", first)


def test_loader_without_the_right_to_execute_is_told_so(filled: Accounts) -> None:
    revoke(filled, "loader", "EXECUTE")
    code, _, told = filled.run("loader", "warehouse", "refresh")
    assert code == 3
    assert "execute command denied to user" in told
    assert "svp init --print-grants" in told


def test_reader_who_asks_for_a_refresh_is_told_so(filled: Accounts) -> None:
    settings = replace(filled.settings["loader"], mysql_url=filled.settings["reader"].mysql_url)
    with pytest.raises(
        ServerError, match=f"refused the user {settings.workspace.base}_reader"
    ) as refused:
        refresh(settings)
    assert "svp init --print-grants" in refused.value.advice


def test_status_by_who_may_not_see_the_events_does_not_call_them_missing(filled: Accounts) -> None:
    code, _, told = filled.run("loader", "warehouse", "status")
    assert code == 3
    # Of a procedure MariaDB says that its call is denied.
    assert "denied" in told
    assert "missing" not in told


def test_rows_go_by_insert_where_the_server_allows_no_files(
    filled: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The switch is the whole server's, so the answer is replaced.
    monkeypatch.setattr(staging, "allows_load", lambda _: False)
    code, _, told = filled.run("loader", "warehouse", "refresh", "--full")
    assert code == 0
    assert "local_infile is off on this server" in told


def revoke(accounts: Accounts, role: Role, right: str) -> None:
    """Take a right back that an account has on the warehouse."""
    settings = accounts.administrator
    database = escape_database(settings.workspace.warehouse_database)
    with open_connection(settings.mysql_url) as connection:
        name = account_name(settings.workspace, role)
        execute(connection, f"REVOKE {right} ON {database}.* FROM %s@'%'", (name,))
