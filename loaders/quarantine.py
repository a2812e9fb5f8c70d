"""Refused rows: which there are, one whole, and as a file that can be corrected."""

from __future__ import annotations

import csv
import io
import json
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg2.extras import RealDictCursor

from loaders import ledger
from loaders.codes import REFUSALS
from loaders.parsers import CUT
from svp.core.exports import defused, new_file
from svp.core.postgres import connect
from svp.core.sqlfiles import read_sql
from svp.errors import UsageError, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from svp.core.postgres import Connection
    from svp.settings import Settings

__all__ = [
    "LINE_COLUMN",
    "Held",
    "export_rows",
    "find_row",
    "held_loads",
    "list_rows",
    "list_waiting",
]

LINE_COLUMN = "quarantine_line"
"""Which refused row a row of a corrected file stands for."""

FACTS = {
    "quarantine_load": "load_id",
    LINE_COLUMN: "line",
    "quarantine_byte": "byte_offset",
    "quarantine_is_overtaken": "is_overtaken",
    "quarantine_code": "code",
    "quarantine_reason": "reason",
    "quarantine_column": "column_name",
    "quarantine_value": "value",
    "quarantine_text": "row_text",
}
"""What an export says of a row before the row itself: column, and where it is from."""

Row = dict[str, Any]
"""A refused row at the driver's edge."""

REMEDY = "correct it in a file of 'svp quarantine export', and give that to 'svp quarantine replay'"

INGEST = "ingest the corrected file: not all of the row is kept, as the settings say, so it can't be judged again"

REMEDIES = {
    "unknown_parent": "load the file that brings what it refers to; the row follows by itself",
    "repeated_pair": "deliver it under the id that is there already",
    "not_text": "load the file again with its --encoding, or saved in UTF-8",
}

OVERTAKEN = "nothing: a later delivery says what became of the row"


@dataclass(frozen=True, slots=True)
class Held:
    """A load whose rows are, or were, in quarantine."""

    load_id: int
    kind: str
    target: str
    source: str
    path: str
    said: str = ""
    """What was said of how the file is to be read, as the ledger has it; nothing if nothing was."""
    is_packed: bool = False
    """Whether its lines went to the warehouse without documents."""


def held_loads(
    connection: Connection, *, load_id: int | None = None, is_waiting: bool = False
) -> tuple[Held, ...]:
    """Return the loads with refused rows, or with rows that wait for what they refer to, the oldest first."""
    parameters = {"load_id": load_id, "is_waiting": is_waiting}
    with connection, connection.cursor() as cursor:
        cursor.execute(read_sql("loaders.statements", "held_loads"), parameters)
        return tuple(Held(*facts) for *facts, _ in cursor.fetchall())


def list_waiting(settings: Settings) -> list[dict[str, Any]]:
    """Return the loads with rows that wait for what they refer to, the oldest first."""
    held = ledger.ask(settings, "held_loads", {"load_id": None, "is_waiting": True})
    return [
        {name: value for name, value in load.items() if name not in {"held_rows", "said"}}
        | {"waiting_rows": load["held_rows"]}
        for load in held
    ]


def list_rows(
    settings: Settings, *, load_id: int | None = None, line: int | None = None, limit: int | None
) -> list[Row]:
    """Return refused rows with the meaning of their codes, the newest load first."""
    parameters = {"load_id": load_id, "line": line, "limit": limit}
    rows = ledger.ask(settings, "list_quarantine", parameters)
    return [{**row, "reason": REFUSALS.get(row["code"], "")} for row in rows]


def find_row(settings: Settings, load_id: int, line: int) -> Row:
    """Return one refused row, with what to do about it.

    Raises:
        UsageError: it is not in quarantine.
    """
    found = list_rows(settings, load_id=load_id, line=line, limit=1)
    if not found:
        message = f"line {line} of load {load_id} is not in quarantine"
        raise UsageError(message, f"'svp quarantine list --load {load_id}' shows what is")
    row = found[0]
    return {**row, "remedy": OVERTAKEN if row["is_overtaken"] else _remedy(row)}


def _remedy(row: Row) -> str:
    """Return what to do about a row that is not out of date."""
    is_cut = row["row_form"] == "text" and (not row["row_text"] or CUT in row["row_text"])
    mend = REMEDIES.get(row["code"], INGEST if is_cut else REMEDY)
    if row["code"] == "not_a_date":
        return f"if its file writes days so, load it again with a --map that says date_format; else {mend}"
    return mend


def export_rows(settings: Settings, path: Path, *, load_id: int | None = None) -> int:
    """Write refused rows to a new .csv or .jsonl, the columns of their files beside the reason; return how many.

    Text that a spreadsheet would take for a formula gets an apostrophe before it in a CSV; a replay takes it off.

    Raises:
        UsageError: the file is there, or has another ending.
    """
    writers: dict[str, Callable[[Sequence[str], Iterable[Row], BinaryIO], int]] = {
        ".csv": _write_csv,
        ".jsonl": _write_json_lines,
    }
    write = writers.get(path.suffix.lower())
    if write is None:
        message = f"{shorten(path)} is neither .csv nor .jsonl"
        raise UsageError(message, "the ending of the file says what is written")
    url, database = settings.url("postgres"), settings.workspace.postgres_database
    with new_file(path) as file, closing(connect(url, database)) as connection:
        columns = (*FACTS, *_columns(connection, load_id))
        return write(columns, map(_flat, _stream(connection, load_id)), file)


def _columns(connection: Connection, load_id: int | None) -> list[str]:
    """Return every column that the files of the rows have."""
    with connection.cursor() as cursor:
        cursor.execute(read_sql("loaders.statements", "quarantine_columns"), {"load_id": load_id})
        return [name for (name,) in cursor.fetchall()]


def _stream(connection: Connection, load_id: int | None) -> Iterator[Row]:
    """Yield refused rows with the meaning of their codes, a few of them in memory at a time."""
    parameters = {"load_id": load_id, "line": None, "limit": None}
    with closing(connection.cursor("refused", cursor_factory=RealDictCursor)) as cursor:
        cursor.execute(read_sql("loaders.statements", "list_quarantine"), parameters)
        for row in cursor:
            yield {**row, "reason": REFUSALS.get(row["code"], "")}


def _flat(row: Row) -> Row:
    """Return a row as an export has it: the facts, then the columns of its file."""
    return {column: row[fact] for column, fact in FACTS.items()} | (row["row_values"] or {})


def _write_csv(columns: Sequence[str], rows: Iterable[Row], file: BinaryIO) -> int:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(defused, columns))
    count = 0
    for row in rows:
        writer.writerow(defused(row.get(column)) for column in columns)
        count += 1
    text.detach()
    return count


def _write_json_lines(columns: Sequence[str], rows: Iterable[Row], file: BinaryIO) -> int:
    del columns
    count = 0
    for row in rows:
        file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
        count += 1
    return count
