-- taste_summary: customers of a month by the categories they watched; a taste is null for those who watched nothing.
-- Customers may be summed over tastes, never over months.
-- grain: one row per month and taste
SELECT -- noqa: ST06
    dim_month.month_start,
    nullif(agg_taste_summary.taste, '') AS taste,
    agg_taste_summary.customers,
    cast(100.00000000 * agg_taste_summary.customers / agg_taste_summary.customers_of_month AS decimal(5, 2)) AS share,
    cast(1.00000000 * agg_taste_summary.total_seconds / 3600 AS decimal(18, 4)) AS total_hours,
    agg_taste_summary.month_key AS date_key
FROM agg_taste_summary
INNER JOIN dim_month ON agg_taste_summary.month_key = dim_month.month_key
