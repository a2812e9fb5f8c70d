"""How long marts take to answer what Power BI asks in DirectQuery, ten connections at once.

    python -m benchmarks.reports [--connections 10] [--rounds 2] [--marts NAME ...]
                                 [--mysql mysql|mariadb] [--home FOLDER] [--workspace benchmark_marts]

It reads the warehouse that ``python -m benchmarks.marts`` leaves: two years, 10 million sessions, 100,000 customers,
5,000 titles. Each connection is a process of its own, which asks every query of every mart, limited to one of the
months, in an order of its own, one after the other and without a pause, and fetches the rows. Printed are, by mart, the
median, the 95th percentile (nearest rank) and the slowest of all its answers next to the time that a query has; the
same with one connection alone, with the processor time that the server took, in steps of 10 ms, which other work on the
machine changes least; and the same aggregations over bare tables, ten connections at once, which is what the engine
takes whatever the marts are. Where there are two figures, they are the median and the 95th percentile.
"""

from __future__ import annotations

import argparse
import random
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from math import ceil
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import psutil

from benchmarks.bare import bare_query, bare_tables
from benchmarks.clients import client_name, open_client
from benchmarks.directquery import month_queries, read_views
from benchmarks.servers import start_roomy
from svp.core.mysql import open_connection
from svp.settings import Workspace, load_settings
from warehouse.connections import fetch, fetch_one, open_warehouse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from benchmarks.clients import Cursor
    from benchmarks.directquery import DirectQuery, View
    from svp.settings import Settings

MONTHS = tuple(date(year, month, 1) for year in (2024, 2025) for month in range(1, 13))
LIMIT_SECONDS = 0.2
CUSTOMER_LIMIT_SECONDS = 0.5
"""Of marts with a row per customer."""
CUSTOMER_MARTS = frozenset({"customer_360", "customer_360_classic", "churn_signals"})
PERCENT = 0.95
TABLES = """
SELECT table_name FROM information_schema.tables
WHERE table_schema = schema() AND table_type = 'BASE TABLE'
"""
HEADER = """\
| mart | queries | alone: median, p95, ms | processor, ms | of bare, ms |\
 at once: median, ms | p95, ms | slowest, ms | its axis | bare: median, p95, ms | p95 ÷ bare | limit, ms | |
|---|---:|---:|---:|---:|---:|---:|---:|---|---:|---:|---:|---|"""


@dataclass(frozen=True, slots=True)
class Answer:
    """One query, answered."""

    query: DirectQuery
    seconds: float
    processor_seconds: float = 0
    """Of the server, where nobody else asked it."""


@dataclass(frozen=True, slots=True)
class Runs:
    """The same queries, asked of marts and of bare tables, over one connection and over some."""

    alone: Sequence[Answer]
    at_once: Sequence[Answer]
    bare_alone: Sequence[Answer]
    bare_at_once: Sequence[Answer]

    def of(self, mart: str) -> Runs:
        """Return the answers of one mart."""
        ways = (self.alone, self.at_once, self.bare_alone, self.bare_at_once)
        return Runs(*([each for each in way if each.query.mart == mart] for way in ways))


def analyze(settings: Settings) -> None:
    """Let the server look at its tables once more, as after a big load."""
    with open_warehouse(settings) as connection:
        for (table,) in fetch(connection, TABLES):
            fetch(connection, f"ANALYZE TABLE `{table}`")


def views_of(settings: Settings) -> dict[str, View]:
    """Return the views of the mart database by name."""
    database = settings.workspace.mart_database
    with open_connection(settings.url("mysql"), database) as connection:
        return read_views(connection, database)


def queries_of(views: Mapping[str, View], marts: Collection[str]) -> list[DirectQuery]:
    """Return every query of some marts, each limited to one of the months."""
    by_month = [
        [query for mart in marts for query in month_queries(views, mart, month)] for month in MONTHS
    ]
    return [by_month[number % len(MONTHS)][number] for number in range(len(by_month[0]))]


def ask(url: str, database: str, queries: Sequence[DirectQuery], seed: int) -> list[Answer]:
    """Ask all queries over one connection, in an order of its own."""
    with open_client(url, database) as client:
        cursor = client.cursor()
        return [Answer(query, seconds_of(cursor, query)) for query in shuffled(queries, seed)]


def shuffled(queries: Sequence[DirectQuery], seed: int) -> list[DirectQuery]:
    """Return queries in another order."""
    return random.Random(seed).sample(queries, len(queries))  # noqa: S311  (an order)


def seconds_of(cursor: Cursor, query: DirectQuery) -> float:
    """Return how long the answer to a query takes until its last row is fetched."""
    started = perf_counter()
    cursor.execute(query.text)
    cursor.fetchall()
    return perf_counter() - started


def ask_alone(settings: Settings, database: str, queries: Sequence[DirectQuery]) -> list[Answer]:
    """Ask all queries over one connection, and take the server's processor time of each."""
    server, url = server_process(settings), settings.url("mysql")
    ask(url, database, queries, seed=0)  # The first time, rows come from the disk.
    answers = []
    with open_client(url, database) as client:
        cursor = client.cursor()
        for query in shuffled(queries, seed=1):
            before = processor_seconds(server)
            seconds = seconds_of(cursor, query)
            answers.append(Answer(query, seconds, processor_seconds(server) - before))
    return answers


