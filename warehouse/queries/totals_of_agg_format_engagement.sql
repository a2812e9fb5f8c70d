-- totals_of_agg_format_engagement: plays and playing time of content types, which procedures keep.
-- grain:  one row per day
-- params: none
SELECT
    dim_date.date_value AS day,
    sum(agg_format_engagement.plays) AS plays,
    sum(agg_format_engagement.known_completion_plays) AS known_completion_plays,
    sum(agg_format_engagement.complete_plays) AS complete_plays,
    sum(agg_format_engagement.watch_seconds) AS watch_seconds
FROM agg_format_engagement
INNER JOIN dim_date ON agg_format_engagement.date_key = dim_date.date_key
GROUP BY dim_date.date_value
