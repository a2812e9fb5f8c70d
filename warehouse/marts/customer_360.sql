-- customer_360: what each customer watched in a month, how often, and the segment that makes of them.
-- date_key is the key of the month's first day.
-- grain: one row per customer and month with any record
SELECT
    agg_customer_month.customer_code,
    dim_month.month_start,
    cast(agg_customer_month.child_seconds AS decimal(18, 0)) AS child_seconds,
    cast(agg_customer_month.movie_seconds AS decimal(18, 0)) AS movie_seconds,
    cast(agg_customer_month.relax_seconds AS decimal(18, 0)) AS relax_seconds,
    cast(agg_customer_month.sport_seconds AS decimal(18, 0)) AS sport_seconds,
    cast(agg_customer_month.tv_seconds AS decimal(18, 0)) AS tv_seconds,
    cast(agg_customer_month.unknown_seconds AS decimal(18, 0)) AS unknown_seconds,
    cast(agg_customer_month.total_seconds AS decimal(18, 0)) AS total_seconds,
    agg_customer_month.most_watched,
    agg_customer_month.taste,
    agg_customer_month.active_days,
    agg_customer_month.days_in_period,
    cast(
        100.00000000 * agg_customer_month.active_days / agg_customer_month.days_in_period AS decimal(5, 2)
    ) AS activeness,
    agg_customer_month.segment,
    agg_customer_month.device_count,
    agg_customer_month.month_key AS date_key,
    agg_customer_month.customer_key,
    agg_customer_month.segment_key,
    agg_customer_month.country_key
FROM agg_customer_month
INNER JOIN dim_month ON agg_customer_month.month_key = dim_month.month_key
