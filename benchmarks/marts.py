"""How long marts take to become right after one changed day, next to all of them, in a warehouse of two years.

    python -m benchmarks.marts [--sessions 10000000] [--customers 100000] [--titles 5000] [--rounds 3]
                               [--mysql mysql|mariadb] [--home FOLDER] [--workspace benchmark_marts] [--drop]

Facts of random customers, titles and days are put into the warehouse once, and stay for the next run until
``--drop``. Then every slice of every aggregate is marked as changed and refreshed, and after that, each round, what
one day in the middle and what the last day change. Seconds are those of the procedures' own run log.
"""

from __future__ import annotations

import argparse
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from importlib.resources import files
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import pyarrow as pa
from pyarrow import csv

import warehouse.schema
from benchmarks.servers import start_roomy
from svp.core.progress import SILENT
from svp.errors import PlatformError
from svp.settings import Settings, Workspace, load_settings
from warehouse.connections import execute, fetch, fetch_one, open_warehouse
from warehouse.staging import open_staging

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from svp.core.mysql import Connection

DAYS = 730
FIRST_DAY = date(2024, 1, 1)
DEVICES = 5
SEED = 1
FASTER = 30
"""How many times faster one day of a day-grain aggregate must be than all of them."""
SHARE, SLACK_SECONDS = 1.5, 0.3
"""What every other aggregate may take: so much of its declared share of the full refresh, and so much more."""

MARK_ALL = """
INSERT INTO changed_day (aggregate_name, date_key, changed_at)
SELECT DISTINCT aggregate_name, slice_key, utc_timestamp(6) FROM aggregate_slice
INNER JOIN published_day ON aggregate_slice.slice_key = published_day.date_key
ON DUPLICATE KEY UPDATE changed_at = utc_timestamp(6)
"""
MARK_DAY = """
INSERT INTO changed_day (aggregate_name, date_key, changed_at)
SELECT aggregate_name, slice_key, utc_timestamp(6) FROM aggregate_slice WHERE date_key = %s
ON DUPLICATE KEY UPDATE changed_at = utc_timestamp(6)
"""
MARKED = "SELECT aggregate_name, count(*) FROM changed_day GROUP BY aggregate_name"
UNITS = "SELECT aggregate_name, slice, later_days FROM aggregate_definition INNER JOIN slice_kind USING (slice)"
LAST_RUN = "SELECT coalesce(max(refresh_id), 0) FROM refresh_log"
TOOK = """
SELECT substring(procedure_name, 9), sum(timestampdiff(MICROSECOND, started_at, ended_at)) / 1e6
FROM refresh_log WHERE refresh_id > %s AND procedure_name <> 'refresh_changed_days' GROUP BY procedure_name
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One call of ``refresh_changed_days``."""

    slices: Mapping[str, int]
    """Marked ones, by aggregate."""
    seconds: Mapping[str, float]
    """Of the procedure of each aggregate."""
    whole_seconds: float


def rows_of_day(
    random: np.random.Generator, day: date, sessions: int, customers: int, titles: int
) -> pa.Table:
    """Return rows of fact_watch: some customers and titles are played far more than others."""
    customer = 1 + (customers * random.random(sessions) ** 2).astype(np.int64)
    title = 1 + (titles * random.random(sessions) ** 3).astype(np.int64)
    device = 1 + customer % DEVICES
    keys = np.unique((customer * 1_000_000 + title) * 10 + device)
    count = len(keys)
    complete = random.integers(0, 2, count)
    columns = {
        "date_key": np.full(count, int(day.strftime("%Y%m%d"))),
        "customer_key": keys // 10_000_000,
        "title_key": keys // 10 % 1_000_000,
        "device_key": keys % 10,
        "plays": np.ones(count, np.int64),
        "valid_plays": np.ones(count, np.int64),
        "known_completion_plays": np.ones(count, np.int64),
        "complete_plays": complete,
        "watch_seconds": random.integers(30, 6_000, count),
    }
    return pa.table([pa.array(column) for column in columns.values()], names=list(columns))


def days() -> Iterator[date]:
    """Yield the days of two years."""
    return (FIRST_DAY + timedelta(days=number) for number in range(DAYS))


