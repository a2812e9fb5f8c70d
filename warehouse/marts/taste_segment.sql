-- taste_segment: customers of a month by taste and segment; tv_only leaves out, or keeps, those who watch television
-- only. A taste is null for those who watched nothing. Customers may be summed within a month, never over months.
-- grain: one row per month, taste, segment and tv_only
SELECT -- noqa: ST06
    dim_month.month_start,
    nullif(agg_taste_segment.taste, '') AS taste,
    dim_segment.segment,
    agg_taste_segment.tv_only,
    agg_taste_segment.customers,
    cast(1.00000000 * agg_taste_segment.total_seconds / 3600 AS decimal(18, 4)) AS total_hours,
    agg_taste_segment.month_key AS date_key,
    agg_taste_segment.segment_key
FROM agg_taste_segment
INNER JOIN dim_month ON agg_taste_segment.month_key = dim_month.month_key
INNER JOIN dim_segment ON agg_taste_segment.segment_key = dim_segment.segment_key
