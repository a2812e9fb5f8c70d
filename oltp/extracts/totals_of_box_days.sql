-- totals_of_box_days: time on set-top boxes and the contracts that had any, of days without documents, for 'svp verify'.
-- grain:  one row per day
-- params: none
SELECT
    box_days.day,
    cast(sum(box_days.watch_seconds) AS bigint) AS box_seconds,
    cast(sum(box_days.active_contracts) AS bigint) AS box_customers
FROM oltp.box_days
INNER JOIN ops.load ON box_days.load_id = load.load_id
WHERE load.state = 'complete'
GROUP BY box_days.day
