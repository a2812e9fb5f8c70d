"""What ``svp ingest`` takes for sessions in PostgreSQL and MongoDB, next to the fastest raw way in the same run.

    python -m benchmarks.load [--sessions 1000000] [--rounds 3] [--home FOLDER] [--peers PYTHON] [--stored 10000000]

Each round loads the same file into an empty workspace, and then the same rows by the raw ways, so that a machine
whose speed drifts moves both; printed are medians, and the median of the rounds' ratios. With ``--stored``, a second
workspace holds that many sessions before, and each round adds 100,000 to it. ``--peers`` is the Python of an
environment with pandas and dlt, which put the same file into a table of PostgreSQL, and with pymongo, by which pandas
puts its rows into MongoDB; dlt has no destination there.

Of svp's seconds, PostgreSQL's are those from the file in the ledger to the commit: it is read, parsed, checked, staged,
judged against what is there, stored, its refused rows and its days noted. MongoDB's are those from there until all
documents are written: they are read from PostgreSQL, made, looked for and inserted.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import tempfile
import time
from collections import defaultdict
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from multiprocessing import Pool
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from bson import decode_all
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient

from benchmarks.hops import psql, write_files
from loaders import steps
from loaders.constraints import make_again, suspended
from loaders.ingest import ingest
from loaders.recognise import recognise_all
from loaders.steps import Step
from nosql.schema import install as install_mongodb
from nosql.schema import reset as reset_mongodb
from oltp.schema import install as install_postgres
from oltp.schema import reset as reset_postgres
from svp.core.mongodb import open_database
from svp.core.postgres import connect
from svp.model import VIEWING_SESSIONS
from svp.servers import start
from svp.settings import Settings, Workspace, load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from svp.core.postgres import Connection

ADDED_SESSIONS = 100_000
BATCH_DOCUMENTS = 10_000
FILE_PEERS = ("pandas", "dlt")
DOCUMENT_PEER = "pandas, to_dict and insert_many"
RAW_WORKERS = 2

WHOLE, ROWS, DOCUMENTS, ADDED = "svp ingest", "PostgreSQL", "MongoDB", "adding 100,000"
BARE, COPY = "binary COPY, bare table, then keys and indexes", "psql \\copy, constrained"
RAW, RAW_UNCHECKED = "raw BSON, two processes", "the same, no validator"
RATIOS = ((ROWS, BARE), (ADDED, COPY), (DOCUMENTS, RAW), (DOCUMENTS, RAW_UNCHECKED))


@dataclass
class Clock:
    """When the steps of the load at hand were reached, and seconds by what took them, a number a round."""

    reached: dict[Step, float] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def note(self, step: Step) -> None:
        """Take notice of a step."""
        self.reached[step] = time.perf_counter()

    def add(self, name: str, first: Step, last: Step) -> None:
        """Note the seconds between two steps."""
        self.seconds[name].append(self.reached[last] - self.reached[first])

    @contextmanager
    def time(self, name: str) -> Iterator[None]:
        """Note the seconds of a block."""
        started = time.perf_counter()
        yield
        self.seconds[name].append(time.perf_counter() - started)


def fill(settings: Settings, folder: Path) -> None:
    """Make an empty workspace with users and titles."""
    reset(settings)
    install_postgres(settings)
    install_mongodb(settings)
    ingest(settings, recognise_all([folder / "users.csv", folder / "content.json"]))


def reset(settings: Settings) -> None:
    """Remove what a round leaves."""
    reset_postgres(settings)
    reset_mongodb(settings)


def database(settings: Settings) -> closing[Connection]:
    """Open a workspace's PostgreSQL."""
    return closing(connect(settings.postgres_url, settings.workspace.postgres_database))


def load_empty(settings: Settings, folder: Path, clock: Clock) -> None:
    """Load the sessions into an empty workspace, and the same rows and documents by the raw ways."""
    fill(settings, folder)
    with clock.time(WHOLE):
        ingest(settings, recognise_all([folder / "sessions.csv"]))
    clock.add(ROWS, Step.ENTERED, Step.COMMITTED)
    clock.add(DOCUMENTS, Step.COMMITTED, Step.DOCUMENTED)
    copy_into_bare_table(settings, folder / "rows", clock)
    insert_raw(settings, folder, clock)


def copy_into_bare_table(settings: Settings, path: Path, clock: Clock) -> None:
    """Put the rows that are stored, ready as the server wants them, into a table that gets its keys afterwards."""
    with database(settings) as connection, connection.cursor() as cursor:
        with path.open("wb") as stream:
            cursor.copy_expert("COPY oltp.viewing_sessions TO STDOUT (FORMAT binary)", stream)
        cursor.execute("ALTER TABLE oltp.viewing_sessions RENAME TO loaded_sessions")
        cursor.execute(
            "CREATE TABLE oltp.viewing_sessions (LIKE oltp.loaded_sessions INCLUDING CONSTRAINTS)"
        )
        cursor.execute(DEFINITIONS)
        definitions = [definition for (definition,) in cursor.fetchall()]
        connection.commit()
        with clock.time(BARE):
            with path.open("rb") as stream:
                statement = "COPY oltp.viewing_sessions FROM STDIN (FORMAT binary)"
                cursor.copy_expert(statement, stream, size=1024 * 1024)
            for definition in definitions:
                cursor.execute(definition)
            connection.commit()


