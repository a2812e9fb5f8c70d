-- content_performance: titles, day by day. unique_viewers are distinct: never sum them.
-- avg_view_minutes is playing time over plays of the day; rating_count and rating_avg are of ratings given that day.
-- grain: one row per UTC day and title that was played or rated
SELECT
    agg_content_performance.content_id,
    agg_content_performance.title,
    agg_content_performance.content_type,
    dim_date.date_value AS stat_date,
    cast(agg_content_performance.plays AS decimal(18, 0)) AS plays,
    agg_content_performance.unique_viewers,
    agg_content_performance.watch_hours,
    cast(
        1.00000000 * agg_content_performance.watch_seconds
        / nullif(60 * agg_content_performance.plays, 0) AS decimal(18, 2)
    ) AS avg_view_minutes,
    cast(agg_content_performance.complete_plays AS decimal(18, 0)) AS complete_plays,
    cast(agg_content_performance.known_completion_plays AS decimal(18, 0)) AS known_completion_plays,
    cast(
        100.00000000 * agg_content_performance.complete_plays
        / nullif(agg_content_performance.known_completion_plays, 0) AS decimal(5, 2)
    ) AS completion_rate,
    cast(agg_content_performance.ratings AS decimal(18, 0)) AS rating_count,
    cast(agg_content_performance.stars AS decimal(18, 0)) AS rating_stars,
    cast(
        1.00000000 * agg_content_performance.stars / nullif(agg_content_performance.ratings, 0) AS decimal(4, 2)
    ) AS rating_avg,
    agg_content_performance.date_key,
    agg_content_performance.title_key,
    agg_content_performance.category_key
FROM agg_content_performance
INNER JOIN dim_date ON agg_content_performance.date_key = dim_date.date_key
