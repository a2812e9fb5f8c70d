-- rebuild_first_days: the first active day of every customer of whom none is known, from the facts.
-- grain:  one row per customer who was ever active
-- params: none
INSERT INTO customer_first_day (customer_key, first_date_key)
SELECT
    watched.customer_key,
    min(watched.date_key) AS first_date_key
FROM (
    SELECT
        fact_watch.customer_key,
        fact_watch.date_key
    FROM fact_watch
    WHERE fact_watch.watch_seconds > 0 AND fact_watch.customer_key <> 0
    UNION ALL
    SELECT
        fact_box_watch.customer_key,
        fact_box_watch.date_key
    FROM fact_box_watch
    WHERE fact_box_watch.watch_seconds > 0 AND fact_box_watch.customer_key <> 0
) AS watched
LEFT JOIN customer_first_day ON watched.customer_key = customer_first_day.customer_key
WHERE customer_first_day.customer_key IS NULL
GROUP BY watched.customer_key
