-- totals_of_playback: plays and playing time in fact_playback, which comes from MongoDB.
-- grain:  one row per UTC day
-- params: none
SELECT
    dim_date.date_value,
    sum(fact_playback.plays) AS plays,
    sum(fact_playback.watch_seconds) AS watch_seconds
FROM fact_playback
INNER JOIN dim_date ON fact_playback.date_key = dim_date.date_key
GROUP BY dim_date.date_value
