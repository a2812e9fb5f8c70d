-- genre_engagement: genres, day by day. A title of three genres counts in each, so no total is taken over genres; one
-- without a genre counts in Unknown. unique_viewers are distinct: never sum them.
-- grain: one row per UTC day and genre that was played
SELECT
    dim_genre.genre,
    dim_date.date_value AS stat_date,
    cast(agg_genre_engagement.plays AS decimal(18, 0)) AS plays,
    cast(1.00000000 * agg_genre_engagement.watch_seconds / 3600 AS decimal(18, 4)) AS watch_hours,
    agg_genre_engagement.unique_viewers,
    agg_genre_engagement.date_key,
    agg_genre_engagement.genre_key
FROM agg_genre_engagement
INNER JOIN dim_date ON agg_genre_engagement.date_key = dim_date.date_key
INNER JOIN dim_genre ON agg_genre_engagement.genre_key = dim_genre.genre_key
