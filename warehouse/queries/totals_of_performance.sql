-- totals_of_performance: plays and playing time in agg_content_performance, which procedures keep.
-- grain:  one row per UTC day on which anything was played; titles that were only rated say nothing
-- params: none
SELECT
    dim_date.date_value,
    sum(agg_content_performance.plays) AS plays,
    sum(agg_content_performance.watch_seconds) AS watch_seconds
FROM agg_content_performance
INNER JOIN dim_date ON agg_content_performance.date_key = dim_date.date_key
WHERE agg_content_performance.plays <> 0 OR agg_content_performance.watch_seconds <> 0
GROUP BY dim_date.date_value
