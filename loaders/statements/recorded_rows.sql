-- recorded_rows.sql: the row law's numbers of a load, as the ledger has them.
-- grain:  one row
-- params: load_id
SELECT
    load.read_rows,
    load.loaded_rows,
    load.unchanged_rows,
    load.updated_rows,
    load.rejected_rows,
    load.skipped_rows,
    load.ended_rows,
    load.flags
FROM ops.load
WHERE load.load_id = %(load_id)s;
