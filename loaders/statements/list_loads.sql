-- list_loads.sql: the ledger, the newest load first.
-- grain:  one row per load
-- params: limit
SELECT
    load.load_id,
    load.kind,
    load.source,
    load.path,
    load.state,
    load.read_rows,
    load.loaded_rows,
    load.unchanged_rows,
    load.updated_rows,
    load.rejected_rows,
    load.skipped_rows,
    load.ended_rows,
    load.flags,
    load.attempts,
    load.started_at,
    load.ended_at
FROM ops.load
ORDER BY load.load_id DESC
LIMIT %(limit)s;
