"""Compare the aggregates, as changes have kept them, with those that a full rebuild from the facts gives.

The rebuild has a database of its own, ``<warehouse>_rebuild``: what procedures write is there as tables, all else as
views of the same names onto the warehouse, with the program's procedures. So no report sees anything of it. It goes at
the end; what a killed run left goes with the next. Exports and refreshes wait for it, or say that they can't.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import warehouse.schema
from svp.core.mysql import open_connection
from svp.core.progress import SILENT, Progress
from svp.core.sqlfiles import quote_mysql, read_sql
from warehouse.connections import execute, explained, fetch, hold_lock
from warehouse.export import only_export
from warehouse.objects import program_objects
from warehouse.plan import published_days

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from svp.core.mysql import Connection
    from svp.settings import Settings

__all__ = ["RebuildComparison", "SliceDifference", "TableComparison", "verify_rebuild"]

LOCK_WAIT_SECONDS = 10

PREPARATIONS = ("forget_first_days", "rebuild_first_days", "rebuild_subscriptions")
"""Queries that make what no procedure makes for a range, before the procedures run."""

OWNERS = {
    "customer_first_day": "daily_statistics",
    "agg_segment_summary": "customer_month",
    "agg_taste_summary": "customer_month",
    "agg_taste_segment": "customer_month",
}
"""The aggregate with which a table is kept, where the table has not its name."""

SLICE_ENDINGS = ("date_key", "month_key")
"""Ends of the name of the column that says the slice of a row; the first column, where none ends so."""

Slices = dict[int, tuple[int, int]]
"""Of each slice, the count of its rows and the sum of their hashes."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A table of the warehouse, and what the rebuild makes of it."""

    table: str
    begins_as: str
    """empty, copy or view."""
    is_compared: bool

    @property
    def aggregate(self) -> str:
        """The aggregate with whose slices it goes stale, by its name in aggregate_definition."""
        return OWNERS.get(self.table, self.table.removeprefix("agg_").removeprefix("fact_"))


@dataclass(frozen=True, slots=True)
class SliceDifference:
    """A slice of a table that a full rebuild makes otherwise."""

    table: str
    slice_key: int
    """The day, or the first of the month, as yyyymmdd; of plan_history, the subscription."""
    kept_rows: int
    rebuilt_rows: int


@dataclass(frozen=True, slots=True)
class TableComparison:
    """One table that procedures keep, and the same rebuilt."""

    table: str
    slices: int
    """Slices compared."""
    rows: int
    """Rows compared, as they were kept."""
    differences: tuple[SliceDifference, ...]
    pending_slices: tuple[int, ...]
    """Slices that wait for a refresh; they are not compared."""
    purged_slices: tuple[int, ...]
    """Slices that purged days feed, which nobody can make again; they are not compared."""


@dataclass(frozen=True, slots=True)
class RebuildComparison:
    """What came out of comparing all tables."""

    tables: tuple[TableComparison, ...]

    @property
    def differences(self) -> tuple[SliceDifference, ...]:
        """Every slice that differs, by table."""
        return tuple(difference for each in self.tables for difference in each.differences)

    @property
    def pending_slices(self) -> int:
        """How many slices were left out because they wait for a refresh."""
        return sum(len(each.pending_slices) for each in self.tables)

    @property
    def purged_slices(self) -> int:
        """How many slices were left out because purged days feed them."""
        return sum(len(each.purged_slices) for each in self.tables)

    @property
    def slices(self) -> int:
        """How many slices were compared."""
        return sum(each.slices for each in self.tables)


def verify_rebuild(settings: Settings, *, progress: Progress = SILENT) -> RebuildComparison:
    """Rebuild what procedures keep, all of it, and compare it with what is there.

    Raises:
        SchemaError: the warehouse is older or newer than the program.
        LockError: an export or a refresh is at work.
        ServerError: the account may not create a database.
    """
    warehouse.schema.check_current(settings)
    lock = f"{settings.workspace.warehouse_database}.refresh"
    with (
        only_export(settings) as connection,
        hold_lock(connection, lock, wait_seconds=LOCK_WAIT_SECONDS),
        scratch_database(settings) as scratch,
    ):
        tables = kept_tables(connection)
        furnish(scratch, connection.database, tables)
        rebuild(connection, scratch, progress)
        return compare_tables(connection, scratch, [each for each in tables if each.is_compared])


@contextmanager
def scratch_database(settings: Settings) -> Iterator[Connection]:
    """Open a connection to an empty database of ours, which is dropped afterwards.

    Only who holds the lock of exports may: what is there already is a killed run's.
    """
    name = settings.workspace.rebuild_database
    drop = f"DROP DATABASE IF EXISTS {quote_mysql(name)}"
    with open_connection(settings.url("mysql")) as connection, explained():
        execute(connection, drop)
        warehouse.schema.create_database(connection, name)
        connection.database = name
        try:
            yield connection
        finally:
            if connection.is_connected():
                execute(connection, drop)


