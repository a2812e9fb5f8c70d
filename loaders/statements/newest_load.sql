-- newest_load.sql: the newest delivery of a kind and source that came after one; corrected rows of its own are part of
-- it.
-- grain:  one row, or none
-- params: kind, source, load_id; day (null, or only those that changed it)
SELECT load.load_id
FROM ops.load
WHERE
    load.kind = %(kind)s
    AND load.source = %(source)s
    AND load.delivery_id > %(load_id)s
    AND load.origin_load_id IS DISTINCT FROM %(load_id)s
    AND load.state = 'complete'
    AND (
        cast(%(day)s AS date) IS NULL
        OR EXISTS (
            SELECT 1
            FROM ops.load_day
            WHERE load_day.load_id = load.load_id AND load_day.day = cast(%(day)s AS date)
        )
    )
ORDER BY load.delivery_id DESC
LIMIT 1;