DEFINITIONS = """
SELECT 'ALTER TABLE oltp.viewing_sessions ADD ' || pg_get_constraintdef(oid) AS definition
FROM pg_constraint WHERE conrelid = 'oltp.loaded_sessions'::regclass AND contype IN ('p', 'u', 'f')
UNION ALL
SELECT replace(replace(pg_get_indexdef(indexrelid), 'INDEX ', 'INDEX again_'), 'loaded_sessions', 'viewing_sessions')
FROM pg_index WHERE indrelid = 'oltp.loaded_sessions'::regclass
AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
"""
"""Every key and index of the table; its checks are there from the start, which costs less."""


def insert_raw(settings: Settings, folder: Path, clock: Clock) -> None:
    """Insert the documents that are stored, ready as bytes, by two processes, with and without the validator."""
    name = settings.workspace.mongo_database
    paths = [folder / f"documents{number}" for number in range(RAW_WORKERS)]
    with open_database(settings.mongo_url, name) as mongodb:
        write_documents(settings, paths)
        (described,) = mongodb.list_collections(filter={"name": "viewing_events"})
        indexes = [index["key"] for index in mongodb["viewing_events"].list_indexes()][1:]
        for way, options in ((RAW, described["options"]), (RAW_UNCHECKED, {})):
            mongodb.drop_collection("raw")
            mongodb.create_collection("raw", **options)
            for keys in indexes:
                mongodb["raw"].create_index(list(keys.items()))
            with Pool(RAW_WORKERS) as pool:
                pool.map(len, [()] * RAW_WORKERS)
                with clock.time(way):
                    jobs = [(settings.mongo_url, name, path) for path in paths]
                    pool.starmap(insert_file, jobs, chunksize=1)


