-- box_days: the days of set-top-box logs whose lines are packed in PostgreSQL, of completed loads.
-- grain:  one row per source and day
-- params: svp.from_day, svp.to_day (settings of the transaction)
SELECT
    box_days.source,
    box_days.day
FROM oltp.box_days
INNER JOIN ops.load ON box_days.load_id = load.load_id
WHERE
    load.state = 'complete'
    AND box_days.day
    BETWEEN current_setting('svp.from_day')::date AND current_setting('svp.to_day')::date
ORDER BY box_days.day, box_days.source
