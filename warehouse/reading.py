"""Marts as people look at them: what there is, and the newest rows of one, as a pandas frame."""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import pandas as pd

from svp.core.mysql import open_connection
from svp.core.sqlfiles import SqlFile, list_sql, quote_mysql
from svp.errors import ServerError, UsageError, shorten
from warehouse.connections import explained, stream
from warehouse.store import check_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from svp.core.mysql import Connection
    from svp.settings import Settings
    from warehouse.connections import Row

__all__ = [
    "Mart",
    "check_as_of",
    "find_mart",
    "list_marts",
    "newest_first",
    "open_marts",
    "read_mart",
    "rows_as_of",
    "shown_columns",
]

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


def check_as_of(mart: str) -> None:
    """Raise UsageError unless a mart can be told as of any day: a procedure of the marts shows it."""
    shown = [file.name.removeprefix("show_") for file in list_sql("procedures.marts")]
    if mart not in shown:
        message = f"the mart {mart} is not told as of a day"
        raise UsageError(message, f"leave out --as-of; marts that know it are {', '.join(shown)}")


def shown_columns(columns: Sequence[str]) -> list[str]:
    """Return what a procedure shows of the columns of its mart: all but keys, in their order."""
    return [name for name in columns if not name.endswith("_key")]


def rows_as_of(connection: Connection, mart: str, day: date) -> Iterator[Row]:
    """Yield what a mart would say as of a day, of its shown columns, in the order of the newest rows.

    Raises:
        UsageError: there are no events that day, before or after.
    """
    return stream(connection, f"CALL {quote_mysql(f'show_{mart}')}(%s)", (day,))


@contextmanager
def open_marts(settings: Settings) -> Iterator[Connection]:
    """Open a connection to the marts of a warehouse that is neither older nor newer than the program.

    Who may read the marts alone can't see which it is, and goes by what there is.

    Raises:
        ServerError: the marts can't be reached.
        VerifyError: a view is missing.
        SchemaError: the workspace has no warehouse, or one that is older or newer than the program.
    """
    database = settings.workspace.mart_database
    with open_connection(settings.url("mysql"), database) as connection, explained():
        with suppress(ServerError):
            check_tables(settings)
        yield connection


def _frame(rows: Sequence[object], columns: Sequence[str]) -> pd.DataFrame:
    """Return rows with their values as the server gives them: nothing stays None, and a whole number whole."""
    return pd.DataFrame(rows, columns=pd.Index(columns), dtype=object)


def read_mart(
    settings: Settings, name: str, *, limit: int, as_of: date | None = None
) -> pd.DataFrame:
    """Return the newest rows of a mart, newest first, those of one day by their columns; or those as of a day.

    Raises:
        UsageError: there is no such mart, or nothing of it as of the day.
        ServerError: the warehouse can't be reached.
        VerifyError: the view is missing.
        SchemaError: the workspace has no warehouse, or one that is older or newer than the program.
    """
    mart = find_mart(name).name
    view = quote_mysql(mart)
    if as_of:
        check_as_of(mart)
    with open_marts(settings) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {view} LIMIT 0")  # noqa: S608  (quoted)
        cursor.fetchall()
        columns = [column[0] for column in cursor.description or ()]
        if as_of:
            told = rows_as_of(connection, mart, as_of)
            rows = list(islice(told, limit))
            # The connection does nothing else, not even end, before the last row.
            deque(told, maxlen=0)
            return _frame(rows, shown_columns(columns))
        cursor.execute(f"SELECT * FROM {view} ORDER BY {newest_first(columns)} LIMIT %s", (limit,))  # noqa: S608  (quoted)
        return _frame(cursor.fetchall(), columns)


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
