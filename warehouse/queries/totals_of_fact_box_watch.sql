-- totals_of_fact_box_watch: time on set-top boxes, and the customers who had any.
-- grain:  one row per day
-- params: none
SELECT
    dim_date.date_value AS day,
    sum(fact_box_watch.watch_seconds) AS box_seconds,
    count(
        DISTINCT if(fact_box_watch.watch_seconds > 0, nullif(fact_box_watch.customer_key, 0), NULL)
    ) AS box_customers
FROM fact_box_watch
INNER JOIN dim_date ON fact_box_watch.date_key = dim_date.date_key
GROUP BY dim_date.date_value
