"""Data moved by a tool that people would use instead; ``benchmarks.warehouse`` and ``benchmarks.load`` call it.

    python benchmarks/peers.py pandas|dlt|sling    by the Python of an environment that has the tool

``PEER_POSTGRES_URL`` and ``PEER_MYSQL_URL`` (both with their database) and ``PEER_TABLE`` say which table of PostgreSQL
goes to MySQL, where it arrives under the tool's name; or ``PEER_FILE`` which CSV file goes to ``PEER_POSTGRES_URL``,
into a schema of that name, or to ``PEER_DATABASE`` of ``PEER_MONGO_URL``, into a collection of that name. Printed are
the seconds between reading the first row and having all.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

CHUNK_ROWS = 50_000
POSTGRES, MYSQL = "postgresql+psycopg2", "mysql+pymysql"
"""Drivers, as SQLAlchemy names them."""


def by_driver(url: str, driver: str) -> str:
    """Return a URL with the driver that SQLAlchemy is to use."""
    return urlsplit(url)._replace(scheme=driver).geturl()


def by_pandas(source: str, target: str, table: str) -> None:
    """Read and write in portions."""
    pandas, create_engine = import_module("pandas"), import_module("sqlalchemy").create_engine
    into = create_engine(by_driver(target, MYSQL))
    reading = (
        create_engine(by_driver(source, POSTGRES)).connect().execution_options(stream_results=True)
    )
    for part in pandas.read_sql(f"SELECT * FROM {table}", reading, chunksize=CHUNK_ROWS):  # noqa: S608  (our own name)
        part.to_sql("pandas", into, if_exists="append", index=False)


def by_dlt(source: str, target: str, table: str) -> None:
    """Let dlt read Arrow and load what it made of it."""
    dlt, sql_table = import_module("dlt"), import_module("dlt.sources.sql_database").sql_table
    into = dlt.destinations.sqlalchemy(by_driver(target, MYSQL))
    dataset = target.rsplit("/", 1)[1]
    rows = sql_table(by_driver(source, POSTGRES), table, backend="pyarrow", chunk_size=CHUNK_ROWS)
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    with TemporaryDirectory() as folder:
        pipeline = dlt.pipeline("peer", folder, destination=into, dataset_name=dataset)
        done = pipeline.run(rows, table_name="dlt", write_disposition="replace")
        done.raise_on_failed_jobs()


def by_sling(source: str, target: str, table: str) -> None:
    """Run Sling's program, which a package of its own carries."""
    package = find_spec("sling_linux_amd64")
    if package is None or package.submodule_search_locations is None:
        sys.exit("the package sling-linux-amd64 is not installed")
    program = Path(package.submodule_search_locations[0], "bin", "sling-linux-amd64")
    program.chmod(0o755)
    streams = ("--src-conn", "SOURCE", "--src-stream", f"public.{table}")
    objects = ("--tgt-conn", "TARGET", "--tgt-object", f"{target.rsplit('/', 1)[1]}.sling")
    settings = {
        "SOURCE": f"{source}?sslmode=disable",
        "TARGET": target,
        "SLING_DISABLE_TELEMETRY": "true",
    }
    subprocess.run(
        [program, "run", *streams, *objects, "--mode", "full-refresh"],
        env=os.environ | settings,
        check=True,
        stdout=sys.stderr,
    )


def file_by_pandas(path: str, target: str) -> None:
    """Read and write in portions, many rows a statement."""
    pandas, sqlalchemy = import_module("pandas"), import_module("sqlalchemy")
    into = sqlalchemy.create_engine(by_driver(target, POSTGRES))
    with into.begin() as connection:
        connection.execute(sqlalchemy.schema.CreateSchema("pandas", if_not_exists=True))
    for part in pandas.read_csv(path, chunksize=CHUNK_ROWS):
        part.to_sql("sessions", into, schema="pandas", if_exists="append", index=False)


def file_by_dlt(path: str, target: str) -> None:
    """Let dlt load what pandas reads."""
    dlt, pandas = import_module("dlt"), import_module("pandas")
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    into = dlt.destinations.postgres(target)
    with TemporaryDirectory() as folder:
        pipeline = dlt.pipeline("peer", folder, destination=into, dataset_name="dlt")
        parts = pandas.read_csv(path, chunksize=CHUNK_ROWS)
        done = pipeline.run(parts, table_name="sessions", write_disposition="replace")
        done.raise_on_failed_jobs()


def documents_by_pandas(path: str, target: str, database: str) -> None:
    """Read in portions, and insert the rows of each as documents."""
    pandas, client = import_module("pandas"), import_module("pymongo").MongoClient(target)
    for part in pandas.read_csv(path, chunksize=CHUNK_ROWS):
        client[database]["pandas"].insert_many(part.to_dict("records"))


FILE_PEERS = {"pandas": file_by_pandas, "dlt": file_by_dlt}
DOCUMENT_PEERS = {"pandas": documents_by_pandas}
"""Not dlt, which has no destination for MongoDB."""
PEERS = {"pandas": by_pandas, "dlt": by_dlt, "sling": by_sling}


def main() -> None:
    """Move the table, or the file, once."""
    started = time.perf_counter()
    if "PEER_MONGO_URL" in os.environ:
        names = ("FILE", "MONGO_URL", "DATABASE")
        DOCUMENT_PEERS[sys.argv[1]](*(os.environ[f"PEER_{name}"] for name in names))
    elif "PEER_FILE" in os.environ:
        FILE_PEERS[sys.argv[1]](os.environ["PEER_FILE"], os.environ["PEER_POSTGRES_URL"])
    else:
        names = ("POSTGRES_URL", "MYSQL_URL", "TABLE")
        PEERS[sys.argv[1]](*(os.environ[f"PEER_{name}"] for name in names))
    print(time.perf_counter() - started)


if __name__ == "__main__":
    main()