def fill(settings: Settings, sessions: int, customers: int, titles: int) -> None:
    """Make the warehouse and its facts."""
    warehouse.schema.install(settings)
    script = (files("benchmarks") / "marts.sql").read_text(encoding="utf-8")
    dimensions, day_facts, facts = re.split("^-- (?:day|facts)\n", script, flags=re.MULTILINE)
    with open_warehouse(settings) as connection:
        execute(connection, "SET @customers = %s, @titles = %s", (customers, titles))
        run_script(connection, dimensions)
        last_day = FIRST_DAY + timedelta(days=DAYS - 1)
        execute(connection, "CALL refresh_calendar(%s, %s)", (FIRST_DAY, last_day))
        stage_plays(settings, sessions, customers, titles)
        keys = [int(day.strftime("%Y%m%d")) for day in days()]
        halves = keys[: DAYS // 2], keys[DAYS // 2 :]
        with ThreadPoolExecutor(len(halves)) as pool:
            list(pool.map(partial(fill_days, settings, day_facts), halves))
        run_script(connection, facts)


def stage_plays(settings: Settings, sessions: int, customers: int, titles: int) -> None:
    """Write fact_watch."""
    random = np.random.default_rng(SEED)

    def write(file: BinaryIO) -> int:
        rows = 0
        options = csv.WriteOptions(include_header=False, delimiter="\t", quoting_style="none")
        for day in days():
            table = rows_of_day(random, day, sessions // DAYS, customers, titles)
            csv.write_csv(table, file, options)
            rows += table.num_rows
        return rows

    with open_staging(settings, progress=SILENT) as staging:
        staging.stage("fact_watch", write)


def fill_days(settings: Settings, script: str, keys: Iterable[int]) -> None:
    """Run the script for some days: the facts that follow from their rows of fact_watch, in the order of their keys."""
    with open_warehouse(settings) as connection:
        for key in keys:
            execute(connection, "SET @date_key = %s", (key,))
            run_script(connection, script)


def run_script(connection: Connection, script: str) -> None:
    """Run statements that end at the ends of lines."""
    for statement in script.split(";\n"):
        if statement.strip():
            fetch(connection, statement) if statement.startswith("ANALYZE") else execute(
                connection, statement
            )


def refresh(connection: Connection) -> Run:
    """Refresh what is marked."""
    slices: dict[str, int] = dict(fetch(connection, MARKED))
    (last,) = fetch_one(connection, LAST_RUN)
    started = perf_counter()
    execute(connection, "CALL refresh_changed_days()")
    whole_seconds = perf_counter() - started
    seconds = {name: float(took) for name, took in fetch(connection, TOOK, (last,))}
    return Run(slices, seconds, whole_seconds)


def measure(connection: Connection, rounds: int) -> None:
    """Print what all, one day in the middle, the last day and nothing took."""
    execute(connection, MARK_ALL)
    full = refresh(connection)
    middle = [refresh_day(connection, FIRST_DAY + timedelta(days=DAYS // 2)) for _ in range(rounds)]
    last = [refresh_day(connection, FIRST_DAY + timedelta(days=DAYS - 1)) for _ in range(rounds)]
    nothing = refresh(connection)
    print(
        "| aggregate | slices | full, s | middle day: slices, s | limit, s | last day: slices, s | limit, s | |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---|")
    for name, unit, later_days in fetch(connection, UNITS):
        if name not in full.seconds:
            print(f"| {name} | | kept by publishing | | | | | |")
            continue
        is_day = unit == "day" and later_days == 0
        cells, verdicts = [], []
        for runs in (middle, last):
            took = median(run.seconds.get(name, 0.0) for run in runs)
            slices = runs[0].slices.get(name, 0)
            limit = limit_of(full, name, slices, is_day=is_day)
            cells.append(f"{slices}, {took:.3f} | {limit:.3f}")
            verdicts.append(took <= limit)
        verdict = "yes" if all(verdicts) else "**no**"
        print(
            f"| {name} | {full.slices[name]} | {full.seconds[name]:.2f} | {' | '.join(cells)} | {verdict} |"
        )
    for name, runs in {
        "all": [full],
        "middle day": middle,
        "last day": last,
        "nothing": [nothing],
    }.items():
        print(f"{name}: {median(run.whole_seconds for run in runs):.2f} s")


def limit_of(full: Run, name: str, slices: int, *, is_day: bool) -> float:
    """Return the seconds that an aggregate may take for so many of its slices."""
    if is_day:
        return full.seconds[name] / FASTER
    return SHARE * full.seconds[name] * slices / full.slices[name] + SLACK_SECONDS


def refresh_day(connection: Connection, day: date) -> Run:
    """Refresh what a day changes."""
    execute(connection, MARK_DAY, (int(day.strftime("%Y%m%d")),))
    return refresh(connection)


def main() -> None:
    """Fill what is empty, measure and print."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--sessions", type=int, default=10_000_000)
    options.add_argument("--customers", type=int, default=100_000)
    options.add_argument("--titles", type=int, default=5_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--mysql", choices=["mysql", "mariadb"], default="mysql")
    options.add_argument("--home", type=Path, default=None, help="folder of the local servers")
    options.add_argument("--workspace", default="benchmark_marts")
    options.add_argument("--drop", action="store_true", help="remove the warehouse afterwards")
    given = options.parse_args()
    home = load_settings({"home": given.home and str(given.home)}).home
    start_roomy(home, given.mysql)
    settings = replace(load_settings({"home": str(home)}), workspace=Workspace(given.workspace))
    if is_filled(settings):
        warehouse.schema.install(settings)
    else:
        warehouse.schema.reset(settings)
        fill(settings, given.sessions, given.customers, given.titles)
    with open_warehouse(settings) as connection:
        (server,) = fetch_one(connection, "SELECT version()")
        (rows,) = fetch_one(connection, "SELECT count(*) FROM fact_watch")
        print(f"{server}; {rows:,} rows of fact_watch on {DAYS} days, {given.rounds} rounds\n")
        measure(connection, given.rounds)
    if given.drop:
        warehouse.schema.reset(settings)


def is_filled(settings: Settings) -> bool:
    """Tell whether an earlier run left the facts."""
    try:
        with open_warehouse(settings) as connection:
            return fetch_one(connection, "SELECT count(*) FROM fact_concurrency") == (DAYS,)
    except PlatformError:
        return False


if __name__ == "__main__":
    main()
