-- Months that were built before there were summaries of them.
REPLACE INTO changed_day (aggregate_name, date_key, changed_at)
SELECT DISTINCT
    'customer_month' AS aggregate_name,
    agg_customer_month.month_key,
    utc_timestamp(6) AS changed_at
FROM agg_customer_month