def kept_tables(connection: Connection) -> list[Kept]:
    """Return every table and view of the warehouse."""
    rows = fetch(connection, read_sql("warehouse.queries", "kept_tables"))
    return [Kept(table, begins_as, compared == "Yes") for table, begins_as, compared in rows]


def furnish(scratch: Connection, original: str | None, tables: Iterable[Kept]) -> None:
    """Make what a rebuild writes as tables, all else as views onto the original, and the procedures."""
    for each in tables:
        name = quote_mysql(each.table)
        source = f"{quote_mysql(original or '')}.{name}"
        if each.begins_as == "view":
            view = f"CREATE SQL SECURITY INVOKER VIEW {name} AS SELECT * FROM {source}"  # noqa: S608  (quoted)
            execute(scratch, view)
            continue
        execute(scratch, f"CREATE TABLE {name} LIKE {source}")
        if each.begins_as == "copy":
            execute(scratch, f"INSERT INTO {name} SELECT * FROM {source}")  # noqa: S608  (quoted)
    for procedure in program_objects():
        if procedure.kind == "procedure":
            execute(scratch, procedure.whole_text)


def rebuild(connection: Connection, scratch: Connection, progress: Progress) -> None:
    """Run every aggregate's procedure over all published days, in the order of a refresh."""
    days = published_days(connection)
    if not days:
        return
    aggregates = fetch(
        connection, "SELECT aggregate_name FROM aggregate_definition ORDER BY refresh_order"
    )
    for name in PREPARATIONS:
        execute(scratch, read_sql("warehouse.queries", name))
    with progress.task("aggregates rebuilt", total=len(aggregates), unit="aggregates") as task:
        for (aggregate,) in aggregates:
            procedure = quote_mysql(f"refresh_{aggregate}")
            execute(scratch, f"CALL {procedure}(%s, %s)", (min(days), max(days)))
            task.advance(1)


def compare_tables(
    connection: Connection, scratch: Connection, tables: Iterable[Kept]
) -> RebuildComparison:
    """Compare tables with their rebuilt twins, but for slices of which nobody can say what they should hold now."""
    stale = slices_by_aggregate(connection, "stale_slices")
    purged = slices_by_aggregate(connection, "purged_slices")
    monthly = {
        name for (name,) in fetch(connection, read_sql("warehouse.queries", "monthly_aggregates"))
    }
    return RebuildComparison(
        tuple(
            compare_slices(
                each.table,
                *(
                    hash_slices(database, each.table, by_month=each.aggregate in monthly)
                    for database in (connection, scratch)
                ),
                stale=stale[each.aggregate],
                purged=purged[each.aggregate],
            )
            for each in tables
        )
    )


def slices_by_aggregate(connection: Connection, query: str) -> defaultdict[str, set[int]]:
    """Return the keys of the slices that a query names, by aggregate; none for any other."""
    named: defaultdict[str, set[int]] = defaultdict(set)
    for aggregate, key in fetch(connection, read_sql("warehouse.queries", query)):
        named[aggregate].add(key)
    return named


def compare_slices(
    table: str, kept: Slices, rebuilt: Slices, *, stale: set[int], purged: set[int]
) -> TableComparison:
    """Compare the slices of one table that are neither stale nor fed by purged days."""
    keys = kept.keys() | rebuilt.keys()
    compared = sorted(keys - stale - purged)
    nothing = (0, 0)
    differences = (
        SliceDifference(table, key, kept.get(key, nothing)[0], rebuilt.get(key, nothing)[0])
        for key in compared
        if kept.get(key) != rebuilt.get(key)
    )
    return TableComparison(
        table,
        slices=len(compared),
        rows=sum(kept.get(key, nothing)[0] for key in compared),
        differences=tuple(differences),
        pending_slices=tuple(sorted(keys & stale - purged)),
        purged_slices=tuple(sorted(keys & purged)),
    )


def hash_slices(connection: Connection, table: str, *, by_month: bool) -> Slices:
    """Return the count of rows and the sum of their hashes for each slice of a table, in whatever order rows are.

    By month, a day that rows are of counts as the first of its month, by which it is marked.
    """
    execute(connection, "SET @svp_table = %s", (table,))
    columns = [
        column for (column,) in fetch(connection, read_sql("warehouse.queries", "compared_columns"))
    ]
    named = (column for column in columns if column.endswith(SLICE_ENDINGS))
    slice_key = quote_mysql(next(named, columns[0]))
    if by_month:
        slice_key = f"{slice_key} - {slice_key} % 100 + 1"
    # QUOTE tells NULL from 'NULL', and where a value ends; 15 digits of a hash are 60 bits, which UNSIGNED holds.
    row = ", ".join(f"quote({quote_mysql(column)})" for column in columns)
    digits = f"left(sha2(concat_ws(',', {row}), 256), 15)"
    total = f"sum(cast(conv({digits}, 16, 10) AS unsigned))"
    query = f"SELECT {slice_key} AS slice_key, count(*), {total} FROM {quote_mysql(table)} GROUP BY slice_key"  # noqa: S608  (quoted)
    return {key: (count, int(total)) for key, count, total in fetch(connection, query)}
