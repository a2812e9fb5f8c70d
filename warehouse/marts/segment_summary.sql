-- segment_summary: customers of a month by how often they watched. A week is a quarter of the month, and a day a
-- seventh of that, as this report has it. Customers may be summed over segments, never over months.
-- grain: one row per month and segment
SELECT
    dim_month.month_start,
    dim_segment.segment,
    agg_segment_summary.customers,
    cast(100.00000000 * agg_segment_summary.customers / agg_segment_summary.customers_of_month AS decimal(5, 2)) AS share,
    cast(1.00000000 * agg_segment_summary.total_seconds / 3600 AS decimal(18, 4)) AS total_hours,
    cast(
        1.00000000 * agg_segment_summary.total_seconds / (3600 * agg_segment_summary.customers) AS decimal(18, 4)
    ) AS avg_hours_per_customer_month,
    cast(
        1.00000000 * agg_segment_summary.total_seconds / (14400 * agg_segment_summary.customers) AS decimal(18, 4)
    ) AS avg_hours_per_customer_week,
    cast(
        1.00000000 * agg_segment_summary.total_seconds / (100800 * agg_segment_summary.customers) AS decimal(18, 4)
    ) AS avg_hours_per_customer_day,
    agg_segment_summary.month_key AS date_key,
    agg_segment_summary.segment_key
FROM agg_segment_summary
INNER JOIN dim_month ON agg_segment_summary.month_key = dim_month.month_key
INNER JOIN dim_segment ON agg_segment_summary.segment_key = dim_segment.segment_key
