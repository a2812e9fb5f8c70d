"""Rows that no table of PostgreSQL judges overtake refused rows of their ids, of earlier files and of their own.

They are too many to be looked up one by one: what they may overtake is gathered once, with what is refused meanwhile.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa

from loaders.arrow import compute
from svp.core.sqlfiles import read_sql

if TYPE_CHECKING:
    from datetime import date

    from loaders.arrow import Values
    from svp.core.postgres import Connection

__all__ = ["Overtaking"]


class Overtaking:
    """What one load overtakes, in the transaction that is open."""

    def __init__(self, connection: Connection, load_id: int, day: date | None) -> None:
        """Begin with nothing; ``day`` is that of a file whose ids hold within their day only."""
        self._connection = connection
        self._load_id = load_id
        self._start = "" if day is None else f"{day}:"
        self._refused_keys: Values = pa.array([], pa.string())
        self._last_id = 0
        with connection.cursor() as cursor:
            cursor.execute(read_sql("loaders.statements", "refused_documents"))

    def note(self, keys: Values, lines: Values) -> None:
        """Note which refused rows are out of date, as rows of these keys are accepted on these lines."""
        self._gather()
        if not len(self._refused_keys) or not len(keys):
            return
        may_overtake = compute.is_in(keys, value_set=self._refused_keys)
        some = (column.filter(may_overtake).to_pylist() for column in (lines, keys))
        last_lines = {key: line for line, key in sorted(zip(*some, strict=True))}
        if not last_lines:
            return
        accepted = {"load_id": self._load_id, "lines": json.dumps(last_lines)}
        with self._connection.cursor() as cursor:
            cursor.execute(read_sql("loaders.statements", "overtake_documents"), accepted)

    def note_day(self) -> None:
        """Note that all that was refused of the day before is out of date."""
        parameters = {"load_id": self._load_id, "start": self._start}
        with self._connection.cursor() as cursor:
            cursor.execute(read_sql("loaders.statements", "overtake_day"), parameters)

    def _gather(self) -> None:
        """Find the rows that were refused since the last time."""
        since = {"load_id": self._load_id, "start": self._start, "last_id": self._last_id}
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(max(quarantine_id), 0) FROM ops.quarantine")
            ((self._last_id,),) = cursor.fetchall()
            if self._last_id == since["last_id"]:
                return
            cursor.execute(read_sql("loaders.statements", "gather_refused"), since)
            if cursor.rowcount:
                cursor.execute(read_sql("loaders.statements", "refused_keys"), since)
                self._refused_keys = pa.array([key for (key,) in cursor.fetchall()], pa.string())
                cursor.execute("ANALYZE refused_before")
