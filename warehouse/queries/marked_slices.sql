-- marked_slices: slices of aggregates that were marked since an instant.
-- grain:  one row per aggregate
-- params: @svp_begun_at (an instant, UTC)
SELECT
    changed_day.aggregate_name,
    count(*) AS slices
FROM changed_day
WHERE changed_day.changed_at >= @svp_begun_at
GROUP BY changed_day.aggregate_name
ORDER BY changed_day.aggregate_name
