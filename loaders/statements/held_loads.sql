-- held_loads.sql: loads with rows in quarantine, of files that were not refused whole.
-- grain:  one row per load, the oldest first
-- params: load_id (null for every load), is_waiting (whether only rows count that wait for what they refer to)
SELECT
    load.load_id,
    load.kind,
    load.target,
    load.source,
    load.path,
    load.said,
    count(*) AS held_rows
FROM ops.quarantine
INNER JOIN ops.load ON quarantine.load_id = load.load_id
WHERE
    load.state = 'complete'
    AND (%(load_id)s IS NULL OR load.load_id = %(load_id)s)
    AND (quarantine.code = 'unknown_parent' OR NOT %(is_waiting)s)
GROUP BY load.load_id
ORDER BY load.load_id;
