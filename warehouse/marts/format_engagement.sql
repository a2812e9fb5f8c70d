-- format_engagement: content types, day by day.
-- grain: one row per UTC day and content type that was played
SELECT
    agg_format_engagement.content_type,
    dim_date.date_value AS stat_date,
    cast(agg_format_engagement.plays AS decimal(18, 0)) AS plays,
    cast(1.00000000 * agg_format_engagement.watch_seconds / 3600 AS decimal(18, 4)) AS watch_hours,
    cast(agg_format_engagement.complete_plays AS decimal(18, 0)) AS complete_plays,
    cast(agg_format_engagement.known_completion_plays AS decimal(18, 0)) AS known_completion_plays,
    cast(
        100.00000000 * agg_format_engagement.complete_plays
        / nullif(agg_format_engagement.known_completion_plays, 0) AS decimal(5, 2)
    ) AS completion_rate,
    agg_format_engagement.date_key
FROM agg_format_engagement
INNER JOIN dim_date ON agg_format_engagement.date_key = dim_date.date_key
