-- Days that were published before there was fact_category_seconds.
REPLACE INTO changed_day (aggregate_name, date_key, changed_at)
SELECT
    'category_seconds' AS aggregate_name,
    published_day.date_key,
    utc_timestamp(6) AS changed_at
FROM published_day
