-- retention_cohort: how many of those who signed up in a month had playing time in it, month 0, and in each later one. A
-- month that is not over by the last day with events is absent, as are those before the first. Sizes repeat in each
-- month of a cohort: never sum them over months. date_key is that of the month of sign-up.
-- grain: one row per month of sign-up and month since
SELECT
    dim_month.month_start AS cohort_month,
    agg_retention_cohort.month_number,
    agg_retention_cohort.cohort_size,
    agg_retention_cohort.active_customers,
    cast(
        100.00000000 * agg_retention_cohort.active_customers / agg_retention_cohort.cohort_size AS decimal(5, 2)
    ) AS retention_rate,
    agg_retention_cohort.cohort_month_key AS date_key
FROM agg_retention_cohort
INNER JOIN dim_month ON agg_retention_cohort.cohort_month_key = dim_month.month_key
