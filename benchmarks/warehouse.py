"""The way from PostgreSQL and MongoDB into the warehouse, next to the raw limits in the same run.

    python -m benchmarks.warehouse [--rounds 3] [--sessions 1000000] [--home FOLDER]

Sessions of random users, titles and days are put into both stores once. Each round measures staging against
COPY piped into LOAD DATA for a table like the same staging table, the whole export against LOAD DATA into a
table keyed and indexed like the fact, then the refresh after one changed day and after none. Printed are
medians, and the medians of the rounds' ratios: raw time ÷ ours, so 1 is the limit.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bson import Int64

import nosql.schema
import oltp.schema
import warehouse.schema
from benchmarks.hops import Stopwatch
from svp.core.mongodb import open_database
from svp.core.mysql import open_connection
from svp.core.postgres import connect, transaction
from svp.core.progress import SILENT
from svp.core.sqlfiles import read_sql
from svp.servers import start
from svp.settings import Settings, Workspace, load_settings
from warehouse.connections import execute, fetch_one
from warehouse.export import export, refresh, run_procedures
from warehouse.sources import open_sources
from warehouse.staging import open_staging

if TYPE_CHECKING:
    from collections.abc import Iterator

    from svp.core.mysql import Connection

USERS, TITLES, DAYS = 20_000, 5_000, 730
FIRST_DAY, LAST_DAY = date(2024, 1, 1), date(2024, 1, 1) + timedelta(days=DAYS - 1)
BATCH = 20_000

SEED = f"""
INSERT INTO ops.load (kind, source, path, content_sha256, file_bytes, state, read_rows, loaded_rows, ended_at)
VALUES ('benchmark', 'b', 'b', 'b', 0, 'complete', %s, %s, now());
INSERT INTO oltp.users (source, user_id, country, plan, registered_on, row_hash, load_id)
SELECT 'b', 'U' || number, 'C' || number %% 40, 'P' || number %% 4, '2023-01-01', gen_random_uuid(), 1
FROM generate_series(1, {USERS}) AS number;
INSERT INTO oltp.content (source, content_id, title, content_type, row_hash, load_id)
SELECT
    'b', 'M' || number, 'Title ' || number,
    (ARRAY['movie', 'series', 'documentary', 'kids', 'sport', 'live'])[1 + number %% 6], gen_random_uuid(), 1
FROM generate_series(1, {TITLES}) AS number;
SELECT setseed(0.5);
INSERT INTO oltp.viewing_sessions (
    source, session_id, user_key, content_key, started_on, watch_seconds, is_complete, completion_source,
    device_type, quality, row_hash, load_id
)
SELECT
    'b', 'S' || number, 1 + floor(random() * {USERS}), 1 + floor(random() * {TITLES}),
    date '{FIRST_DAY}' + floor(random() * {DAYS})::int, floor(random() * 6000), random() < 0.5, 'source',
    (ARRAY['Mobile', 'Smart TV', 'Tablet'])[1 + floor(random() * 3)],
    (ARRAY['SD', 'HD', '4K'])[1 + floor(random() * 3)],
    '00000000-0000-0000-0000-000000000000', 1
