-- last_month: the last month that the data has to its end, or the last of all; null without data. The calendar has no
-- days in the future.
-- grain: one row
-- params: none
WITH last_statistics AS (
    SELECT max(daily_statistics.stat_date) AS stat_date
    FROM daily_statistics
    INNER JOIN calendar ON daily_statistics.date_key = calendar.date_key
)

SELECT
    coalesce(
        max(if(last_day(taste_summary.month_start) <= last_statistics.stat_date, taste_summary.month_start, NULL)),
        max(taste_summary.month_start)
    ) AS month_start
FROM taste_summary
INNER JOIN calendar ON taste_summary.date_key = calendar.date_key
CROSS JOIN last_statistics
