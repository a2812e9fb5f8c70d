-- totals_of_watch: plays and playing time in fact_watch, which comes from PostgreSQL.
-- grain:  one row per UTC day
-- params: none
SELECT
    dim_date.date_value,
    sum(fact_watch.plays) AS plays,
    sum(fact_watch.watch_seconds) AS watch_seconds
FROM fact_watch
INNER JOIN dim_date ON fact_watch.date_key = dim_date.date_key
GROUP BY dim_date.date_value