def write_documents(settings: Settings, paths: list[Path]) -> None:
    """Write the stored documents as BSON, those of one part of the keys to each file."""
    options = CodecOptions(document_class=RawBSONDocument)
    with MongoClient[RawBSONDocument](settings.mongo_url) as client:
        stored = client[settings.workspace.mongo_database]
        events = stored.get_collection("viewing_events", codec_options=options)
        share = -(-events.estimated_document_count() // len(paths))
        found = events.find().sort("_id", 1)
        for path in paths:
            with path.open("wb") as stream:
                stream.writelines(document.raw for document in islice(found, share))


def insert_file(url: str, name: str, path: Path) -> None:
    """Insert the documents of a file."""
    options = CodecOptions(document_class=RawBSONDocument)
    documents = decode_all(path.read_bytes(), options)
    with MongoClient[RawBSONDocument](url, w="majority", journal=True) as client:
        collection = client[name]["raw"]
        for first in range(0, len(documents), BATCH_DOCUMENTS):
            collection.insert_many(documents[first : first + BATCH_DOCUMENTS], ordered=False)


def store_many(settings: Settings, folder: Path, sessions: int) -> None:
    """Make a workspace that holds so many sessions already, of the same users and titles."""
    fill(settings, folder)
    with (
        database(settings) as connection,
        suspended(connection, VIEWING_SESSIONS),
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(STORED_SESSIONS, {"sessions": sessions})
        make_again(connection)
        cursor.execute("ANALYZE oltp.viewing_sessions")


STORED_SESSIONS = """
INSERT INTO oltp.viewing_sessions
(source, session_id, user_key, content_key, started_on, watch_seconds, completion_percent, row_hash, load_id)
SELECT
    'relational', 'G' || lpad(number::text, 9, '0'), 1 + floor(random() * (SELECT count(*) FROM oltp.users)),
    1 + floor(random() * (SELECT count(*) FROM oltp.content)), date '2024-01-01' + floor(random() * 244)::integer,
    floor(random() * 6000), floor(random() * 100), gen_random_uuid(), (SELECT max(load_id) FROM ops.load)
FROM generate_series(1, %(sessions)s) AS number
"""


def add(settings: Settings, folder: Path, number: int, clock: Clock) -> None:
    """Load 100,000 new sessions, and copy the same rows under other ids by psql."""
    path = folder / f"added{number}.csv"
    with (folder / "sessions.csv").open(encoding="utf-8") as stream:
        header, *lines = islice(stream, ADDED_SESSIONS + 1)
    path.write_text(header + "".join(f"A{number}{line}" for line in lines), encoding="utf-8")
    ingest(settings, recognise_all([path]))
    clock.add(ADDED, Step.ENTERED, Step.COMMITTED)
    with database(settings) as connection, connection.cursor() as cursor:
        cursor.execute(COPIED_COLUMNS)
        ((columns,),) = cursor.fetchall()
        query = f"SELECT {columns} FROM oltp.viewing_sessions WHERE session_id LIKE 'A{number}%'"  # noqa: S608
        with (folder / "copied").open("w", encoding="utf-8") as rows:
            cursor.copy_expert(f"COPY ({query}) TO STDOUT", rows)
    text = (folder / "copied").read_text(encoding="utf-8")
    (folder / "copied").write_text(text.replace(f"\tA{number}", f"\tB{number}"), encoding="utf-8")
    with clock.time(COPY):
        run_psql(settings, f"\\copy oltp.viewing_sessions ({columns}) FROM '{folder / 'copied'}'\n")


COPIED_COLUMNS = """
SELECT string_agg(column_name, ', ' ORDER BY ordinal_position) FROM information_schema.columns
WHERE table_schema = 'oltp' AND table_name = 'viewing_sessions' AND is_identity = 'NO'
"""


def run_psql(settings: Settings, commands: str) -> None:
    """Let psql run commands in a workspace's database, as its owner."""
    url = urlsplit(settings.postgres_url)
    account = {
        "PGHOST": url.hostname or "",
        "PGPORT": str(url.port),
        "PGUSER": url.username or "",
        "PGPASSWORD": unquote(url.password or ""),
        "PGDATABASE": settings.workspace.postgres_database,
    }
    subprocess.run(
        [psql(), "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"],
        input=commands,
        text=True,
        check=True,
        env=os.environ | account,
    )


def ask_peers(settings: Settings, folder: Path, python: Path, clock: Clock) -> None:
    """Let other tools put the same file into a table and a collection of their own."""
    workspace = settings.workspace
    url = f"{settings.postgres_url.rsplit('/', 1)[0]}/{workspace.postgres_database}"
    rows = {"PEER_POSTGRES_URL": url}
    documents = {"PEER_MONGO_URL": settings.mongo_url, "PEER_DATABASE": workspace.mongo_database}
    asked = (*((tool, tool, rows) for tool in FILE_PEERS), (DOCUMENT_PEER, "pandas", documents))
    for name, tool, target in asked:
        given = {"PEER_FILE": str(folder / "sessions.csv"), **target}
        command = [str(python), str(Path(__file__).with_name("peers.py")), tool]
        done = subprocess.run(
            command, env=os.environ | given, check=True, stdout=subprocess.PIPE, text=True
        )
        clock.seconds[name].append(float(done.stdout))


def report(clock: Clock, sessions: int) -> None:
    """Print medians and ratios."""
    seconds = clock.seconds
    print(
        f"{sessions:,} sessions; medians of {len(seconds[WHOLE])} rounds; load {os.getloadavg()}\n"
    )
    print("| what | s | rows/s |\n|---|---:|---:|")
    for name, took in seconds.items():
        rows = ADDED_SESSIONS if name in {ADDED, COPY} else sessions
        print(f"| {name} | {median(took):.2f} | {rows / median(took):,.0f} |")
    print("\n| svp | next to | svp ÷ that |\n|---|---|---:|")
    pairs = (*RATIOS, *((ROWS, tool) for tool in FILE_PEERS), (DOCUMENTS, DOCUMENT_PEER))
    for ours, other in pairs:
        if other in seconds and ours in seconds:
            ratios = [
                mine / theirs for mine, theirs in zip(seconds[ours], seconds[other], strict=True)
            ]
            print(f"| {ours} | {other} | {median(ratios):.2f} |")
    print(f"\npeak memory of svp: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def main() -> None:
    """Measure and print two tables."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--sessions", type=int, default=1_000_000)
    options.add_argument("--stored", type=int, default=0, help="sessions that are there before")
    options.add_argument("--home", type=str, default=None, help="folder of the local servers")
    options.add_argument("--peers", type=Path, default=None, help="Python with pandas and dlt")
    given = options.parse_args()
    home = load_settings({"home": given.home}).home
    start(home, only={"postgres", "mongodb"})
    made = load_settings({"home": str(home)})
    empty, stored = (replace(made, workspace=Workspace(name)) for name in ("load", "load_stored"))
    clock = Clock()
    steps.tell(clock.note)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_files(folder, given.sessions)
        try:
            if given.stored:
                store_many(stored, folder, given.stored)
            for number in range(given.rounds):
                load_empty(empty, folder, clock)
                if given.stored:
                    add(stored, folder, number, clock)
                if given.peers:
                    ask_peers(empty, folder, given.peers, clock)
        finally:
            reset(empty)
            reset(stored)
    report(clock, given.sessions)


if __name__ == "__main__":
    main()
