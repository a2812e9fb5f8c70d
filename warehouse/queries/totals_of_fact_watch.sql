-- totals_of_fact_watch: plays and playing time from PostgreSQL's sessions, and the customers who had any.
-- grain:  one row per day
-- params: none
SELECT
    dim_date.date_value AS day,
    sum(fact_watch.plays) AS plays,
    sum(fact_watch.known_completion_plays) AS known_completion_plays,
    sum(fact_watch.complete_plays) AS complete_plays,
    sum(fact_watch.watch_seconds) AS watch_seconds,
    count(DISTINCT if(fact_watch.watch_seconds > 0, nullif(fact_watch.customer_key, 0), NULL)) AS app_customers
FROM fact_watch
INNER JOIN dim_date ON fact_watch.date_key = dim_date.date_key
GROUP BY dim_date.date_value