def server_process(settings: Settings) -> psutil.Process:
    """Return the process of the local server."""
    with open_warehouse(settings) as connection:
        folder, file = fetch_one(connection, "SELECT @@datadir, @@pid_file")
    return psutil.Process(int(Path(folder, file).read_text(encoding="utf-8")))


def processor_seconds(process: psutil.Process) -> float:
    """Return the processor time that a process has had."""
    times = process.cpu_times()
    return times.user + times.system


def ask_at_once(
    url: str, database: str, queries: Sequence[DirectQuery], *, connections: int, rounds: int
) -> list[Answer]:
    """Ask all queries over each of some connections, some times over."""
    with ProcessPoolExecutor(connections, mp_context=get_context("spawn")) as pool:
        asked = [
            pool.submit(ask, url, database, queries, seed)
            for seed in range(1, connections * rounds + 1)
        ]
        return [answer for each in asked for answer in each.result()]


def percentile(seconds: Iterable[float], share: float) -> float:
    """Return a nearest-rank percentile, in milliseconds."""
    ranked = sorted(seconds)
    return 1000 * ranked[ceil(share * len(ranked)) - 1]


def middle_and_high(seconds: Collection[float]) -> str:
    """Return the median and the 95th percentile, in milliseconds."""
    return f"{percentile(seconds, 0.5):.0f}, {percentile(seconds, PERCENT):.0f}"


def report(runs: Runs) -> None:
    """Print a line a mart."""
    print(HEADER)
    for mart in sorted({answer.query.mart for answer in runs.at_once}):
        print(line(mart, runs.of(mart)))


def line(mart: str, runs: Runs) -> str:
    """Return the line of one mart."""
    limit = 1000 * (CUSTOMER_LIMIT_SECONDS if mart in CUSTOMER_MARTS else LIMIT_SECONDS)
    at_once = [answer.seconds for answer in runs.at_once]
    bare = [answer.seconds for answer in runs.bare_at_once]
    p95 = percentile(at_once, PERCENT)
    slowest = max(runs.at_once, key=lambda answer: answer.seconds)
    cells = (
        mart,
        len(at_once),
        middle_and_high([answer.seconds for answer in runs.alone]),
        middle_and_high([answer.processor_seconds for answer in runs.alone]),
        middle_and_high([answer.processor_seconds for answer in runs.bare_alone]),
        f"{percentile(at_once, 0.5):.0f}",
        f"{p95:.0f}",
        f"{1000 * slowest.seconds:.0f}",
        slowest.query.axis,
        middle_and_high(bare),
        f"{p95 / percentile(bare, PERCENT):.1f}",
        f"{limit:.0f}",
        "yes" if p95 <= limit else "**no**",
    )
    return f"| {' | '.join(map(str, cells))} |"


def measure(settings: Settings, marts: Collection[str], *, connections: int, rounds: int) -> Runs:
    """Ask every query of some marts, or of all if none is named."""
    views, url = views_of(settings), settings.url("mysql")
    queries = queries_of(views, marts or views)
    mart_database = settings.workspace.mart_database

    def ask_both_ways(
        database: str, asked: Sequence[DirectQuery]
    ) -> tuple[list[Answer], list[Answer]]:
        alone = ask_alone(settings, database, asked)
        return alone, ask_at_once(url, database, asked, connections=connections, rounds=rounds)

    of_marts = ask_both_ways(mart_database, queries)
    asked = [views[mart] for mart in {query.mart: None for query in queries}]
    with bare_tables(settings, asked) as database:
        of_bare = ask_both_ways(
            database, [bare_query(query, views[query.mart]) for query in queries]
        )
    return Runs(*of_marts, *of_bare)


def main() -> None:
    """Ask and print."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--connections", type=int, default=10)
    options.add_argument("--rounds", type=int, default=2)
    options.add_argument("--marts", nargs="*", default=(), metavar="NAME", help="default: all")
    options.add_argument("--mysql", choices=["mysql", "mariadb"], default="mysql")
    options.add_argument("--home", type=Path, default=None, help="folder of the local servers")
    options.add_argument("--workspace", default="benchmark_marts")
    given = options.parse_args()
    home = load_settings({"home": given.home and str(given.home)}).home
    start_roomy(home, given.mysql)
    settings = replace(load_settings({"home": str(home)}), workspace=Workspace(given.workspace))
    analyze(settings)
    runs = measure(settings, given.marts, connections=given.connections, rounds=given.rounds)
    with open_warehouse(settings) as connection:
        (server,) = fetch_one(connection, "SELECT version()")
    print(
        f"{server}; {given.connections} connections at once by {client_name()}, "
        f"{len(runs.alone)} queries each, {given.rounds} rounds\n"
    )
    report(runs)


if __name__ == "__main__":
    main()
