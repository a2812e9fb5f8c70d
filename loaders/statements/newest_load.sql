-- newest_load.sql: the newest delivery of a kind and source that came after one; corrected rows of its own are part of
-- it.
-- grain:  one row, or none
-- params: kind, source, load_id
SELECT load.load_id
FROM ops.load
WHERE
    load.kind = %(kind)s
    AND load.source = %(source)s
    AND load.delivery_id > %(load_id)s
    AND load.origin_load_id IS DISTINCT FROM %(load_id)s
    AND load.state = 'complete'
ORDER BY load.delivery_id DESC
LIMIT 1;
