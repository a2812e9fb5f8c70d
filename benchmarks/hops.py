"""Rows a second of each hop, next to the raw tool in the same run.

    python -m benchmarks.hops [--rounds 3] [--sessions 222785] [--home FOLDER]

The files are made here, in the shape of the relational set; servers are those of ``svp up``. Each round
runs every hop and its raw tool in turn, so that a machine whose speed drifts moves both. What is printed is
the median, and the median of the rounds' ratios.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from loaders.ingest import ingest
from loaders.recognise import recognise_all
from nosql.schema import install as install_mongodb
from nosql.schema import reset as reset_mongodb
from oltp.schema import install as install_postgres
from oltp.schema import reset as reset_postgres
from svp.core.mongodb import open_database
from svp.core.mysql import open_connection
from svp.core.postgres import connect, create_database, drop_database
from svp.servers import start
from svp.settings import Settings, Workspace, load_settings
from warehouse.export import export, run_procedures
from warehouse.schema import install as install_warehouse
from warehouse.schema import reset as reset_warehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

USERS, TITLES, DAYS = 5_000, 300, 730
FIRST_DAY = date(2024, 1, 1)
SEED = 7


@dataclass(frozen=True, slots=True)
class Hop:
    """One part of the way, and the limit it is held against."""

    name: str
    raw_name: str
    ours: Callable[[], object]
    raw: Callable[[], object]


def write_files(folder: Path, sessions: int) -> None:
    """Write a relational set: ``users.csv``, ``content.json``, ``viewing_sessions.csv``."""
    draw = random.Random(SEED)  # noqa: S311  (a benchmark's data)
    with (folder / "users.csv").open("w", newline="", encoding="utf-8") as stream:
        rows = csv.writer(stream)
        rows.writerow(
            [
                "user_id",
                "age",
                "country",
                "subscription_type",
                "registration_date",
                "total_watch_time_hours",
            ]
        )
        for number in range(USERS):
            rows.writerow(
                (f"U{number:05d}", draw.randint(18, 80), "Mexico", "Basic", "2023-05-01", "12.5")
            )
    movies = [
        {
            "content_id": f"M{number:04d}",
            "title": f"Title {number}",
            "genre": ["Drama"],
            "duration_minutes": 100,
        }
        for number in range(TITLES)
    ]
    (folder / "content.json").write_text(json.dumps({"movies": movies}), encoding="utf-8")
    with (folder / "viewing_sessions.csv").open("w", newline="", encoding="utf-8") as stream:
        rows = csv.writer(stream)
        rows.writerow(
            [
                "session_id",
                "user_id",
                "content_id",
                "watch_date",
                "watch_duration_minutes",
                "completion_percentage",
                "device_type",
                "quality_level",
            ]
        )
        for number in range(sessions):
            minutes = draw.randint(1, 100)
            day = FIRST_DAY + timedelta(days=draw.randrange(DAYS))
            user, title = draw.randrange(USERS), draw.randrange(TITLES)
            row = (f"S{number:07d}", f"U{user:05d}", f"M{title:04d}", day, minutes, float(minutes))
            rows.writerow((*row, draw.choice(("Mobile", "Smart TV")), draw.choice(("SD", "HD"))))


class Hops:
    """The hops, each from a clean start, over one set of files."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings, self.folder = settings, folder
        self.sessions = recognise_all([folder])[-1]

    def prepare(self) -> None:
        """Empty the workspace and load users and titles."""
        for reset in (reset_postgres, reset_mongodb, reset_warehouse):
            reset(self.settings)
        install_postgres(self.settings)
        install_mongodb(self.settings)
        install_warehouse(self.settings)
        ingest(
            self.settings, recognise_all([self.folder / "users.csv", self.folder / "content.json"])
        )

    def load(self) -> object:
        """Take the sessions from the file into PostgreSQL and MongoDB, as ``svp ingest`` does."""
        return ingest(self.settings, [self.sessions])

    def copy(self) -> object:
        r"""Psql's ``\copy`` of the same rows into a constrained table, then documents by ``insert_many``."""
        self.psql_copy()
        self.insert_many()
        return None

    def psql_copy(self) -> None:
        r"""``\copy`` the file into a table of text columns with the same key and foreign keys."""
        database = f"{self.settings.workspace.postgres_database}_raw"
        drop_database(self.settings.postgres_url, database)
        create_database(self.settings.postgres_url, database)
        script = RAW_TABLES + "".join(
            f"\\copy {table} FROM '{self.folder / (table + '.csv')}' CSV HEADER\n"
            for table in ("users", "titles", "viewing_sessions")
        )
        (self.folder / "titles.csv").write_text(
            "content_id\n" + "\n".join(f"M{number:04d}" for number in range(TITLES)),
            encoding="utf-8",
        )
        url = self.settings.postgres_url.rpartition("/")[0] + f"/{database}"
        subprocess.run(
            ["psql", "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"],
            input=script,
            text=True,
            check=True,
            env={**os.environ, "PGDATABASE": url},
        )

    def insert_many(self) -> None:
        """Insert the same documents with ``insert_many`` into a collection with the same indexes."""
        with open_database(
            self.settings.mongo_url, self.settings.workspace.mongo_database
        ) as database:
            documents = list(database["viewing_events"].find())
            raw = database["raw"]
            raw.drop()
            for keys in (
                ["days.on"],
                ["title_ref", "started_on"],
                ["user_ref", "started_on"],
                ["load_id"],
            ):
                raw.create_index([(key, 1) for key in keys])
            started = time.perf_counter()
            raw.insert_many(documents, ordered=False)
            self.insert_seconds = time.perf_counter() - started
            raw.drop()

    insert_seconds = 0.0

    def export(self) -> object:
        """Take every changed day into the warehouse."""
        return export(self.settings)

    def refresh(self) -> object:
        """Rebuild every aggregate that a changed day needs."""
        return run_procedures(self.settings)


