-- record_rows.sql: the row law's numbers of a load, in the transaction that stored its rows.
-- params: load_id, state, loaded_rows, unchanged_rows, updated_rows, rejected_rows, skipped_rows, ended_rows, flags
UPDATE ops.load
SET
    state = %(state)s,
    read_rows = %(read_rows)s,
    loaded_rows = %(loaded_rows)s,
    unchanged_rows = %(unchanged_rows)s,
    updated_rows = %(updated_rows)s,
    rejected_rows = %(rejected_rows)s,
    skipped_rows = %(skipped_rows)s,
    ended_rows = %(ended_rows)s,
    replaced_rows = coalesce(replaced_rows, 0),
    flags = %(flags)s
WHERE load_id = %(load_id)s;
