-- totals_of_agg_daily_statistics: the service day by day, which procedures keep.
-- grain:  one row per day
-- params: none
SELECT
    dim_date.date_value AS day,
    agg_daily_statistics.plays,
    agg_daily_statistics.known_completion_plays,
    agg_daily_statistics.complete_plays,
    agg_daily_statistics.app_seconds AS watch_seconds,
    agg_daily_statistics.set_top_box_seconds AS box_seconds,
    agg_daily_statistics.active_customers,
    agg_daily_statistics.new_customers,
    agg_daily_statistics.child_seconds,
    agg_daily_statistics.movie_seconds,
    agg_daily_statistics.relax_seconds,
    agg_daily_statistics.sport_seconds,
    agg_daily_statistics.tv_seconds,
    agg_daily_statistics.unknown_seconds
FROM agg_daily_statistics
INNER JOIN dim_date ON agg_daily_statistics.date_key = dim_date.date_key
