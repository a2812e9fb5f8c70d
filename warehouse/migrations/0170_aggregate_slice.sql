-- What goes on from a day to all later ones goes on to the last that can have begun, and to months further on in which
-- something is: a day in 2199 makes a calendar of 2,000 months, of which hardly any has a slice.
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
WHERE
    slice_kind.later_days IS NOT NULL
    OR stale.date_key = changed.date_key
    OR stale.date_key <= (SELECT clock.last_date_key FROM clock)
    OR EXISTS (
        SELECT 1
        FROM published_day
        WHERE published_day.date_key BETWEEN stale.month_key AND stale.month_key + 30
    )
