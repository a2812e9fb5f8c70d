-- interrupted_loads: loads that were stopped between the stores, on their way in or out, or while they replaced documents,
--                    so that their days wait; none while an ingest is at work, which is whoever holds its advisory lock.
-- grain:  one row per load, the oldest first
-- params: ingest_lock (key of the lock, of 32 bits)
WITH at_work AS (
    SELECT pg_locks.pid
    FROM pg_locks
    WHERE
        pg_locks.locktype = 'advisory'
        AND pg_locks.database = (
            SELECT pg_database.oid FROM pg_database
            WHERE pg_database.datname = current_database()
        )
        AND pg_locks.classid = 0
        AND pg_locks.objid = %(ingest_lock)s
        AND pg_locks.granted
)

SELECT
    load.load_id,
    load.path,
    load.state
FROM ops.load
WHERE
    (
        load.state IN ('postgres_done', 'mongo_done', 'undoing')
        OR (
            load.state IN ('planned', 'refused')
            AND EXISTS (SELECT 1 FROM ops.load_day WHERE load_day.load_id = load.load_id)
        )
    )
    AND NOT EXISTS (SELECT 1 FROM at_work)
ORDER BY load.load_id
