"""How fast platforms are generated, next to plain numpy and to pyarrow alone in the same run, and in how much memory.

    python -m benchmarks.generator [--rounds 3] [--scale medium] [--memory medium large]

In memory: viewing sessions of the platform, made by one process, against as many rows of random values without
any behaviour in the same Arrow columns: filled by plain numpy, and drawn as numbers whose texts Arrow looks up.
On disk: the time in which ``svp generate`` writes them as Parquet, against pyarrow writing the same table. Whole:
``svp generate`` as a process, and the most memory that it and its workers ever held (USS, asked every tenth of a
second). Printed are medians, and the medians of the rounds' ratios.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq

from svp.generate.arguments import SCALES
from svp.generate.market import DEVICES, QUALITIES
from svp.generate.output.shapes import Piece
from svp.generate.output.sinks import ParquetSink
from svp.generate.platform import Platform, parts_of
from svp.model import VIEWING_SESSIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from svp.generate.arguments import Arguments

TABLE = VIEWING_SESSIONS.name
MOST_PARTS = 20
"""Enough rows to time; the whole of a scale is timed as a process."""
ASK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Whole:
    """One run of ``svp generate``."""

    seconds: float
    rows: int
    plays: int
    size_bytes: int
    peak_bytes: int


def seconds_of(work: Callable[[], object]) -> float:
    """Return how long work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def make(made: Platform) -> list[pa.RecordBatch]:
    """Return viewing sessions of the first parts."""
    parts = parts_of(made.arguments)[1 : 1 + MOST_PARTS]
    return [made.make(part, tables=[TABLE])[TABLE] for part in parts]


@dataclass(frozen=True, slots=True)
class Limit:
    """A way to fill columns with values that mean nothing."""

    name: str
    choose: Callable[[np.random.Generator, list[str], int], object]
    """Draws so many of some texts, each as likely as any other."""
    count: Callable[[int], object]
    """Returns so many ids, each its own."""


def look_up(random: np.random.Generator, texts: list[str], rows: int) -> object:
    """Draw numbers, and let Arrow look up their texts."""
    return pa.array(texts).take(pa.array(random.integers(0, len(texts), rows), pa.int64()))


LIMITS = (
    Limit(
        "plain numpy",
        lambda random, texts, rows: random.choice(texts, rows),
        lambda rows: np.char.mod("V%09d", np.arange(rows)),
    ),
    Limit(
        "numbers, texts by Arrow", look_up, lambda rows: pa.array(np.arange(rows)).cast(pa.string())
    ),
)


def fill(arguments: Arguments, rows: int, seed: int, limit: Limit) -> pa.RecordBatch:
    """Return as many rows of the same columns, filled by numpy with numbers that mean nothing."""
    random = np.random.default_rng(seed)
    first_day = np.datetime64(arguments.start_on, "us")
    period_us = arguments.days * 86_400_000_000
    started_at = first_day + random.integers(0, period_us, rows).astype("timedelta64[us]")
    watch_seconds = random.integers(2, 7_200, rows)
    platforms = [name for device in DEVICES for name in device.platforms]
    columns = {
        "session_id": limit.count(rows),
        "user_id": limit.choose(
            random, [f"U{number:08}" for number in range(arguments.users)], rows
        ),
        "content_id": limit.choose(
            random, [f"C{number:06}" for number in range(arguments.titles)], rows
        ),
        "started_on": started_at.astype("datetime64[D]"),
        "started_at": started_at,
        "ended_at": started_at + watch_seconds.astype("timedelta64[s]"),
        "watch_seconds": watch_seconds,
        "completion_percent": (100 * random.random(rows)).round(2),
        "device_type": limit.choose(random, [device.name for device in DEVICES], rows),
        "quality": limit.choose(random, list(QUALITIES), rows),
        "platform": limit.choose(random, platforms, rows),
        "stall_count": random.poisson(0.05, rows),
        "average_bitrate_kbps": random.integers(500, 15_000, rows),
    }
    arrays = [pa.array(columns[field.name]).cast(field.type) for field in VIEWING_SESSIONS.schema]
    return pa.RecordBatch.from_arrays(arrays, schema=VIEWING_SESSIONS.schema)


def fill_all(arguments: Arguments, rows: Sequence[int], limit: Limit) -> None:
    """Fill a batch of each size."""
    for seed, count in enumerate(rows):
        fill(arguments, count, seed, limit)


