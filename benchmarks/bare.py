"""The floor under the marts: what the engine takes to aggregate the same rows from bare, narrow tables.

Of each mart there is a table with its days, names of its members, names of a few groups of them and what a report sums,
in the types of the mart, clustered by day, without anything to join or derive. A query groups them as the mart's does:
by day, by member with the 500 greatest first, or by group.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from benchmarks.directquery import CALENDAR, end_of, is_of_members
from svp.core.mysql import open_connection
from svp.core.sqlfiles import quote_mysql
from warehouse.connections import execute, fetch
from warehouse.schema import create_database

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from benchmarks.directquery import DirectQuery, View
    from svp.settings import Settings

__all__ = ["bare_query", "bare_tables"]

GROUPS = 8
"""Into which members are parted by their key."""
DAY_AXES = ("stat_date", "month_start", "as_of_date", "cohort_month", CALENDAR)
"""What axes begin with that group by the day."""


@contextmanager
def bare_tables(settings: Settings, views: Iterable[View]) -> Iterator[str]:
    """Give a database with the bare tables of some marts, under their names, and drop it afterwards."""
    database = f"{settings.workspace.warehouse_database}_bare"
    drop = f"DROP DATABASE IF EXISTS {quote_mysql(database)}"
    with open_connection(settings.url("mysql")) as connection:
        execute(connection, drop)
        create_database(connection, database)
        connection.database = database
        try:
            for view in views:
                execute(connection, bare_table(view))
                fetch(connection, f"ANALYZE TABLE {quote_mysql(view.name)}")
            yield database
        finally:
            execute(connection, drop)


def bare_table(view: View) -> str:
    """Return the statement that makes a bare table with the rows of a mart."""
    member = next((quote_mysql(key) for key in view.keys if key != "date_key"), "0")
    measures = ", ".join(map(quote_mysql, view.measures))
    return (
        f"CREATE TABLE {quote_mysql(view.name)} (PRIMARY KEY (date_key, row_id)) "  # noqa: S608  (quoted)
        "SELECT date_key, row_number() OVER (ORDER BY date_key) AS row_id, "
        f"concat('Member ', {member}) AS member, concat('Group ', {member} % {GROUPS}) AS member_group, {measures} "
        f"FROM {quote_mysql(view.database)}.{quote_mysql(view.name)}"
    )


def bare_query(query: DirectQuery, view: View) -> DirectQuery:
    """Return what aggregates the same measures of the same month from the bare table."""
    group = group_of(query.axis)
    aggregates = ", ".join(f"{view.aggregate}({quote_mysql(name)})" for name in query.measures)
    first = f"{query.month:%Y%m%d}"
    text = (
        f"select {group}, {aggregates} from {quote_mysql(view.name)}"  # noqa: S608  (quoted)
        f" where date_key between {first} and {first[:6]}31 group by {group}"
    )
    return replace(query, text=f"{text} {end_of(query.axis, order='2 desc, 1')}")


def group_of(axis: str) -> str:
    """Return the column of a bare table that has about as many groups as an axis."""
    if axis.startswith(DAY_AXES):
        return "date_key"
    return "member" if is_of_members(axis) else "member_group"
