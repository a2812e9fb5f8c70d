"""Refused rows: which there are, one whole, and as a file that can be corrected."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from loaders import ledger
from loaders.codes import REFUSALS
from svp.core.exports import defused, new_file
from svp.core.sqlfiles import read_sql
from svp.errors import UsageError, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
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
    "quarantine_code": "code",
    "quarantine_reason": "reason",
    "quarantine_column": "column_name",
    "quarantine_value": "value",
    "quarantine_text": "row_text",
}
"""What an export says of a row before the row itself: column, and where it is from."""

Row = dict[str, Any]
"""A refused row at the driver's edge."""

REMEDIES = {
    "unknown_parent": "load the file that brings what it refers to; the row follows by itself",
    "repeated_pair": "deliver it under the id that is there already",
    "not_text": "save the file in UTF-8, then load it again",
}
REMEDY = "correct it in a file of 'svp quarantine export', and give that to 'svp quarantine replay'"


@dataclass(frozen=True, slots=True)
class Held:
    """A load with rows in quarantine."""

    load_id: int
    kind: str
    target: str
    source: str
    path: str
    held_rows: int


def held_loads(
    connection: Connection, *, load_id: int | None = None, is_waiting: bool = False
) -> tuple[Held, ...]:
    """Return the loads with refused rows, or with rows that wait for what they refer to, the oldest first."""
    parameters = {"load_id": load_id, "is_waiting": is_waiting}
    with connection, connection.cursor() as cursor:
        cursor.execute(read_sql("loaders.statements", "held_loads"), parameters)
        return tuple(Held(*row) for row in cursor.fetchall())


def list_waiting(settings: Settings) -> list[dict[str, Any]]:
    """Return the loads with rows that wait for what they refer to, the oldest first."""
    held = ledger.ask(settings, "held_loads", {"load_id": None, "is_waiting": True})
    return [{**load, "waiting_rows": load.pop("held_rows")} for load in held]


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
    return {**found[0], "remedy": REMEDIES.get(found[0]["code"], REMEDY)}


def export_rows(settings: Settings, path: Path, *, load_id: int | None = None) -> int:
    """Write refused rows to a new .csv or .jsonl, the columns of their files beside the reason; return how many.

    Text that a spreadsheet would take for a formula gets an apostrophe before it in a CSV; a replay takes it off.

    Raises:
        UsageError: the file is there, or has another ending.
    """
    writers: dict[str, Callable[[Sequence[Row], BinaryIO], None]] = {
        ".csv": _write_csv,
        ".jsonl": _write_json_lines,
    }
    write = writers.get(path.suffix.lower())
    if write is None:
        message = f"{shorten(path)} is neither .csv nor .jsonl"
        raise UsageError(message, "the ending of the file says what is written")
    rows = list_rows(settings, load_id=load_id, limit=None)
    with new_file(path) as file:
        write([_flat(row) for row in rows], file)
    return len(rows)


def _flat(row: Row) -> Row:
    """Return a row as an export has it: the facts, then the columns of its file."""
    return {column: row[fact] for column, fact in FACTS.items()} | (row["row_values"] or {})


def _write_csv(rows: Sequence[Row], file: BinaryIO) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.DictWriter(text, _columns(rows), lineterminator="\n")
    writer.writerow({name: defused(name) for name in _columns(rows)})
    writer.writerows({name: defused(value) for name, value in row.items()} for row in rows)
    text.detach()


def _columns(rows: Iterable[Mapping[str, object]]) -> list[str]:
    """Return the facts, then every column of the rows, in the order in which they come first."""
    return list(dict.fromkeys((*FACTS, *(name for row in rows for name in row))))


def _write_json_lines(rows: Sequence[Row], file: BinaryIO) -> None:
    for row in rows:
        file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
