"""Views, events and a procedure run with an account's rights: it is named when it is gone, and init puts its own in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from svp.core.mysql import open_connection
from svp.core.sqlfiles import list_sql
from svp.grants import account_name, grants
from tests.integration.warehouse.accounts import PASSWORD, as_account, run_mysql
from warehouse.connections import execute
from warehouse.schedule import DAILY
from warehouse.status import read_status
from warehouse.store import staging_tables

if TYPE_CHECKING:
    from svp.grants import Role
    from tests.integration.warehouse.accounts import Accounts

PLAYS = "SELECT sum(plays) FROM {mart}.daily_statistics"


def test_owner_that_is_gone_is_named_by_whoever_reads_the_marts(
    filled: Accounts, administrator_url: str
) -> None:
    assert filled.run("refresher", "warehouse", "status")[0] == 0
    owner = drop(filled, "owner", administrator_url)
    status = read_status(filled.settings["refresher"])
    views = len(list_sql("warehouse.marts"))
    assert status.problems == (
        f"{owner}, the definer of {views + 4} views, events or procedures, is gone: run 'svp init'",
    )
    assert filled.run("refresher", "warehouse", "status")[0] == 6


def test_loader_is_told_what_a_gone_owner_means(filled: Accounts, administrator_url: str) -> None:
    drop(filled, "owner", administrator_url)
    code, _, told = filled.run("loader", "warehouse", "refresh")
    assert code == 3
    assert "definer" in told
    assert "svp init" in told


def test_init_by_another_owner_makes_the_marts_readable_again(
    filled: Accounts, administrator_url: str
) -> None:
    drop(filled, "owner", administrator_url)
    heir = make_heir(filled)
    try:
        settings = filled.settings["owner"]
        settings = replace(settings, mysql_url=as_account(settings.mysql_url, heir, PASSWORD))
        code, _, told = filled.run_with(settings, "init")
        assert code == 0, told
        assert filled.mysql("reader", PLAYS) == [(1,)]
        assert read_status(filled.settings["refresher"]).problems == ()
        assert filled.run("loader", "warehouse", "refresh")[0] == 0
    finally:
        with open_connection(administrator_url) as connection:
            execute(connection, "DROP USER %s@'%'", (heir,))


def make_heir(accounts: Accounts) -> str:
    """Make an owner of another name."""
    settings = accounts.administrator
    owner = account_name(settings.workspace, "owner")
    heir = owner.replace("_owner", "_heir")
    printed = grants(settings.workspace, staging_tables())["mysql"]
    run_mysql(printed.replace(owner, heir), settings)
    return heir


def test_definer_of_an_event_alone_is_named_at_once_where_accounts_may_be_read(
    filled: Accounts, administrator_url: str
) -> None:
    assert filled.run("refresher", "warehouse", "schedule", "on")[0] == 0
    refresher = drop(filled, "refresher", administrator_url)
    watching = filled.settings["owner"]
    assert read_status(watching).problems == ()
    owner = account_name(watching.workspace, "owner")
    with open_connection(administrator_url) as connection:
        execute(connection, "GRANT SELECT (User, Host) ON mysql.user TO %s@'%'", (owner,))
    (problem,) = read_status(watching).problems
    assert problem.startswith(f"{refresher}, the definer of 1 views, events or procedures, is gone")


def test_definer_of_an_event_alone_is_named_by_anybody_when_the_event_is_overdue(
    filled: Accounts, administrator_url: str
) -> None:
    assert filled.run("refresher", "warehouse", "schedule", "on")[0] == 0
    refresher = drop(filled, "refresher", administrator_url)
    watching = filled.settings["owner"]
    in_two_days = datetime.now(tz=UTC).replace(tzinfo=None) + timedelta(days=2)
    (problem,) = read_status(watching, now=in_two_days).problems
    assert problem.startswith(f"the event {DAILY} was due at")
    assert f"is its definer {refresher} still there?" in problem


def drop(accounts: Accounts, role: Role, administrator_url: str) -> str:
    """Drop an account in spite of what it defines, which MySQL allows administrators only; return user@host."""
    name = account_name(accounts.administrator.workspace, role)
    with open_connection(administrator_url) as connection:
        execute(connection, "DROP USER %s@'%'", (name,))
    return f"{name}@%"
