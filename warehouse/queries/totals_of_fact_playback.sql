-- totals_of_fact_playback: plays and playing time from MongoDB's viewing events.
-- grain:  one row per day
-- params: none
SELECT
    dim_date.date_value AS day,
    sum(fact_playback.plays) AS plays,
    sum(fact_playback.known_completion_plays) AS known_completion_plays,
    sum(fact_playback.complete_plays) AS complete_plays,
    sum(fact_playback.watch_seconds) AS watch_seconds
FROM fact_playback
INNER JOIN dim_date ON fact_playback.date_key = dim_date.date_key
GROUP BY dim_date.date_value
