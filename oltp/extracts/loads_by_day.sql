-- loads_by_day: the completed loads that touched each day; documents of any other load are not exported.
-- grain:  one row per UTC day that loads touched
-- params: svp.from_day, svp.to_day (settings of the transaction)
SELECT
    load_day.day,
    array_agg(load_day.load_id) AS loads
FROM ops.load_day
INNER JOIN ops.load ON load_day.load_id = load.load_id
WHERE
    load.state = 'complete'
    AND load_day.day
    BETWEEN current_setting('svp.from_day')::date AND current_setting('svp.to_day')::date
GROUP BY load_day.day
ORDER BY load_day.day
