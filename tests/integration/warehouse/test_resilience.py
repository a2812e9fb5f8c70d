"""Whatever happens on the way, the marts end as one clean refresh of the same stores leaves them.

``SVP_TEST_KILLS`` and ``SVP_TEST_REFRESHES`` make the two longest tests longer.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mysql.connector
import pandas as pd
import pytest

import warehouse.schema
from loaders.ingest import ingest
from loaders.recognise import recognise_all
from loaders.undo import undo
from svp.core.mysql import open_connection
from svp.core.postgres import transaction
from svp.errors import PlatformError
from svp.generate import KINDS, SCALES, write
from warehouse.connections import execute, fetch, fetch_one, open_warehouse
from warehouse.export import export, refresh, run_procedures
from warehouse.plan import Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from svp.core.mysql import Connection
    from svp.settings import Settings
    from tests.integration.warehouse.builders import Platform

KILLS = int(os.environ.get("SVP_TEST_KILLS", "3"))
REFRESHES = int(os.environ.get("SVP_TEST_REFRESHES", "0"))
REFRESH_SECONDS = 8
"""How long refreshes go on where their number is not given."""
SVP = Path(sys.executable).with_name("svp")
CHANCE = 4
"""Seeds what is random here."""
STARTUP_SECONDS = 0.4
CHANGED_BY_PLAYS = {
    *("daily_statistics", "content_performance", "genre_engagement", "format_engagement"),
    *("region_hour", "device_quality", "customer_360", "segment_summary", "churn_signals"),
}
PUBLISHED = ("dim_title", "fact_watch", "published_day")
"""Tables that a refresh writes one after the other, by days: a choice, for each takes an export."""
REFRESHED = (
    *("agg_daily_statistics", "agg_content_performance", "agg_customer_month"),
    *("agg_taste_segment", "agg_segment_summary", "agg_taste_summary", "agg_active_users"),
    *("agg_genre_engagement", "agg_format_engagement", "agg_rating_trend", "agg_region_hour"),
    *("plan_history", "agg_subscription_monthly", "agg_churn_signals", "agg_retention_cohort"),
)
"""Then these: every aggregate, in the order of their procedures."""
PROCESSES = "SHOW FULL PROCESSLIST"
PATIENCE_SECONDS = 60
PAUSE_SECONDS = 0.01
OF_THE_RUN = "data_freshness"
"""The mart that tells when something was done, so it differs from run to run."""

Rows = list[tuple[Any, ...]]

COLUMNS = """
SELECT table_name, column_name, data_type FROM information_schema.columns
WHERE table_schema = schema() ORDER BY table_name, ordinal_position
"""
COUNTED = {"int", "decimal"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny platform with set-top boxes, as files."""
    folder = tmp_path_factory.mktemp("generated")
    kinds = tuple(kind for kind in KINDS if kind != "truth")
    write(folder, SCALES["tiny"].arguments(), only=kinds, workers=1)
    return folder


@pytest.fixture
def loaded(empty_platform: Platform, folder: Path) -> Platform:
    """The same in PostgreSQL and MongoDB, and nothing in the warehouse."""
    ingest(empty_platform.settings, recognise_all([folder]))
    return empty_platform


@pytest.fixture(scope="module")
def known() -> dict[str, Mapping[str, Rows]]:
    """What a clean run on each server leaves, once one has been."""
    return {}


@pytest.fixture
def expected(
    loaded: Platform, warehouse_url: str, known: dict[str, Mapping[str, Rows]]
) -> Mapping[str, Rows]:
    """The marts that one refresh of an empty warehouse leaves; the warehouse is empty."""
    if warehouse_url not in known:
        loaded.refresh()
        known[warehouse_url] = marts(loaded)
        emptied(loaded)
    assert known[warehouse_url]["daily_statistics"]
    return known[warehouse_url]


def columns_of(connection: Connection) -> Mapping[str, list[tuple[str, str]]]:
    """Return name and type of the columns of each mart."""
    columns: dict[str, list[tuple[str, str]]] = {}
    for mart, column, kind in fetch(connection, COLUMNS):
        columns.setdefault(mart, []).append((column, kind))
    return columns


def marts(platform: Platform) -> Mapping[str, Rows]:
    """Return what every mart says, without the warehouse's own keys and the times of refreshes."""
    settings = platform.settings
    with open_connection(settings.url("mysql"), settings.workspace.mart_database) as connection:
        return {
            mart: sorted(fetch(connection, select(mart, columns)), key=repr)
            for mart, columns in columns_of(connection).items()
            if mart != OF_THE_RUN
        }


