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
        if batch.rows.num_rows:
            _note_batch(connection, batch, load_id)
        if batch.lines.to_numpy().max(initial=0) >= last_line:
            return


def _note_batch(connection: Connection, batch: Batch, load_id: int) -> None:
    """Note where the refused rows of a batch begin."""
    own_lines = batch.lines.to_numpy()
    bounds = {"first_line": int(own_lines.min()), "last_line": int(own_lines.max())}
    with connection.cursor() as cursor:
        statement = read_sql("loaders.statements", "unplaced_lines")
        cursor.execute(statement, {"load_id": load_id, **bounds})
        unplaced = np.array([line for (line,) in cursor.fetchall()], np.int64)
        lines, positions, _ = np.intersect1d(own_lines, unplaced, return_indices=True)
        offsets = [batch.row_byte(position) for position in positions.tolist()]
        placed = {"load_id": load_id, "lines": lines.tolist(), "byte_offsets": offsets}
        cursor.execute(read_sql("loaders.statements", "place_lines"), placed)
