"""Logs of set-top boxes: ways to keep them in MongoDB, the speed of reading them, and the way without documents.

    python -m benchmarks.boxes layouts [--users 100000] [--days 3]
    python -m benchmarks.boxes check [--users 1750000] [--days 1] [--duckdb PYTHON]
    python -m benchmarks.boxes warehouse [--users 1750000] [--days 30]
    python -m benchmarks.boxes documents [--users 1750000] [--days 30]

The files are generated here, a line and a little less for each user and day. Beside seconds stand those of processors,
which depend less on what else a machine does. ``--duckdb`` names the Python of an environment that has it: a bare sum
by contract and application over the same files. Beside both, pandas reads, coerces and deduplicates them, once.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import bson
import psutil
import pyarrow as pa
import pyarrow.csv as pacsv

import nosql.schema
import oltp.schema
import warehouse.schema
from benchmarks.box_layouts import LAYOUTS, Layout, Line, stages
from loaders.box_days import unite
from loaders.box_lines import LINES
from loaders.contract import check
from loaders.documents import ONLY_DOCUMENTS, Delivery
from loaders.ingest import ingest
from loaders.recognise import recognise, recognise_all
from loaders.terms import Terms
from svp import cli
from svp.core.mongodb import open_database
from svp.core.mysql import open_connection
from svp.servers import start
from svp.settings import Settings, Workspace, load_settings
from warehouse.connections import execute, fetch
from warehouse.export import export, run_procedures

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from loaders.recognise import Recognised
    from svp.core.mongodb import MongoDatabase

BATCH_LINES = 50_000
CORRECTED_SHARE, MOVED_SHARE = 0.01, 0.001
"""Of the lines of a corrected day: those with another duration, and those of another contract."""

CHECKPOINT_SECONDS = 65
"""MongoDB knows the size of what it has written by a checkpoint, of which it makes one a minute."""

ROUNDS = 5
"""Of reading a day and of DuckDB's sum over it, in turns."""

MONTH_LINES = 48_000_000
WHOLE_MONTH = 0.9
"""Share of a month's lines from which on figures are those of a month."""

AIM_MINUTES = {"warehouse": 3, "documents": 12}
"""From files to customer_360."""

BARE = ("fact_box_watch", "fact_category_seconds")
"""The facts that have a row for nearly each line."""

NANOSECONDS = 10**9

READ = """
import sys, time
from pathlib import Path
from benchmarks.boxes import check_file
from loaders.recognise import recognise_all
wall, own = time.perf_counter(), time.process_time()
lines = sum(map(check_file, recognise_all(map(Path, sys.argv[1:]))))
print(lines, time.perf_counter() - wall, time.process_time() - own)
"""

DUCKDB = """
import duckdb, sys, time
con = duckdb.connect()
con.execute("SET memory_limit = '2GB'")
con.execute("SET threads = 2")
columns = "{'_source': 'STRUCT(Contract VARCHAR, AppName VARCHAR, TotalDuration BIGINT)'}"
wall, own = time.perf_counter(), time.process_time()
con.execute(f'''
    SELECT count(*), sum(seconds)
    FROM (
        SELECT filename, _source.Contract, _source.AppName, sum(_source.TotalDuration) AS seconds
        FROM read_json(
            {sys.argv[1:]!r}, format = 'newline_delimited', columns = {columns}, ignore_errors = true, filename = true
        )
        GROUP BY ALL
    )
''').fetchall()
print(time.perf_counter() - wall, time.process_time() - own)
"""

PANDAS = """
import pandas, sys, time
wall, own = time.perf_counter(), time.process_time()
for path in sys.argv[1:]:
    parts = []
    for part in pandas.read_json(path, lines=True, chunksize=50_000):
        lines = pandas.DataFrame(part["_source"].tolist()).assign(log_id=part["_id"].to_numpy())
        lines["TotalDuration"] = pandas.to_numeric(lines["TotalDuration"], errors="coerce")
        parts.append(lines[lines["TotalDuration"] >= 0])
    day = pandas.concat(parts).drop_duplicates("log_id", keep="last")
print(time.perf_counter() - wall, time.process_time() - own)
"""


@dataclass
class Cost:
    """What something took."""

    seconds: float = 0.0
    own_seconds: float = 0.0
    """Of processors, in this process."""
    server_seconds: float = 0.0
    """Of processors, in the servers."""

    @property
    def processor_seconds(self) -> float:
        """Of all processes."""
        return self.own_seconds + self.server_seconds