def select(mart: str, columns: list[tuple[str, str]]) -> str:
    said = [
        name
        for name, _ in columns
        if name != "refreshed_at" and (name == "date_key" or not name.endswith("_key"))
    ]
    return f"SELECT {', '.join(f'`{name}`' for name in said) or 'count(*)'} FROM `{mart}`"


def emptied(platform: Platform) -> Platform:
    """Make the warehouse anew over the same stores."""
    warehouse.schema.reset(platform.settings)
    warehouse.schema.install(platform.settings)
    return platform


def clean_run(platform: Platform) -> Mapping[str, Rows]:
    """Return the marts that one refresh of an empty warehouse leaves."""
    emptied(platform).refresh()
    shown = marts(platform)
    assert shown["daily_statistics"]
    return shown


def command(settings: Settings, *arguments: str) -> subprocess.Popen[bytes]:
    """Start ``svp warehouse refresh`` as a process."""
    environment = {
        **os.environ,
        "SVP_HOME": str(settings.home),
        "SVP_WORKSPACE": settings.workspace.name,
        "SVP_POSTGRES_URL": settings.url("postgres"),
        "SVP_MONGO_URL": settings.url("mongo"),
        "SVP_MYSQL_URL": settings.url("mysql"),
    }
    return subprocess.Popen(
        [SVP, "warehouse", "refresh", *arguments],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=settings.home,
    )


def test_runs_killed_anywhere_and_one_that_is_not_leave_what_a_clean_run_leaves(
    loaded: Platform, expected: Mapping[str, Rows]
) -> None:
    started = time.monotonic()
    loaded.refresh()
    longest = time.monotonic() - started + STARTUP_SECONDS
    emptied(loaded)
    chance = random.Random(CHANCE)
    for _ in range(KILLS):
        with command(loaded.settings, "--full") as run:
            try:
                run.wait(chance.uniform(STARTUP_SECONDS, longest))
            except subprocess.TimeoutExpired:
                run.kill()
    loaded.refresh()
    assert marts(loaded) == expected


def test_refresh_that_is_killed_at_each_of_its_steps_leaves_what_a_clean_run_leaves(
    loaded: Platform, expected: Mapping[str, Rows]
) -> None:
    for table in PUBLISHED:
        kill_connection(loaded.settings, table, refresh)
    kill_client(loaded.settings, PUBLISHED[-1])
    export(loaded.settings)
    for table in REFRESHED:
        kill_connection(loaded.settings, table, run_procedures)
    loaded.refresh()
    assert marts(loaded) == expected
    # The server goes on alone with what it was asked for.
    kill_client(loaded.settings, REFRESHED[0], "--full")
    loaded.refresh()
    assert marts(loaded) == expected


def kill_connection(settings: Settings, table: str, work: Callable[[Settings], object]) -> None:
    """Do some work, and end its connection on the server where it begins to write a table."""
    with open_warehouse(settings) as watching, ThreadPoolExecutor(1) as pool:
        with locked(settings, table):
            run = pool.submit(work, settings)
            execute(watching, f"KILL {writer(watching, table)}")
        with pytest.raises((PlatformError, mysql.connector.Error)):
            run.result()


def kill_client(settings: Settings, table: str, *arguments: str) -> None:
    """Refresh, and kill its process where the server begins to write a table; wait until the server is done."""
    with open_warehouse(settings) as watching:
        with locked(settings, table), command(settings, *arguments) as run:
            connection = writer(watching, table)
            run.kill()
        while any(row[0] == connection for row in fetch(watching, PROCESSES)):
            time.sleep(PAUSE_SECONDS)


@contextmanager
def locked(settings: Settings, table: str) -> Iterator[None]:
    """Hold a table, so that others may read it, and wait to write it."""
    with open_warehouse(settings) as holder:
        execute(holder, f"LOCK TABLES {table} READ")
        yield
        execute(holder, "UNLOCK TABLES")


