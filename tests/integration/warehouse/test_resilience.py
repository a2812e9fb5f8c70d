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
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import warehouse.schema
from loaders.ingest import ingest
from loaders.recognise import recognise_all
from svp.core.mysql import open_connection
from svp.generate import KINDS, SCALES, write
from warehouse.connections import fetch
from warehouse.export import refresh
from warehouse.plan import Scope
from warehouse.reading import list_marts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from svp.core.mysql import Connection
    from svp.settings import Settings
    from tests.integration.warehouse.builders import Platform

KILLS = int(os.environ.get("SVP_TEST_KILLS", "3"))
REFRESHES = int(os.environ.get("SVP_TEST_REFRESHES", "5"))
SVP = Path(sys.executable).with_name("svp")
CHANCE = 4
"""Seeds what is random here."""
STARTUP_SECONDS = 0.4
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
    loaded: Platform,
) -> None:
    started = time.monotonic()
    expected = clean_run(loaded)
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


def test_two_refreshes_at_once_leave_what_one_leaves(loaded: Platform) -> None:
    expected = clean_run(loaded)
    emptied(loaded)
    with command(loaded.settings) as one, command(loaded.settings) as other:
        codes = {one.wait(), other.wait()}
    # The second says that another run holds the lock, or finds nothing left to do.
    assert codes in ({0}, {0, 7})
    loaded.refresh()
    assert marts(loaded) == expected


def test_days_in_any_order_leave_what_one_run_leaves(loaded: Platform) -> None:
    expected = clean_run(loaded)
    days = [day for (day,) in loaded.mart("daily_statistics", "stat_date")]
    emptied(loaded)
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


def test_reader_sees_the_same_throughout_any_number_of_refreshes(loaded: Platform) -> None:
    loaded.refresh()
    seen: dict[str, set[tuple[Any, ...]]] = {}
    done = threading.Event()
    reader = threading.Thread(target=read_until, args=(done, loaded.settings, seen))
    reader.start()
    try:
        for first in days_again(loaded):
            refresh(loaded.settings, scope=Scope(first=first, last=first + timedelta(days=2)))
    finally:
        done.set()
        reader.join()
    assert {mart: rows for mart, rows in seen.items() if len(rows) != 1} == {}
    assert len(seen) == len(list_marts())


def days_again(platform: Platform) -> Iterator[date]:
    """Choose days to publish and refresh again."""
    days = [day for (day,) in platform.mart("daily_statistics", "stat_date")]
    chance = random.Random(CHANCE)
    for _ in range(REFRESHES):
        yield chance.choice(days)


def read_until(
    done: threading.Event, settings: Settings, seen: dict[str, set[tuple[Any, ...]]]
) -> None:
    """Read each mart over and over, in a statement each, as a report does; note what its totals were."""
    with open_connection(settings.url("mysql"), settings.workspace.mart_database) as connection:
        totals = {mart: total(mart, columns) for mart, columns in columns_of(connection).items()}
        while not done.is_set():
            for mart, statement in totals.items():
                seen.setdefault(mart, set()).update(fetch(connection, statement))


def total(mart: str, columns: list[tuple[str, str]]) -> str:
    sums = [f"sum(`{name}`)" for name, kind in columns if kind in COUNTED]
    return f"SELECT {', '.join(['count(*)', *sums])} FROM `{mart}`"
