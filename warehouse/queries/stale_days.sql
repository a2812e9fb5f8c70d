-- stale_days: published days of which an aggregate by day waits for refresh_changed_days.
-- grain:  one row per UTC day
-- params: none
SELECT DISTINCT dim_date.date_value
FROM changed_day
INNER JOIN dim_date ON changed_day.date_key = dim_date.date_key
WHERE changed_day.aggregate_name IN ('daily_statistics', 'content_performance')
