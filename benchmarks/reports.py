"""How long marts take to answer what Power BI asks in DirectQuery, ten connections at once.

    python -m benchmarks.reports [--connections 10] [--rounds 2] [--home FOLDER] [--workspace benchmark_marts]

It reads the warehouse that ``python -m benchmarks.marts`` leaves: two years, 10 million sessions, 100,000 customers,
5,000 titles. Each connection asks every query of every mart, limited to one of the months, in an order of its own,
one after the other and without a pause. Printed are, by mart, the median, the 95th percentile (nearest rank) and the
slowest of all its answers, rows fetched, next to the time that a query has.
"""

from __future__ import annotations

import argparse
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from math import ceil
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.directquery import month_queries, read_views
from benchmarks.servers import start_roomy
from svp.core.mysql import open_connection
from svp.settings import Workspace, load_settings
from warehouse.connections import fetch, fetch_one, open_warehouse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.directquery import DirectQuery
    from svp.core.mysql import Connection
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


@dataclass(frozen=True, slots=True)
class Answer:
    """One query, answered."""

    query: DirectQuery
    seconds: float
    rows: int


def analyze(settings: Settings) -> None:
    """Let the server look at its tables once more, as after a big load."""
    with open_warehouse(settings) as connection:
        for (table,) in fetch(connection, TABLES):
            fetch(connection, f"ANALYZE TABLE `{table}`")


def queries_of(settings: Settings, months: Sequence[date]) -> list[DirectQuery]:
    """Return every query of every mart, each limited to one of the months."""
    database = settings.workspace.mart_database
    with open_connection(settings.url("mysql"), database) as connection:
        views = read_views(connection, database)
    queries = [query for mart in views for query in month_queries(views, mart, months[0])]
    by_month = [
        [query for mart in views for query in month_queries(views, mart, month)] for month in months
    ]
    return [by_month[number % len(months)][number] for number in range(len(queries))]


def ask(settings: Settings, queries: Sequence[DirectQuery], seed: int) -> list[Answer]:
    """Ask all queries over one connection, in an order of its own."""
    order = random.Random(seed).sample(queries, len(queries))  # noqa: S311  (an order)
    with open_connection(settings.url("mysql"), settings.workspace.mart_database) as connection:
        return [answer(connection, query) for query in order]


def answer(connection: Connection, query: DirectQuery) -> Answer:
    """Ask one query and fetch its rows."""
    started = perf_counter()
    rows = len(fetch(connection, query.text))
    return Answer(query, perf_counter() - started, rows)


def percentile(seconds: Sequence[float], share: float) -> float:
    """Return a nearest-rank percentile."""
    return sorted(seconds)[ceil(share * len(seconds)) - 1]


def report(answers: Sequence[Answer]) -> None:
    """Print a line a mart."""
    print("| mart | queries | median, ms | p95, ms | slowest, ms | its axis | limit, ms | |")
    print("|---|---:|---:|---:|---:|---|---:|---|")
    for mart in sorted({answer.query.mart for answer in answers}):
        mine = [answer for answer in answers if answer.query.mart == mart]
        seconds = [answer.seconds for answer in mine]
        limit = CUSTOMER_LIMIT_SECONDS if mart in CUSTOMER_MARTS else LIMIT_SECONDS
        p95, slowest = percentile(seconds, PERCENT), max(mine, key=lambda answer: answer.seconds)
        verdict = "yes" if p95 <= limit else "**no**"
        print(
            f"| {mart} | {len(mine)} | {1000 * percentile(seconds, 0.5):.0f} | {1000 * p95:.0f} |"
            f" {1000 * slowest.seconds:.0f} | {slowest.query.axis} | {1000 * limit:.0f} | {verdict} |"
        )


def main() -> None:
    """Ask and print."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--connections", type=int, default=10)
    options.add_argument("--rounds", type=int, default=2)
    options.add_argument("--mysql", choices=["mysql", "mariadb"], default="mysql")
    options.add_argument("--home", type=Path, default=None, help="folder of the local servers")
    options.add_argument("--workspace", default="benchmark_marts")
    given = options.parse_args()
    home = load_settings({"home": given.home and str(given.home)}).home
    start_roomy(home, given.mysql)
    settings = replace(load_settings({"home": str(home)}), workspace=Workspace(given.workspace))
    analyze(settings)
    queries = queries_of(settings, MONTHS)
    ask(settings, queries, seed=0)
    with ThreadPoolExecutor(given.connections) as pool:
        seeds = range(1, given.connections * given.rounds + 1)
        answers = [
            each
            for asked in pool.map(lambda seed: ask(settings, queries, seed), seeds)
            for each in asked
        ]
    with open_warehouse(settings) as connection:
        (server,) = fetch_one(connection, "SELECT version()")
    print(f"{server}; {given.connections} connections at once, {len(queries)} queries each\n")
    report(answers)


if __name__ == "__main__":
    main()