def writer(watching: Connection, table: str) -> int:
    """Wait until a connection to this warehouse waits for a table; return its number."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    (database,) = fetch_one(watching, "SELECT schema()")
    while time.monotonic() < deadline:
        for number, _, _, at, _, _, state, *_ in fetch(watching, PROCESSES):
            if at == database and str(state).startswith("Waiting for table"):
                return int(number)
        time.sleep(PAUSE_SECONDS)
    pytest.fail(f"nothing wrote {table}")


def test_two_refreshes_at_once_leave_what_one_leaves(
    loaded: Platform, expected: Mapping[str, Rows]
) -> None:
    with command(loaded.settings) as one, command(loaded.settings) as other:
        codes = {one.wait(), other.wait()}
    # The second says that another run holds the lock, or finds nothing left to do.
    assert codes in ({0}, {0, 7})
    loaded.refresh()
    assert marts(loaded) == expected


def test_days_in_any_order_leave_what_one_run_leaves(
    loaded: Platform, expected: Mapping[str, Rows], folder: Path
) -> None:
    days = sorted(set(pd.read_parquet(folder / "viewing_sessions.parquet")["started_on"]))
    random.Random(CHANCE).shuffle(days)
    for day in days[: len(days) // 3]:
        refresh(loaded.settings, scope=Scope(first=day, last=day))
    loaded.refresh()
    assert marts(loaded) == expected


def test_files_that_come_late_leave_what_all_at_once_leave(
    empty_platform: Platform, folder: Path
) -> None:
    # By name: plays and searches come before their users, and wait for them.
    for path in sorted(path for path in folder.iterdir() if path.name != "manifest.json"):
        ingest(empty_platform.settings, recognise_all([path]))
        empty_platform.refresh()
    late = marts(empty_platform)
    assert late == clean_run(empty_platform)


def test_reader_sees_days_as_they_were_or_as_they_are_during_any_number_of_refreshes(
    loaded: Platform, folder: Path, tmp_path: Path
) -> None:
    late = late_plays(folder, tmp_path / "late")
    loaded.refresh()
    without = totals(loaded)
    deliver(loaded, late)
    with_late = totals(loaded)
    assert {mart for mart in without if without[mart] != with_late[mart]} >= CHANGED_BY_PLAYS
    seen: dict[str, set[tuple[Any, ...]]] = {}
    done = threading.Event()
    reader = threading.Thread(target=read_until, args=(done, loaded.settings, seen))
    reader.start()
    try:
        for number in refreshes():
            (take_back if number % 2 else deliver)(loaded, late)
    finally:
        done.set()
        reader.join()
    known = {mart: without[mart] | with_late[mart] for mart in without}
    assert {mart: rows - known[mart] for mart, rows in seen.items() if rows - known[mart]} == {}
    assert seen.keys() == known.keys()


def late_plays(folder: Path, late: Path) -> Path:
    """Write a file of more plays of one day by those who played on it, all over by midnight."""
    plays = pd.read_parquet(folder / "viewing_sessions.parquet")
    day = sorted(set(plays["started_on"]))[10]
    midnight = pd.Timestamp(day + timedelta(days=1), tz="UTC")
    more = plays[(plays["started_on"] == day) & (plays["ended_at"] < midnight)]
    late.mkdir()
    more = more.assign(session_id="late-" + more["session_id"])
    more.to_parquet(late / "viewing_sessions.parquet", index=False)
    return late


def deliver(platform: Platform, folder: Path) -> None:
    """Load a file, and refresh."""
    (report,) = ingest(platform.settings, recognise_all([folder]))
    assert (report.outcome, report.counts.rejected_rows) == ("loaded", 0)
    platform.refresh()


def take_back(platform: Platform, folder: Path) -> None:
    """Undo the last load, that of the folder, and refresh."""
    settings = platform.settings
    database = settings.workspace.postgres_database
    with transaction(settings.url("postgres"), database) as postgres, postgres.cursor() as cursor:
        cursor.execute("SELECT max(load_id) FROM ops.load")
        ((load_id,),) = cursor.fetchall()
    undo(settings, load_id)
    platform.refresh()


def refreshes() -> Iterator[int]:
    """Count refreshes: as many as are asked for, else those that fit in some seconds."""
    ends = time.monotonic() + REFRESH_SECONDS
    for number in count(1):
        yield number
        if number >= REFRESHES if REFRESHES else time.monotonic() > ends:
            return


def totals(platform: Platform) -> Mapping[str, set[tuple[Any, ...]]]:
    """Return the totals of each mart."""
    settings = platform.settings
    with open_connection(settings.url("mysql"), settings.workspace.mart_database) as connection:
        return {
            mart: set(fetch(connection, total(mart, columns)))
            for mart, columns in columns_of(connection).items()
            if mart != OF_THE_RUN
        }


def read_until(
    done: threading.Event, settings: Settings, seen: dict[str, set[tuple[Any, ...]]]
) -> None:
    """Read each mart over and over, in a statement each, as a report does; note what its totals were."""
    with open_connection(settings.url("mysql"), settings.workspace.mart_database) as connection:
        statements = {
            mart: total(mart, columns)
            for mart, columns in columns_of(connection).items()
            if mart != OF_THE_RUN
        }
        while not done.is_set():
            for mart, statement in statements.items():
                seen.setdefault(mart, set()).update(fetch(connection, statement))


def total(mart: str, columns: list[tuple[str, str]]) -> str:
    sums = [f"sum(`{name}`)" for name, kind in columns if kind in COUNTED]
    return f"SELECT {', '.join(['count(*)', *sums])} FROM `{mart}`"
