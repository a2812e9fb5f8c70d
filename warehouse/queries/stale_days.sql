-- stale_days: days of which an aggregate that is kept by the day waits for refresh_changed_days.
-- grain:  one row per UTC day
-- params: none
SELECT DISTINCT dim_date.date_value
FROM changed_day
INNER JOIN aggregate_definition ON changed_day.aggregate_name = aggregate_definition.aggregate_name
INNER JOIN slice_kind ON aggregate_definition.slice = slice_kind.slice
INNER JOIN dim_date ON changed_day.date_key = dim_date.date_key
WHERE slice_kind.unit = 'day' AND slice_kind.later_days = 0
