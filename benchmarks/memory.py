"""Peak memory of ``svp ingest``, by reader, at one and ten times a size.

    python -m benchmarks.memory [--rows 50000] [--only NAME] [--stores [HOME]]

The files are made here: sessions in the shape of the relational set, and logs of set-top boxes. What is measured is
all of svp's processes, looked at a hundred times a second, while every row is read and judged (``--dry-run``), or,
with ``--stores``, while it goes into an empty workspace of local servers; these are not counted. A workbook of more
than some 500,000 such rows is refused, because a sheet is held in memory: so --rows has at most a tenth of that.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import psutil
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from openpyxl import Workbook

import nosql.schema
import oltp.schema
from loaders.ingest import ingest
from loaders.recognise import recognise_all
from svp.servers import start
from svp.settings import Workspace, load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from svp.settings import Settings

SIZES = (1, 10)
PORTION_ROWS = 50_000
POLL_SECONDS = 0.01
MEGABYTE = 1_000_000

SVP = "import sys; from svp import cli; cli.main(sys.argv[1:])"
LOG = (
    '{{"_index":"history","_type":"channel","_id":"AX_{0:017d}","_score":0,"_source":{{"Contract":"HNH{1:06d}",'
    '"Mac":"{0:012X}","TotalDuration":{2},"AppName":"CHANNEL"}}}}\n'
)
CONTRACTS, DAY_SECONDS = 1_000_000, 86_400
USERS, TITLES = 9_973, 997


def sessions(rows: int) -> Iterator[pa.Table]:
    """Yield sessions in portions."""
    for first in range(0, rows, PORTION_ROWS):
        numbers = range(first, min(first + PORTION_ROWS, rows))
        yield pa.table(
            {
                "session_id": [f"S{number:08d}" for number in numbers],
                "user_id": [f"U{number % USERS:05d}" for number in numbers],
                "content_id": [f"M{number % TITLES:03d}" for number in numbers],
                "watch_date": [
                    f"2024-{1 + number % 12:02d}-{1 + number % 28:02d}" for number in numbers
                ],
                "watch_duration_minutes": [f"{number % 180}.5" for number in numbers],
                "completion_percentage": [f"{number % 101}" for number in numbers],
                "device_type": ["Smart TV"] * len(numbers),
                "quality_level": ["HD"] * len(numbers),
            }
        )


def write_csv(path: Path, rows: int) -> None:
    """Write a header, then a session a line."""
    with path.open("wb") as file:
        for number, portion in enumerate(sessions(rows)):
            pacsv.write_csv(portion, file, pacsv.WriteOptions(include_header=not number))


def write_quoted(path: Path, rows: int) -> None:
    """Write the same with quotes around each field, so that rows are read one by one."""
    with path.open("wb") as file:
        for number, portion in enumerate(sessions(rows)):
            form = pacsv.WriteOptions(include_header=not number, quoting_style="all_valid")
            pacsv.write_csv(portion, file, form)


def write_gzip(path: Path, rows: int) -> None:
    """Write the same, compressed."""
    plain = path.with_suffix("")
    write_csv(plain, rows)
    with plain.open("rb") as file, gzip.open(path, "wb", compresslevel=1) as packed:
        shutil.copyfileobj(file, packed)
    plain.unlink()


def write_lines(path: Path, rows: int) -> None:
    """Write an object a line."""
    with path.open("w", encoding="utf-8") as file:
        for portion in sessions(rows):
            file.writelines(f"{json.dumps(row)}\n" for row in portion.to_pylist())


def write_array(path: Path, rows: int) -> None:
    """Write one array of objects."""
    with path.open("w", encoding="utf-8") as file:
        parting = "["
        for portion in sessions(rows):
            for row in portion.to_pylist():
                file.write(parting + json.dumps(row))
                parting = ",\n"
        file.write("]")


def write_parquet(path: Path, rows: int) -> None:
    """Write groups of rows."""
    portions = sessions(rows)
    first = next(portions)
    with pq.ParquetWriter(path, first.schema) as writer:
        for portion in (first, *portions):
            writer.write_table(portion)


def write_sheet(path: Path, rows: int) -> None:
    """Write one sheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for number, portion in enumerate(sessions(rows)):
        if not number:
            sheet.append(portion.column_names)
        for row in portion.to_pylist():
            sheet.append(list(row.values()))
    book.save(path)


