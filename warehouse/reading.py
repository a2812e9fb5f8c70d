"""Marts as people look at them: what there is, and the newest rows of one, as a pandas frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from svp.core.mysql import open_connection
from svp.core.sqlfiles import SqlFile, list_sql, quote_mysql
from svp.errors import UsageError, shorten
from warehouse.connections import explained
from warehouse.store import check_tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from svp.settings import Settings

__all__ = ["Mart", "find_mart", "list_marts", "read_mart"]

DATE_COLUMNS = ("stat_date", "month_start", "as_of_date", "cohort_month", "date_value")


@dataclass(frozen=True, slots=True)
class Mart:
    """One view of the mart database, as the head of its file describes it."""

    name: str
    description: str
    grain: str


def list_marts() -> tuple[Mart, ...]:
    """Return every mart, in the order of their names."""
    return tuple(_mart(file) for file in list_sql("warehouse.marts"))


def find_mart(name: str) -> Mart:
    """Return one mart.

    Raises:
        UsageError: there is none of that name.
    """
    for mart in list_marts():
        if mart.name == name:
            return mart
    names = ", ".join(mart.name for mart in list_marts())
    message = f"there is no mart {shorten(name)!r}"
    raise UsageError(message, f"marts are {names}")


def read_mart(settings: Settings, name: str, *, limit: int) -> pd.DataFrame:
    """Return the newest rows of a mart, newest first, those of one day by their columns.

    Raises:
        UsageError: there is no such mart.
        ServerError: the warehouse can't be reached.
        VerifyError: the view is missing.
        SchemaError: the workspace has no warehouse, or one that is older or newer than the program.
    """
    view = quote_mysql(find_mart(name).name)
    check_tables(settings)
    with (
        open_connection(settings.url("mysql"), settings.workspace.mart_database) as connection,
        explained(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT * FROM {view} LIMIT 0")  # noqa: S608  (quoted)
        cursor.fetchall()
        columns = [column[0] for column in cursor.description or ()]
        cursor.execute(f"SELECT * FROM {view} ORDER BY {newest_first(columns)} LIMIT %s", (limit,))  # noqa: S608  (quoted)
        return pd.DataFrame(cursor.fetchall(), columns=pd.Index(columns))


def newest_first(columns: Sequence[str]) -> str:
    """Return an order without ties: the date falling, if there is one, then every other column rising."""
    dates = [name for name in DATE_COLUMNS if name in columns]
    others = [name for name in columns if name not in dates]
    return ", ".join(
        [f"{quote_mysql(name)} DESC" for name in dates] + [quote_mysql(name) for name in others]
    )


def _mart(file: SqlFile) -> Mart:
    """Read the head: ``-- name: description`` over one or more lines, then ``-- grain: ...``."""
    head = [
        line.removeprefix("--").strip() for line in file.text.splitlines() if line.startswith("--")
    ]
    before, _, grain = " ".join(head).partition("grain:")
    return Mart(file.name, before.partition(":")[2].strip(), grain.strip())
