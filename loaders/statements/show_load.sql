-- show_load.sql: everything that the ledger knows of a load.
-- grain:  one row
-- params: load_id
SELECT
    load.load_id,
    load.kind,
    load.target,
    load.source,
    load.path,
    load.content_sha256,
    load.file_bytes,
    load.state,
    load.read_rows,
    load.loaded_rows,
    load.unchanged_rows,
    load.updated_rows,
    load.rejected_rows,
    load.skipped_rows,
    load.ended_rows,
    load.replaced_rows,
    load.flags,
    load.attempts,
    load.started_at,
    load.ended_at,
    load.origin_load_id,
    array(
        SELECT replay.load_id
        FROM ops.load AS replay
        WHERE replay.origin_load_id = load.load_id
        ORDER BY replay.load_id
    ) AS replays,
    array(
        SELECT load_day.day
        FROM ops.load_day
        WHERE load_day.load_id = load.load_id
        ORDER BY load_day.day
    ) AS days,
    coalesce(
        (
            SELECT jsonb_object_agg(held.code, held.held_rows)
            FROM (
                SELECT
                    quarantine.code,
                    count(*) AS held_rows
                FROM ops.quarantine
                WHERE quarantine.load_id = load.load_id
                GROUP BY quarantine.code
            ) AS held
        ),
        '{}'
    ) AS quarantine
FROM ops.load
WHERE load.load_id = %(load_id)s;
