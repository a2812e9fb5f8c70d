-- totals_of_agg_region_hour: plays and playing time by country and local hour, which procedures keep.
-- grain:  one row per day
-- params: none
SELECT
    dim_date.date_value AS day,
    sum(agg_region_hour.plays) AS plays,
    sum(agg_region_hour.watch_seconds) AS watch_seconds
FROM agg_region_hour
INNER JOIN dim_date ON agg_region_hour.date_key = dim_date.date_key
GROUP BY dim_date.date_value
