REPLACE INTO changed_day (aggregate_name, date_key, changed_at)
SELECT
    'active_users' AS aggregate_name,
    published_day.date_key,
    utc_timestamp(6) AS changed_at
FROM published_day
