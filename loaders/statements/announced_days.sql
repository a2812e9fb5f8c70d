-- announced_days.sql: loads that were stopped while they replaced documents, and the days that wait for them.
-- grain: one row per load
SELECT
    load.load_id,
    load.target,
    array_agg(load_day.day) AS days
FROM ops.load
INNER JOIN ops.load_day ON load.load_id = load_day.load_id
WHERE load.state IN ('planned', 'refused')
GROUP BY load.load_id, load.target;
