"""Where rows begin in their file that only PostgreSQL refuses.

No load carries the bytes of all its rows for the few that are refused: those are looked up, in the file read once more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from svp.core.sqlfiles import read_sql

if TYPE_CHECKING:
    from loaders.batches import Batch
    from loaders.recognise import Recognised
    from svp.core.postgres import Connection

__all__ = ["note_bytes"]


def note_bytes(connection: Connection, file: Recognised, load_id: int) -> None:
    """Note where the refused rows of a load begin that don't say so, in the transaction that is open.

    Raises:
        InputError: the file is damaged, or gone.
    """
    statement = "SELECT max(line) FROM ops.quarantine WHERE load_id = %s AND byte_offset IS NULL"
    with connection.cursor() as cursor:
        cursor.execute(statement, (load_id,))
        ((last_line,),) = cursor.fetchall()
    for batch in file.batches():
        parts = [part for part in batch.parts if part.rows.num_rows]
        for part in parts:
            _note_part(connection, part, load_id)
        if any(part.lines[-1].as_py() >= last_line for part in parts):
            return


def _note_part(connection: Connection, part: Batch, load_id: int) -> None:
    """Note where the rows of one part of a batch begin; lines of other parts may lie between its own."""
    own_lines = part.lines.to_numpy()
    bounds = {"first_line": int(own_lines[0]), "last_line": int(own_lines[-1])}
    with connection.cursor() as cursor:
        statement = read_sql("loaders.statements", "unplaced_lines")
        cursor.execute(statement, {"load_id": load_id, **bounds})
        unplaced = np.array([line for (line,) in cursor.fetchall()], np.int64)
        lines, positions, _ = np.intersect1d(own_lines, unplaced, return_indices=True)
        offsets = [part.row_byte(position) for position in positions.tolist()]
        placed = {"load_id": load_id, "lines": lines.tolist(), "byte_offsets": offsets}
        cursor.execute(read_sql("loaders.statements", "place_lines"), placed)