FROM generate_series(1, %s) AS number;
INSERT INTO ops.load_day SELECT 1, date '{FIRST_DAY}' + number FROM generate_series(0, {DAYS - 1}) AS number;
INSERT INTO ops.day_version SELECT day, nextval('ops.version') FROM ops.load_day;
INSERT INTO ops.mark (mark, version) VALUES ('users', 1), ('titles', 1) ON CONFLICT (mark) DO UPDATE SET version = 1;
ANALYZE;
"""  # noqa: S608  (our own numbers)

DOCUMENTS = """
SELECT session_id, user_key, content_key, started_on, watch_seconds, is_complete, device_type, quality
FROM oltp.viewing_sessions
"""

TOUCH_DAY = "UPDATE ops.day_version SET version = nextval('ops.version') WHERE day = %s"

KEYED_ROWS = "SELECT * FROM fact_watch ORDER BY date_key, customer_key, title_key, device_key"
LOAD = "LOAD DATA LOCAL INFILE %s INTO TABLE raw CHARACTER SET utf8mb4"

STAGING, EXPORT = "staging", "export"
LIMITS = {
    STAGING: "COPY piped into LOAD DATA, same staging table",
    EXPORT: "LOAD DATA of ready keys, in their order, same keys and indexes",
}
"""What is held against which raw limit."""

OTHERS = ("procedures, all days", "refresh, one changed day", "refresh, nothing changed")


def seed(settings: Settings, sessions: int) -> None:
    """Fill PostgreSQL and MongoDB."""
    for room in (oltp.schema, nosql.schema):
        room.reset(settings)
        room.install(settings)
    database = settings.workspace.postgres_database
    with transaction(settings.postgres_url, database) as connection, connection.cursor() as cursor:
        cursor.execute(SEED, (sessions, sessions, sessions))
    with (
        closing(connect(settings.postgres_url, database)) as source,
        source.cursor("documents") as cursor,
        open_database(settings.mongo_url, settings.workspace.mongo_database) as documents,
    ):
        cursor.execute(DOCUMENTS)
        while rows := cursor.fetchmany(BATCH):
            documents["viewing_events"].insert_many(map(as_document, rows), ordered=False)


def as_document(row: tuple[object, ...]) -> dict[str, object]:
    """Return a session as ingest writes it."""
    session, user, title, day, seconds, is_complete, device, quality = row
    assert isinstance(day, date)  # noqa: S101  (the column's type)
    started_on = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return {
        "_id": f"b:{session}",
        "source": "b",
        "session_id": session,
        "user_ref": f"b:U{user}",
        "title_ref": f"b:M{title}",
        "started_on": started_on,
        "first_frame_at": started_on,
        "watch_seconds": seconds,
        "days": [{"on": started_on, "watch_seconds": seconds}],
        "device": {"type": device},
        "stream": {"quality": quality},
        "is_complete": is_complete,
        "load_id": Int64(1),
    }


def run_round(settings: Settings, ours: Stopwatch, raw: Stopwatch) -> int:
    """Measure everything once; return the rows of the fact."""
    warehouse.schema.reset(settings)
    warehouse.schema.install(settings)
    stage_all(settings, ours)
    with (
        tempfile.TemporaryDirectory() as folder,
        raw_table(settings, folder, "stg_watch") as target,
    ):
        pipe_all(settings, target, Path(folder) / "pipe", raw)
    with ours.time(EXPORT):
        export(settings)
    with (
        tempfile.TemporaryDirectory() as folder,
        raw_table(settings, folder, "fact_watch") as target,
    ):
        rows = load_keyed(target, Path(folder) / "rows", raw)
    all_days, one_day, none = OTHERS
    with ours.time(all_days):
        run_procedures(settings)
    database = settings.workspace.postgres_database
    with transaction(settings.postgres_url, database) as source, source.cursor() as cursor:
        cursor.execute(TOUCH_DAY, (FIRST_DAY + timedelta(days=DAYS // 2),))
    for name in (one_day, none):
        with ours.time(name):
            refresh(settings)
    return rows


def stage_all(settings: Settings, ours: Stopwatch) -> None:
    """Stage the rows of every day at once."""
    with (
        open_sources(settings) as sources,
        open_staging(settings, progress=SILENT) as staging,
        ours.time(STAGING),
    ):
        sources.set_days([FIRST_DAY + timedelta(days=number) for number in range(DAYS)])
        staging.stage("stg_watch", sources.extract("watch_by_day"))


@contextmanager
def raw_table(settings: Settings, folder: str, like: str) -> Iterator[Connection]:
    """Open a connection that may load from a folder into a table ``raw`` like one of ours."""
    database = settings.workspace.warehouse_database
    with open_connection(settings.mysql_url, database, local_infile_folder=Path(folder)) as target:
        execute(target, f"CREATE TABLE raw LIKE {like}")
        yield target
        execute(target, "DROP TABLE raw")


def pipe_all(settings: Settings, target: Connection, pipe: Path, raw: Stopwatch) -> None:
    """COPY into a FIFO that LOAD DATA reads, and check nothing."""
    os.mkfifo(pipe)
    source = connect(settings.postgres_url, settings.workspace.postgres_database)
    with closing(source), source.cursor() as cursor:
        days = (f"{FIRST_DAY}", f"{LAST_DAY}")
        cursor.execute(
            "SELECT set_config('svp.from_day', %s, true), set_config('svp.to_day', %s, true)", days
        )
        statement = f"COPY ({read_sql('oltp.extracts', 'watch_by_day')}) TO STDOUT"

        def copy() -> None:
            with pipe.open("wb") as stream:
                cursor.copy_expert(statement, stream, size=1 << 20)

        with raw.time(STAGING):
            copying = threading.Thread(target=copy)
            copying.start()
            execute(target, LOAD, (str(pipe),))
            copying.join()


def load_keyed(target: Connection, file: Path, raw: Stopwatch) -> int:
    """Load the rows of the fact into its copy; return how many they are."""
    with file.open("w", encoding="utf-8") as stream, target.cursor() as cursor:
        cursor.execute(KEYED_ROWS)
        stream.writelines("\t".join(map(str, row)) + "\n" for row in cursor.fetchall())
    with raw.time(EXPORT):
        return execute(target, LOAD, (str(file),))


def report(ours: Stopwatch, raw: Stopwatch, rows: int, server: str) -> None:
    """Print medians and ratios."""
    rounds = len(ours.seconds[EXPORT])
    print(f"{rows:,} fact rows on {DAYS} days; {server}; {os.cpu_count()} cores; {rounds} rounds\n")
    print("| | svp, s | rows/s | raw limit | s | raw ÷ svp |\n|---|---:|---:|---|---:|---:|")
    for name, limit in LIMITS.items():
        mine, theirs = ours.seconds[name], raw.seconds[name]
        ratio = median(limit / took for took, limit in zip(mine, theirs, strict=True))
        took = median(mine)
        print(
            f"| {name} | {took:.2f} | {rows / took:,.0f} | {limit} | {median(theirs):.2f} | {ratio:.2f} |"
        )
    for name in OTHERS:
        print(f"| {name} | {median(ours.seconds[name]):.2f} | | | | |")


def main() -> None:
    """Measure and print one table."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--sessions", type=int, default=1_000_000)
    options.add_argument("--home", type=str, default=None, help="folder of the local servers")
    given = options.parse_args()
    home = load_settings({"home": given.home}).home
    start(home)
    settings = replace(load_settings({"home": str(home)}), workspace=Workspace("benchmark"))
    ours, raw = Stopwatch(), Stopwatch()
    rows = 0
    try:
        seed(settings, given.sessions)
        for _ in range(given.rounds):
            rows = run_round(settings, ours, raw)
        with open_connection(settings.mysql_url) as connection:
            (server,) = fetch_one(connection, "SELECT version()")
    finally:
        for room in (oltp.schema, nosql.schema, warehouse.schema):
            room.reset(settings)
    report(ours, raw, rows, f"MySQL {server}")


if __name__ == "__main__":
    main()