def write_logs(path: Path, rows: int) -> None:
    """Write a day of set-top boxes."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(
            LOG.format(number, number % CONTRACTS, number % DAY_SECONDS) for number in range(rows)
        )


FILES: dict[str, tuple[str, Callable[[Path, int], None]]] = {
    "CSV": ("sessions.csv", write_csv),
    "CSV, quoted": ("sessions.csv", write_quoted),
    "CSV, gzip": ("sessions.csv.gz", write_gzip),
    "JSON lines": ("sessions.jsonl", write_lines),
    "JSON array": ("sessions.json", write_array),
    "Parquet": ("sessions.parquet", write_parquet),
    "Excel": ("sessions.xlsx", write_sheet),
    "logs of set-top boxes": ("20250101.json", write_logs),
}


def peak_bytes(path: Path, settings: Settings | None) -> int:
    """Return the most that svp holds while it reads a file, and loads it if there are servers."""
    how = ["--dry-run"]
    if settings:
        make_workspace(settings, path.parent)
        how = ["--home", str(settings.home), "--workspace", settings.workspace.name]
    command = [sys.executable, "-c", SVP, "ingest", *how, str(path)]
    started = psutil.Popen(command, stdout=subprocess.DEVNULL)
    most = 0
    while started.poll() is None:
        most = max(most, _held_bytes(started))
        time.sleep(POLL_SECONDS)
    if started.returncode:
        sys.exit(f"svp ended with {started.returncode}")
    return most


def _held_bytes(process: psutil.Process) -> int:
    try:
        family = [process, *process.children(recursive=True)]
        return sum(each.memory_info().rss for each in family)
    except psutil.NoSuchProcess:
        return 0


def servers_of(home: str) -> Settings:
    """Start servers; return the settings of a workspace there that is for this alone."""
    folder = load_settings({"home": home} if home else {}).home
    start(folder)
    return replace(load_settings({"home": str(folder)}), workspace=Workspace("memory"))


def make_workspace(settings: Settings, folder: Path) -> None:
    """Make an empty workspace with the users and titles that sessions name."""
    for room in (oltp.schema, nosql.schema):
        room.reset(settings)
        room.install(settings)
    users, titles = folder / "users.csv", folder / "content.json"
    lines = [f"U{number:05d},30,Turkey,Basic,2020-01-01,0" for number in range(USERS)]
    header = "user_id,age,country,subscription_type,registration_date,total_watch_time_hours"
    users.write_text("\n".join([header, *lines]), encoding="utf-8")
    movies = [{"content_id": f"M{number:03d}", "title": "T"} for number in range(TITLES)]
    titles.write_text(json.dumps({"movies": movies}), encoding="utf-8")
    ingest(settings, recognise_all([users, titles]))


def main() -> None:
    """Measure and print one table."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--rows", type=int, default=50_000)
    options.add_argument("--only", choices=list(FILES), default=None)
    options.add_argument(
        "--stores", nargs="?", const="", help="load into the servers of this folder", metavar="HOME"
    )
    given = options.parse_args()
    settings = None if given.stores is None else servers_of(given.stores)
    print("| read | rows | MB | ten times, MB | growth |\n|---|---:|---:|---:|---:|")
    for name in [given.only] if given.only else FILES:
        file_name, write = FILES[name]
        peaks = []
        for size in SIZES:
            with TemporaryDirectory() as folder:
                path = Path(folder, file_name)
                write(path, given.rows * size)
                peaks.append(peak_bytes(path, settings) / MEGABYTE)
        one, ten = peaks
        print(f"| {name} | {given.rows:,} | {one:.0f} | {ten:.0f} | {ten / one:.2f} |", flush=True)


if __name__ == "__main__":
    main()
