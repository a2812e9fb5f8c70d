CREATE OR REPLACE SQL SECURITY INVOKER VIEW aggregate_slice AS
SELECT
    aggregate_definition.aggregate_name,
    aggregate_definition.changed_by_category,
    aggregate_definition.changed_by_first_day,
    dim_date.date_key,
    CASE aggregate_definition.slice WHEN 'month' THEN dim_date.month_key ELSE dim_date.date_key END AS slice_key
FROM aggregate_definition
CROSS JOIN dim_date
