CREATE OR REPLACE SQL SECURITY INVOKER VIEW aggregate_slice AS
SELECT
    aggregate_definition.aggregate_name,
    aggregate_definition.changed_by_category,
    aggregate_definition.changed_by_first_day,
    changed.date_key,
    CASE slice_kind.unit WHEN 'month' THEN stale.month_key ELSE stale.date_key END AS slice_key
FROM aggregate_definition
INNER JOIN slice_kind ON aggregate_definition.slice = slice_kind.slice
CROSS JOIN dim_date AS changed
INNER JOIN dim_date AS stale
    ON
        changed.date_value <= stale.date_value
        AND stale.date_value
        <= coalesce(date_add(changed.date_value, INTERVAL slice_kind.later_days DAY), DATE '9999-12-31')
        AND (slice_kind.unit = 'day' OR stale.date_key IN (changed.date_key, stale.month_key))
