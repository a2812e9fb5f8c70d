"""Refused rows that an earlier setting, or an older program, kept more of: cut to what today's setting keeps.

Nothing tells which other columns the files of such rows had, so their lines are kept as JSON of their columns, and one
without columns not at all.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from psycopg2.extras import RealDictCursor

from loaders.batches import Refusal
from loaders.personal import IDS, without_addresses, without_personal
from loaders.quarantine import Held
from loaders.replay import kind_of
from svp.core.sqlfiles import read_sql
from svp.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from loaders.contract import Kind
    from svp.core.postgres import Connection

__all__ = ["narrow"]

WIDTHS = ("none", "cut", "mask", "keep")
"""Values of the setting ``quarantine_text``, from what keeps the least."""

ROWS_AT_ONCE = 1_000


class Kept(NamedTuple):
    """What is kept of a refused row."""

    value: str | None
    text: str
    values: str | None
    form: str


NOTHING = Kept(None, "", None, "text")


def narrow(connection: Connection, quarantine_text: str) -> int:
    """Cut rows in quarantine to what a setting keeps, in transactions of a few; return how many there were.

    To be called where that is the setting of the connection.
    """
    kinds, rows = cache(_kind_of), 0
    for kept_as in WIDTHS[WIDTHS.index(quarantine_text) + 1 :]:
        after_id = 0
        while ids := _narrow_some(connection, kept_as, after_id, kinds):
            after_id, rows = ids[-1], rows + len(ids)
    return rows


def _narrow_some(
    connection: Connection, kept_as: str, after_id: int, kinds: Callable[[Held], Kind | None]
) -> list[int]:
    """Cut the next rows that are kept so, and return their ids."""
    parameters = {"kept_as": kept_as, "after_id": after_id, "limit": ROWS_AT_ONCE}
    with connection, connection.cursor(cursor_factory=RealDictCursor) as cursor:
        cursor.execute(read_sql("loaders.statements", "wider_rows"), parameters)
        rows = cursor.fetchall()
        kept = [_masked(row, kinds(_held(row))) for row in rows]
        ids = [int(row["quarantine_id"]) for row in rows]
        columns = {
            "quarantine_ids": ids,
            "refused_values": [one.value for one in kept],
            "row_texts": [one.text for one in kept],
            "row_values": [one.values for one in kept],
            "row_forms": [one.form for one in kept],
        }
        cursor.execute(read_sql("loaders.statements", "narrow"), columns)
        return ids


def _held(row: dict[str, Any]) -> Held:
    return Held(*(row[name] for name in ("load_id", "kind", "target", "source", "path", "said")))


def _kind_of(held: Held) -> Kind | None:
    """Return the kind of a load; None if it is not known any more, and so not what of its rows is personal."""
    try:
        return kind_of(held)
    except UsageError:
        return None


def _masked(row: dict[str, Any], kind: Kind | None) -> Kept:
    """Return what is kept of a row without personal data."""
    if kind is None:
        return NOTHING
    if row["row_form"] == "values":
        return _masked_values(row)
    refusal = Refusal(
        row["line"],
        row["code"],
        row["row_text"],
        column=row["column_name"],
        value=row["value"],
        values=row["row_values"],
    )
    (masked,) = without_personal([refusal], kind, has_others=True)
    is_whole = row["row_form"] == "columns" and masked.is_whole
    values = None if masked.values is None else json.dumps(dict(masked.values))
    return Kept(masked.value, masked.row_text, values, "columns" if is_whole else "text")


def _masked_values(row: dict[str, Any]) -> Kept:
    """Return what is kept of a row that only PostgreSQL refused, as refuse.sql keeps it."""
    staged = json.loads(row["row_text"])
    told = {
        name: value if isinstance(value, str) or value is None else json.dumps(value)
        for name, value in staged.items()
    }
    masked = {
        name: value if value is None or re.search(IDS, name) else without_addresses(value)
        for name, value in told.items()
    }
    if masked == told:
        return Kept(row["value"], row["row_text"], None, "values")
    return Kept(row["value"], json.dumps(masked, ensure_ascii=False), None, "text")
