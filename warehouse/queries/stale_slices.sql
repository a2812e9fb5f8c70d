-- stale_slices: slices of aggregates that wait for refresh_changed_days.
-- grain:  one row per aggregate and slice
-- params: none
SELECT
    changed_day.aggregate_name,
    changed_day.date_key
FROM changed_day
