-- Days that were published before there was fact_category_seconds, and what is built from it now.
REPLACE INTO changed_day (aggregate_name, date_key, changed_at)
SELECT DISTINCT
    aggregate_slice.aggregate_name,
    aggregate_slice.slice_key,
    utc_timestamp(6) AS changed_at
FROM published_day
INNER JOIN aggregate_slice ON published_day.date_key = aggregate_slice.date_key
WHERE aggregate_slice.changed_by_category = 'Yes'