RAW_TABLES = """
CREATE TABLE users (user_id text PRIMARY KEY, age text, country text, plan text, registered text, hours text);
CREATE TABLE titles (content_id text PRIMARY KEY);
CREATE TABLE viewing_sessions (
    session_id text PRIMARY KEY, user_id text REFERENCES users, content_id text REFERENCES titles,
    watch_date date, minutes integer, completion numeric, device text, quality text
);
CREATE INDEX ON viewing_sessions (watch_date);
CREATE INDEX ON viewing_sessions (user_id, watch_date);
CREATE INDEX ON viewing_sessions (content_id, watch_date);
"""


@contextmanager
def timed(into: list[float]) -> Iterator[None]:
    """Append the seconds that the block took."""
    started = time.perf_counter()
    yield
    into.append(time.perf_counter() - started)


def load_data(hops: Hops) -> None:
    """Put the rows that the export moves into a bare MySQL table by one LOAD DATA."""
    database = hops.settings.workspace.warehouse_database
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "rows.txt"
        with (
            closing(
                connect(hops.settings.postgres_url, hops.settings.workspace.postgres_database)
            ) as source,
            path.open("wb") as stream,
            source.cursor() as cursor,
        ):
            cursor.copy_expert(
                "COPY (SELECT started_on, user_key, content_key, device_type, watch_seconds"
                " FROM oltp.viewing_sessions) TO STDOUT",
                stream,
            )
        with (
            open_connection(
                hops.settings.mysql_url, database, local_infile_folder=Path(name)
            ) as target,
            target.cursor() as cursor,
        ):
            cursor.execute("CREATE TABLE raw (a DATE, b INT, c INT, d VARCHAR(100), e INT)")
            cursor.execute("LOAD DATA LOCAL INFILE %s INTO TABLE raw", (str(path),))
            cursor.execute("DROP TABLE raw")


def measure(hops: Hops, rounds: int) -> dict[str, dict[str, list[float]]]:
    """Run every hop and its raw tool in turn; return the seconds of each round."""
    names = ("file → PostgreSQL and MongoDB", "PostgreSQL and MongoDB → MySQL", "procedures")
    seconds: dict[str, dict[str, list[float]]] = {name: {"ours": [], "raw": []} for name in names}
    for _ in range(rounds):
        hops.prepare()
        with timed(seconds[names[0]]["ours"]):
            hops.load()
        with timed(copied := []):
            hops.psql_copy()
        hops.insert_many()
        seconds[names[0]]["raw"].append(copied[0] + hops.insert_seconds)
        with timed(seconds[names[1]]["ours"]):
            hops.export()
        with timed(seconds[names[1]]["raw"]):
            load_data(hops)
        with timed(seconds[names[2]]["ours"]):
            hops.refresh()
    return seconds


def main() -> None:
    """Measure and print one table."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--sessions", type=int, default=222_785)
    arguments.add_argument("--home", type=Path, default=None)
    given = arguments.parse_args()
    base = load_settings({"home": str(given.home) if given.home else None})
    start(base.home)
    settings = replace(load_settings({"home": str(base.home)}), workspace=Workspace("benchmark"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_files(folder, given.sessions)
        hops = Hops(settings, folder)
        try:
            seconds = measure(hops, given.rounds)
        finally:
            for reset in (reset_postgres, reset_mongodb, reset_warehouse):
                reset(settings)
            drop_database(settings.postgres_url, f"{settings.workspace.postgres_database}_raw")
    report(seconds, given.sessions)


def report(seconds: dict[str, dict[str, list[float]]], rows: int) -> None:
    """Print medians, rates and ratios."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {sys.version.split()[0]}"
    print(
        f"{rows:,} sessions; {machine}; medians of {len(next(iter(seconds.values()))['ours'])} rounds\n"
    )
    print(f"{'hop':34} {'svp s':>7} {'rows/s':>9} {'raw s':>7} {'rows/s':>9} {'svp ÷ raw':>10}")
    for name, both in seconds.items():
        ours = median(both["ours"])
        line = f"{name:34} {ours:7.2f} {rows / ours:9,.0f}"
        if both["raw"]:
            raw = median(both["raw"])
            ratio: Any = median(a / b for a, b in zip(both["ours"], both["raw"], strict=True))
            line += f" {raw:7.2f} {rows / raw:9,.0f} {ratio:10.2f}"
        print(line)


if __name__ == "__main__":
    main()
