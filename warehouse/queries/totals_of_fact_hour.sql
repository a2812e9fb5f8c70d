-- totals_of_fact_hour: plays and playing time by local hour.
-- grain:  one row per day
-- params: none
SELECT
    dim_date.date_value AS day,
    sum(fact_hour.plays) AS plays,
    sum(fact_hour.watch_seconds) AS watch_seconds
FROM fact_hour
INNER JOIN dim_date ON fact_hour.date_key = dim_date.date_key
GROUP BY dim_date.date_value
