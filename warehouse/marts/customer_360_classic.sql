-- customer_360_classic: customer_360 of contracts, under the names that the report on set-top-box logs uses. Durations
-- are seconds, on boxes and in the apps.
-- grain: one row per contract and month with any record
SELECT -- noqa: disable=AL09,CP02
    dim_customer.customer_code AS Contract,
    cast(agg_customer_month.child_seconds AS decimal(18, 0)) AS ChildDuration,
    cast(agg_customer_month.movie_seconds AS decimal(18, 0)) AS MovieDuration,
    cast(agg_customer_month.sport_seconds AS decimal(18, 0)) AS SportDuration,
    cast(agg_customer_month.tv_seconds AS decimal(18, 0)) AS TVDuration,
    cast(agg_customer_month.relax_seconds AS decimal(18, 0)) AS RelaxDuration,
    agg_customer_month.most_watched AS MostWatch,
    agg_customer_month.taste AS Taste,
    agg_customer_month.active_days AS DateCount,
    cast(
        100.00000000 * agg_customer_month.active_days / agg_customer_month.days_in_period AS decimal(5, 2)
    ) AS Activeness,
    dim_month.month_start,
    agg_customer_month.month_key AS date_key,
    agg_customer_month.customer_key,
    agg_customer_month.segment_key
FROM agg_customer_month
INNER JOIN dim_customer ON agg_customer_month.customer_key = dim_customer.customer_key
INNER JOIN dim_month ON agg_customer_month.month_key = dim_month.month_key
WHERE dim_customer.source = 'set-top box'
