-- ledger.sql: what the ledger says of every load, without its numbers and times, which differ from run to run.
-- grain: one row per load
SELECT cast(row_to_json(said.*) AS text) AS said
FROM (
    SELECT
        load.content_sha256,
        load.kind,
        load.target,
        load.source,
        load.state,
        load.read_rows,
        load.loaded_rows,
        load.unchanged_rows,
        load.updated_rows,
        load.rejected_rows,
        load.skipped_rows,
        load.replaced_rows,
        load.flags,
        array(
            SELECT load_day.day
            FROM ops.load_day
            WHERE load_day.load_id = load.load_id
            ORDER BY load_day.day
        ) AS days
    FROM ops.load
) AS said
ORDER BY said;