def compare_in_memory(arguments: Arguments, rounds: int) -> list[pa.RecordBatch]:
    """Print rows a second of both; return the rows that were made."""
    made = Platform(arguments)
    batches = make(made)
    rows = [batch.num_rows for batch in batches]
    total = sum(rows)
    ours = [seconds_of(lambda: make(made)) for _ in range(rounds)]
    print(f"in memory, {total:,} viewing sessions, one process")
    print(f"  {'svp':24} {total / median(ours):>12,.0f} rows/s")
    for limit in LIMITS:
        work = partial(fill_all, arguments, rows, limit)
        theirs = [seconds_of(work) for _ in range(rounds)]
        ratio = median(other / own for other, own in zip(theirs, ours, strict=True))
        rate = total / median(theirs)
        print(f"  {limit.name:24} {rate:>12,.0f} rows/s, of which svp has {ratio:.2f}")
    return batches


def compare_on_disk(batches: list[pa.RecordBatch], rounds: int) -> None:
    """Print how long the same table takes to be written, by svp and by pyarrow alone."""
    table = pa.Table.from_batches(batches)
    ours, alone = [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sessions.parquet"
        for _ in range(rounds):
            ours.append(seconds_of(lambda: write_with_svp(path, batches)))
            alone.append(seconds_of(lambda: pq.write_table(table, path, compression="zstd")))
    ratio = median(own / other for own, other in zip(ours, alone, strict=True))
    print(f"as Parquet, {table.num_rows:,} viewing sessions, checksum included")
    print(f"  svp {median(ours):.2f} s   pyarrow alone {median(alone):.2f} s   ratio {ratio:.2f}")


def write_with_svp(path: Path, batches: list[pa.RecordBatch]) -> None:
    """Write a table as ``svp generate`` does, to its checksum."""
    sink = ParquetSink(path, TABLE, VIEWING_SESSIONS.schema)
    for batch in batches:
        sink.append(Piece(path.name, TABLE, batch.num_rows, batch))
    sink.close()
    sink.describe(path.parent)


def run_whole(scale: str, workers: int) -> Whole:
    """Run ``svp generate`` and watch its memory."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "platform"
        svp = Path(sys.executable).with_name("svp")
        command = [str(svp), "generate", "--scale", scale, "--out", str(out)]
        started = time.perf_counter()
        with subprocess.Popen(
            [*command, "--workers", str(workers)], stdout=subprocess.DEVNULL
        ) as run:
            peak_bytes = watch(run)
        seconds = time.perf_counter() - started
        files = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["files"]
        return Whole(
            seconds=seconds,
            rows=sum(file["rows"] for file in files),
            plays=next(file["rows"] for file in files if file["table"] == TABLE),
            size_bytes=sum(file["bytes"] for file in files),
            peak_bytes=peak_bytes,
        )


def watch(run: subprocess.Popen[bytes]) -> int:
    """Return the most that a process and those it started held together, until it ends."""
    peak_bytes = 0
    while run.poll() is None:
        peak_bytes = max(peak_bytes, held_by(run.pid))
        time.sleep(ASK_SECONDS)
    return peak_bytes


def held_by(pid: int) -> int:
    """Return what a process and its children hold for themselves; 0 when it has just ended."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
        return sum(member.memory_full_info().uss for member in family)
    except psutil.Error:
        return 0


def compare_whole(scales: list[str]) -> None:
    """Print seconds, rows a second and the peak of memory of whole runs."""
    print("svp generate, as a process")
    for scale in scales:
        for workers in (1, psutil.cpu_count() or 1):
            run = run_whole(scale, workers)
            print(
                f"  {scale:7} {workers} workers {run.seconds:7.1f} s  {run.plays:>12,} plays  {run.rows:>13,} rows"
                f"  {run.rows / run.seconds:>10,.0f} rows/s  {run.size_bytes / 1e6:>7,.0f} MB"
                f"  peak {run.peak_bytes / 1e6:,.0f} MB"
            )


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--scale", choices=SCALES, default="medium")
    options.add_argument("--memory", nargs="*", choices=SCALES, default=["medium", "large"])
    given = options.parse_args()
    versions = f"numpy {np.__version__}, pyarrow {pa.__version__}"
    print(f"Python {platform.python_version()}, {psutil.cpu_count()} cores, {versions}")
    batches = compare_in_memory(SCALES[given.scale].arguments(), given.rounds)
    compare_on_disk(batches, given.rounds)
    compare_whole(given.memory)


if __name__ == "__main__":
    main()
