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
            lines = batch.lines.to_numpy()
            _note_batch(connection, batch, load_id, int(lines[0]), int(lines[-1]))
            if lines[-1] >= last_line:
                return


def _note_batch(
    connection: Connection, batch: Batch, load_id: int, first_line: int, last_line: int
) -> None:
    lines_of_batch = {"load_id": load_id, "first_line": first_line, "last_line": last_line}
    with connection.cursor() as cursor:
        cursor.execute(read_sql("loaders.statements", "unplaced_lines"), lines_of_batch)
        lines = [line for (line,) in cursor.fetchall()]
        positions = np.searchsorted(batch.lines.to_numpy(), lines)
        offsets = [batch.row_byte(int(position)) for position in positions]
        placed = {"load_id": load_id, "lines": lines, "byte_offsets": offsets}
        cursor.execute(read_sql("loaders.statements", "place_lines"), placed)
