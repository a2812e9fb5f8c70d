-- waiting_loads.sql: loads with rows that wait in quarantine for what they refer to.
-- grain: one row per load, the oldest first
SELECT
    load.load_id,
    load.kind,
    load.source,
    load.path,
    count(*) AS waiting_rows
FROM ops.quarantine
INNER JOIN ops.load ON quarantine.load_id = load.load_id
WHERE quarantine.code = 'unknown_parent' AND load.state = 'complete'
GROUP BY load.load_id
ORDER BY load.load_id;
