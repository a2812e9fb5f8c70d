-- newest_load.sql: the newest completed load of a kind and source that came after one; rows out of quarantine are of
-- the delivery they came with.
-- grain:  one row, or none
-- params: kind, source, load_id
SELECT load.load_id
FROM ops.load
WHERE
    load.kind = %(kind)s
    AND load.source = %(source)s
    AND load.load_id > %(load_id)s
    AND load.origin_load_id IS NULL
    AND load.state = 'complete'
ORDER BY load.load_id DESC
LIMIT 1;
