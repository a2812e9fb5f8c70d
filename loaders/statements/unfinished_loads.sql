-- unfinished_loads.sql: loads that were stopped between the stores.
-- grain: one row per load, the oldest first
SELECT
    load.load_id,
    load.kind,
    load.state,
    load.path
FROM ops.load
WHERE load.state IN ('postgres_done', 'mongo_done')
ORDER BY load.load_id;
