-- totals_of_statistics: plays and playing time in the apps in agg_daily_statistics, which procedures keep.
-- grain:  one row per UTC day
-- params: none
SELECT
    dim_date.date_value,
    agg_daily_statistics.plays,
    agg_daily_statistics.app_seconds AS watch_seconds
FROM agg_daily_statistics
INNER JOIN dim_date ON agg_daily_statistics.date_key = dim_date.date_key
