-- find_undo.sql: a load and the replays of its rows, with what undo needs to know of each.
-- grain:  one row per load
-- params: load_id
SELECT
    load.load_id,
    load.kind,
    load.target,
    load.state,
    load.path,
    load.origin_load_id,
    load.is_packed,
    load.loaded_rows,
    load.updated_rows,
    load.replaced_rows,
    load.ended_rows,
    (
        SELECT coalesce(cast(sum(replaced.kept_rows) AS bigint), 0)
        FROM ops.replaced
        WHERE replaced.load_id = load.load_id
    ) AS kept_rows
FROM ops.load
WHERE
    (load.load_id = %(load_id)s OR load.origin_load_id = %(load_id)s)
    AND load.state <> 'undone'
ORDER BY load.load_id;
