-- unfinished_loads.sql: loads that were stopped between the stores, on their way in or out.
-- grain: one row per load, the oldest first
SELECT
    load.load_id,
    load.target,
    load.state,
    load.path
FROM ops.load
WHERE load.state IN ('postgres_done', 'mongo_done', 'undoing')
ORDER BY load.load_id;
