"""Accounts with whose rights views, events and procedures run, and which of them are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mysql.connector

from svp.core.sqlfiles import quote_mysql
from warehouse.connections import DENIED_ERRORS, GONE_DEFINER_ERRORS, fetch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from svp.core.mysql import Connection

__all__ = ["gone_definers"]


def gone_definers(
    connection: Connection, mart_database: str, definers: Mapping[tuple[str, str], str | None]
) -> frozenset[str]:
    """Return the definers that do not exist, as far as the connection's account can tell.

    Whoever may read the names in mysql.user sees every one. Anybody else sees those of views, by reading one of
    each: the server refuses a view whose definer is gone.

    Args:
        connection: its account is the one that must be able to tell.
        mart_database: where the views are.
        definers: the definer, as ``user@host``, of each kind and name; None for an object that runs as its caller.
    """
    accounts = readable_accounts(connection)
    if accounts is not None:
        return frozenset(filter(None, definers.values())) - accounts
    samples = {definer: name for (kind, name), definer in definers.items() if kind == "view"}
    return frozenset(
        definer
        for definer, view in samples.items()
        if definer and is_refused(connection, f"{quote_mysql(mart_database)}.{quote_mysql(view)}")
    )


def readable_accounts(connection: Connection) -> frozenset[str] | None:
    """Return every account as ``user@host``; None when we may not read them."""
    try:
        rows = fetch(connection, "SELECT concat(user, '@', host) FROM mysql.user")
    except mysql.connector.Error as error:
        if error.errno in DENIED_ERRORS:
            return None
        raise
    return frozenset(account for (account,) in rows)


def is_refused(connection: Connection, view: str) -> bool:
    """Tell whether the server refuses a view because its definer is gone; other faults are not ours to find."""
    try:
        fetch(connection, f"SELECT 1 FROM {view} LIMIT 0")  # noqa: S608  (quoted)
    except mysql.connector.Error as error:
        return error.errno in GONE_DEFINER_ERRORS
    return False
