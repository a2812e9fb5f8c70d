REPLACE INTO changed_day (aggregate_name, date_key, changed_at)
SELECT DISTINCT
    aggregate_definition.aggregate_name,
    dim_date.month_key,
    utc_timestamp(6) AS changed_at
FROM published_day
INNER JOIN dim_date ON published_day.date_key = dim_date.date_key
CROSS JOIN aggregate_definition
WHERE aggregate_definition.aggregate_name IN ('churn_signals', 'retention_cohort')