@dataclass
class Costs:
    """What each step took."""

    home: Path | None = None
    """Of the servers that have a part in it."""
    steps: dict[str, Cost] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure a step, and say so when it ends; one that comes again is added."""
        wall, own = time.perf_counter(), time.process_time()
        servers = server_seconds(self.home)
        yield
        before = self.steps.get(name, Cost())
        cost = self.steps[name] = Cost(
            before.seconds + time.perf_counter() - wall,
            before.own_seconds + time.process_time() - own,
            before.server_seconds + server_seconds(self.home) - servers,
        )
        took = f"{cost.seconds:,.1f} s, of processors {cost.processor_seconds:,.1f} s"
        print(f"{name}: {took}", file=sys.stderr, flush=True)


def server_seconds(home: Path | None) -> float:
    """Return the processor time of the servers whose data is in a home, with that of the processes they made."""
    if home is None:
        return 0.0
    servers = (
        process
        for process in psutil.process_iter(["cmdline"])
        if any(f"{home}/" in word for word in process.info["cmdline"] or ())
    )
    return sum(
        sum(process.cpu_times()[:4])
        for server in servers
        for process in (server, *server.children(recursive=True))
    )


def generate(folder: Path, users: int, days: int, dirt: str = "0%") -> list[Path]:
    """Write the logs of some days, and return the files."""
    size = ("--users", f"{users}", "--days", f"{days}", "--start", "2025-01-01", "--dirt", dirt)
    try:
        cli.main(["generate", "--shape", "iptv", *size, "--out", str(folder)])
    except SystemExit as ended:
        if ended.code:
            raise
    return sorted(folder.glob("2025*.json"))


def measure_layouts(settings: Settings, files: Sequence[Path]) -> None:
    """Put the same days into each layout, deliver one again, and ask what exports and checks ask."""
    nosql.schema.reset(settings)
    nosql.schema.install(settings)
    days = [read_documents(path) for path in files]
    with open_database(settings.url("mongo"), settings.workspace.mongo_database) as database:
        found = {
            layout.name: measure_layout(settings.home, database, layout, days) for layout in LAYOUTS
        }
    lines = sum(map(len, days))
    print(f"{lines:,} lines on {len(days)} days\n")
    steps = list(next(iter(found.values()))[0].steps)
    print(f"| | {' | '.join(found)} |\n|---|{'---:|' * len(found)}")
    for step in steps:
        cells = [costs.steps[step] for costs, _ in found.values()]
        print(
            f"| {step}, s (processors) |"
            + "".join(f" {c.seconds:.1f} ({c.processor_seconds:.1f}) |" for c in cells)
        )
    loads = [lines / costs.steps["load"].seconds for costs, _ in found.values()]
    print("| lines loaded a second |" + "".join(f" {rate:,.0f} |" for rate in loads))
    print(
        "| bytes a line on disk, with indexes |"
        + "".join(f" {size / lines:.0f} |" for _, size in found.values())
    )


def read_documents(path: Path) -> list[Line]:
    """Return the lines of a file as documents, each id once."""
    file = recognise(path)
    assert file.day  # noqa: S101  (logs have one)
    shape = partial(ONLY_DOCUMENTS["box_logs"], Delivery("iptv", 1, file.day))
    checked = (check(batch, file.kind).accepted for batch in file.batches())
    latest = dict(chain.from_iterable(shape(rows).by_key() for rows in checked))
    return list(map(bson.decode, latest.values()))


def measure_layout(
    home: Path, database: MongoDatabase, layout: Layout, days: Sequence[Sequence[Line]]
) -> tuple[Costs, int]:
    """Return what each step took, and the bytes on disk after the load."""
    costs, draw = Costs(home), random.Random(1)  # noqa: S311  (a benchmark's data)
    layout.prepare(database)
    with costs.step("load"):
        for day in days:
            deliver(database, layout, day)
    time.sleep(CHECKPOINT_SECONDS)
    said = database.command("collStats", layout.collection)
    size = said["storageSize"] + said["totalIndexSize"]
    again = draw.sample(days[0], len(days[0]))
    with costs.step("a day again, in another order"):
        deliver(database, layout, again)
    with costs.step("a day again, corrected"):
        deliver(database, layout, [corrected(line, draw) for line in again])
    with costs.step("export of a day"):
        seconds = ask(database, layout, "export_box_watch_by_day", days[0][0]["day"])
    with costs.step("totals for verify"):
        total = ask(database, layout, "totals_of_box_logs")
    print(f"{layout.name}: {seconds:,} seconds on the first day, {total:,} in all", file=sys.stderr)
    return costs, size


def deliver(database: MongoDatabase, layout: Layout, lines: Sequence[Line]) -> None:
    """Deliver a day in batches."""
    for start_at in range(0, len(lines), BATCH_LINES):
        layout.deliver(database, lines[start_at : start_at + BATCH_LINES])


def corrected(line: Line, draw: random.Random) -> Line:
    """Return a line as a corrected delivery has it: mostly as it was."""
    chance = draw.random()
    if chance < MOVED_SHARE:
        return line | {"contract_code": "HNH000000"}
    return line | {"watch_seconds": 1} if chance < CORRECTED_SHARE else line


def ask(database: MongoDatabase, layout: Layout, pipeline: str, day: Any = None) -> int:
    """Run a pipeline of ``box_logs`` over a layout; return the seconds that it says."""
    asked = stages(layout, pipeline, [1], day)
    name = "watch_seconds" if day else "box_seconds"
    return sum(
        found[name] for found in database[layout.collection].aggregate(asked, allowDiskUse=True)
    )


def measure_check(folder: Path, users: int, days: int, duckdb: str | None) -> None:
    """Read, check and deduplicate whole days, clean and with one bad row in a hundred; medians of some rounds."""
    header = ("bad rows", "lines", "svp: ns of processors a line", "lines/s")
    beside = ("DuckDB: ns of processors", "lines/s", "DuckDB ÷ svp: processors, clock")
    print(f"| {' | '.join((*header, *beside, 'pandas, once: lines/s', 'pandas ÷ svp: clock'))} |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for dirt in ("0%", "1%"):
        files = generate(folder / dirt.rstrip("%"), users, days, dirt)
        rounds = [check_round(files, duckdb) for _ in range(ROUNDS)]
        lines, mine = rounds[0][0], median_cost(cost for _, cost, _ in rounds)
        cells = "| | | |"
        if duckdb:
            theirs = median_cost(cost for _, _, cost in rounds)
            shares = (
                theirs.processor_seconds / mine.processor_seconds,
                theirs.seconds / mine.seconds,
            )
            cells = f"{cost_cells(theirs, lines)} {shares[0]:.2f}, {shares[1]:.2f} |"
        cells += pandas_cells(files, lines, mine)
        print(f"| {dirt} | {lines:,} |{cost_cells(mine, lines)}{cells}")


def check_round(files: Sequence[Path], duckdb: str | None) -> tuple[int, Cost, Cost]:
    """Return the lines of some files, what reading them takes, and what DuckDB takes, if it is there."""
    lines, *seconds = run_script(sys.executable, READ, files)
    return int(lines), Cost(*map(float, seconds)), run_duckdb(duckdb, files) if duckdb else Cost()


def median_cost(costs: Iterable[Cost]) -> Cost:
    """Return the median seconds of several costs, and the median of processors."""
    taken = list(costs)
    return Cost(
        median(cost.seconds for cost in taken), median(cost.processor_seconds for cost in taken)
    )


def cost_cells(cost: Cost, lines: int) -> str:
    """Return nanoseconds of processors a line, and lines a second."""
    return f" {cost.processor_seconds / lines * NANOSECONDS:.0f} | {lines / cost.seconds:,.0f} |"


def check_file(file: Recognised) -> int:
    """Read, check and deduplicate a file; return its lines, after the row law was checked."""
    parts, read, refused = list[pa.RecordBatch](), 0, 0
    for batch in file.batches():
        checked = check(batch, file.kind)
        parts.append(checked.rows)
        read += batch.read_rows - batch.skipped_rows
        refused += len(checked.refusals)
    united = unite(LINES.empty_table(), pa.Table.from_batches(parts))
    assert read == refused + sum(united.outcomes.values())  # noqa: S101  (the row law)
    return read


def run_duckdb(python: str, files: Sequence[Path]) -> Cost:
    """Sum the same files by contract and application."""
    return Cost(*map(float, run_script(python, DUCKDB, files)[-2:]))  # behind its progress


def pandas_cells(files: Sequence[Path], lines: int, mine: Cost) -> str:
    """Return lines a second by pandas, and how many times as long it takes; it reads no file with a broken line."""
    try:
        seconds = float(run_script(sys.executable, PANDAS, files)[0])
    except subprocess.CalledProcessError:
        return " refuses the files | |"
    return f" {lines / seconds:,.0f} | {seconds / mine.seconds:.1f} |"


def run_script(python: str, script: str, files: Sequence[Path]) -> list[bytes]:
    """Run a script over files in a process of its own; return the words that it prints."""
    done = subprocess.run([python, "-c", script, *files], check=True, stdout=subprocess.PIPE)
    return done.stdout.split()


def measure_warehouse(
    settings: Settings, files: Sequence[Path], *, with_documents: bool = False
) -> None:
    """Take days from files to customer_360; print where time goes, a month's processors, and what bare loads take.

    The files go as soon as they are loaded, and a bare table when it was filled: a month takes room for one of each.
    """
    for room in (oltp.schema, nosql.schema, warehouse.schema):
        room.reset(settings)
        room.install(settings)
    costs = Costs(settings.home)
    with costs.step("hash and recognise"):
        recognised = recognise_all(files)
    with costs.step("ingest"):
        reports = ingest(settings, recognised, terms=Terms(to_warehouse=not with_documents))
    for file in files:
        file.unlink()
    with costs.step("export into MySQL"):
        rows = export(settings).rows
    with costs.step("procedures"):
        run_procedures(settings)
    steps = list(costs.steps)
    bare_rows = sum(load_bare(settings, table, costs) for table in BARE)
    lines = sum(report.counts.read_rows for report in reports)
    print(f"{lines:,} lines on {len(files)} days, {rows:,} rows exported, {bare_rows:,} in facts\n")
    print_costs(costs, lines)
    taken, least = (sum(costs.steps[name].seconds for name in some) for some in (steps, BARE))
    print(f"\nall of it: {taken:.0f} s, {taken / least:.2f} of the bare loads")
    print(f"aim for a month: {AIM_MINUTES['documents' if with_documents else 'warehouse']} minutes")
    if lines < WHOLE_MONTH * MONTH_LINES:
        print(
            f"scaled: {lines / MONTH_LINES:.1%} of a month's lines; the last column takes costs to grow with lines"
        )


def print_costs(costs: Costs, lines: int) -> None:
    """Print what each step took, and the processors of a month."""
    header = ("step", "s", "processors: svp, s", "servers, s", "a month's processors, s")
    print(f"| {' | '.join(header)} |\n|---|---:|---:|---:|---:|")
    for name, cost in costs.steps.items():
        month = cost.processor_seconds * MONTH_LINES / lines
        print(
            f"| {name} | {cost.seconds:.1f} | {cost.own_seconds:.1f} | {cost.server_seconds:.1f} | {month:,.0f} |"
        )


def load_bare(settings: Settings, table: str, costs: Costs) -> int:
    """Load as many rows as a fact has, in the order of its key, into an empty table like it; return how many."""
    days = f"SELECT date_key, count(*) FROM {table} GROUP BY date_key ORDER BY date_key"  # noqa: S608  (ours)
    load = f"LOAD DATA LOCAL INFILE %s INTO TABLE bare_{table}"
    database = settings.workspace.warehouse_database
    with (
        tempfile.TemporaryDirectory() as name,
        open_connection(
            settings.url("mysql"), database, local_infile_folder=Path(name)
        ) as connection,
    ):
        execute(connection, f"DROP TABLE IF EXISTS bare_{table}")
        execute(connection, f"CREATE TABLE bare_{table} LIKE {table}")
        columns = len(fetch(connection, f"SHOW COLUMNS FROM {table}"))
        path, counts = Path(name, "rows.tsv"), fetch(connection, days)
        for day, rows in counts:
            customers = pa.array(range(rows), pa.int32())
            others = [pa.repeat(1, rows)] * (columns - 2)
            filled = pa.table([pa.repeat(day, rows), customers, *others], list("abcde"[:columns]))
            pacsv.write_csv(filled, path, pacsv.WriteOptions(include_header=False, delimiter="\t"))
            with costs.step(table):
                execute(connection, load, (str(path),))
        execute(connection, f"DROP TABLE bare_{table}")
    return sum(rows for _, rows in counts)


def main() -> None:
    """Measure and print one table."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("what", choices=["layouts", "check", "warehouse", "documents"])
    options.add_argument("--users", type=int, default=None)
    options.add_argument("--days", type=int, default=None)
    options.add_argument("--duckdb", default=None, help="Python of an environment that has DuckDB")
    options.add_argument("--home", default=None, help="folder of the local servers")
    given = options.parse_args()
    home = load_settings({"home": given.home}).home
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.what == "check":
            measure_check(folder, given.users or 1_750_000, given.days or 1, given.duckdb)
            return
        start(home)
        settings = replace(load_settings({"home": str(home)}), workspace=Workspace("benchmark"))
        try:
            if given.what == "layouts":
                files = generate(folder / "logs", given.users or 100_000, given.days or 3)
                measure_layouts(settings, files)
            else:
                with Costs().step("generate"):
                    files = generate(folder / "logs", given.users or 1_750_000, given.days or 30)
                measure_warehouse(settings, files, with_documents=given.what == "documents")
        finally:
            for room in (oltp.schema, nosql.schema, warehouse.schema):
                room.reset(settings)


if __name__ == "__main__":
    main()
