-- daily_statistics: the service, day by day. active_customers are distinct: never sum them over days.
-- grain: one row per UTC day with facts
SELECT
    dim_date.date_value AS stat_date,
    agg_daily_statistics.active_customers,
    agg_daily_statistics.new_customers,
    cast(agg_daily_statistics.plays AS decimal(18, 0)) AS plays,
    cast(agg_daily_statistics.valid_plays AS decimal(18, 0)) AS valid_plays,
    cast(agg_daily_statistics.complete_plays AS decimal(18, 0)) AS complete_plays,
    cast(agg_daily_statistics.known_completion_plays AS decimal(18, 0)) AS known_completion_plays,
    cast(
        1.00000000 * (agg_daily_statistics.app_seconds + agg_daily_statistics.set_top_box_seconds) / 3600 AS decimal(18, 4)
    ) AS watch_hours,
    cast(
        1.00000000 * (agg_daily_statistics.app_seconds + agg_daily_statistics.set_top_box_seconds)
        / nullif(60 * agg_daily_statistics.active_customers, 0) AS decimal(18, 2)
    ) AS avg_watch_minutes_per_customer,
    cast(
        100.00000000 * agg_daily_statistics.complete_plays
        / nullif(agg_daily_statistics.known_completion_plays, 0) AS decimal(5, 2)
    ) AS completion_rate,
    agg_daily_statistics.peak_concurrent_streams,
    agg_daily_statistics.peak_minute_at,
    cast(1.00000000 * agg_daily_statistics.app_seconds / 3600 AS decimal(18, 4)) AS app_hours,
    cast(1.00000000 * agg_daily_statistics.set_top_box_seconds / 3600 AS decimal(18, 4)) AS set_top_box_hours,
    cast(1.00000000 * agg_daily_statistics.child_seconds / 3600 AS decimal(18, 4)) AS child_hours,
    cast(1.00000000 * agg_daily_statistics.movie_seconds / 3600 AS decimal(18, 4)) AS movie_hours,
    cast(1.00000000 * agg_daily_statistics.relax_seconds / 3600 AS decimal(18, 4)) AS relax_hours,
    cast(1.00000000 * agg_daily_statistics.sport_seconds / 3600 AS decimal(18, 4)) AS sport_hours,
    cast(1.00000000 * agg_daily_statistics.tv_seconds / 3600 AS decimal(18, 4)) AS tv_hours,
    cast(1.00000000 * agg_daily_statistics.unknown_seconds / 3600 AS decimal(18, 4)) AS unknown_hours,
    agg_daily_statistics.source_loads,
    agg_daily_statistics.refreshed_at,
    agg_daily_statistics.date_key
FROM agg_daily_statistics
INNER JOIN dim_date ON agg_daily_statistics.date_key = dim_date.date_key
