"""Rows of PostgreSQL as columns: copied out as text, a batch at a time, while the ones before are worked on."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.csv as pacsv

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader

    from svp.core.postgres import Connection

__all__ = ["DAY", "copied"]

COPY_BYTES = 1024 * 1024
BATCH_BYTES = 4 * 1024 * 1024

DAY = INSTANT = pa.timestamp("us", tz="UTC")

NUMBERS = (
    "average_bitrate_kbps", "average_episode_minutes", "bitrate_change_count", "duration_minutes", "next_day_seconds",
    "player_stall_count", "release_year", "season_count", "stall_count", "stall_milliseconds", "startup_milliseconds",
    "watch_seconds",
)  # fmt: skip
TYPES = dict.fromkeys(NUMBERS, pa.int32()) | {
    "attempted_at": INSTANT,
    "completion_percent": pa.float64(),
    "ended_at": INSTANT,
    "is_complete": pa.bool_(),
    "is_original": pa.bool_(),
    "load_id": pa.int64(),
    "started_at": INSTANT,
    "started_on": pa.date32(),
}
"""Of columns that are no text."""


@contextmanager
def copied(
    connection: Connection, query: str, **parameters: object
) -> Iterator[Iterator[pa.RecordBatch]]:
    """Give the rows of a query in batches, in the transaction that is open.

    However it is left, nothing is at work on the connection afterwards.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"{query.rstrip().removesuffix(';')} LIMIT 0", parameters)
        names = [column.name for column in cursor.description or ()]
        bound = cursor.mogrify(query.rstrip().removesuffix(";"), parameters).decode()
        statement = f"COPY ({bound}) TO STDOUT (FORMAT csv)"
        read_end, write_end = os.pipe()

        def copy() -> None:
            with os.fdopen(write_end, "wb", buffering=0) as stream:
                cursor.copy_expert(statement, stream, size=COPY_BYTES)

        with ThreadPoolExecutor(1) as pool, os.fdopen(read_end, "rb") as stream:
            copying = pool.submit(copy)
            try:
                yield _read(stream, names)
            except BaseException:
                # Or the thread, and whoever reads ahead, wait on until the server has told all.
                connection.cancel()
                raise
            copying.result()


def _read(stream: BufferedReader, names: list[str]) -> Iterator[pa.RecordBatch]:
    """Yield what is copied."""
    if not stream.peek(1):
        return
    yield from pacsv.open_csv(
        stream,
        pacsv.ReadOptions(column_names=names, block_size=BATCH_BYTES, use_threads=False),
        pacsv.ParseOptions(newlines_in_values=True),
        pacsv.ConvertOptions(
            column_types={name: TYPES.get(name, pa.string()) for name in names},
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    )
