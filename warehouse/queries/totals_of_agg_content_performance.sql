-- totals_of_agg_content_performance: plays, playing time and ratings of titles, which procedures keep.
-- grain:  one row per day
-- params: none
SELECT
    dim_date.date_value AS day,
    sum(agg_content_performance.plays) AS plays,
    sum(agg_content_performance.known_completion_plays) AS known_completion_plays,
    sum(agg_content_performance.complete_plays) AS complete_plays,
    sum(agg_content_performance.watch_seconds) AS watch_seconds,
    sum(agg_content_performance.ratings) AS ratings,
    sum(agg_content_performance.stars) AS stars
FROM agg_content_performance
INNER JOIN dim_date ON agg_content_performance.date_key = dim_date.date_key
GROUP BY dim_date.date_value
