-- held_loads.sql: loads with refused rows that may be loaded yet.
-- grain:  one row per load, the oldest delivery first
-- params: load_id (null for every load), is_waiting (whether only rows count that wait for what they refer to)
SELECT
    load.load_id,
    load.kind,
    load.target,
    load.source,
    load.path,
    load.said,
    load.is_packed,
    count(*) AS held_rows
FROM ops.held_row
INNER JOIN ops.load ON held_row.load_id = load.load_id
WHERE
    (%(load_id)s IS NULL OR load.load_id = %(load_id)s)
    AND (held_row.code = 'unknown_parent' OR NOT %(is_waiting)s)
GROUP BY load.load_id
ORDER BY load.delivery_id, load.load_id;
