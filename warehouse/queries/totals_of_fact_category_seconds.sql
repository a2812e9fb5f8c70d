-- totals_of_fact_category_seconds: playing time by the way to watch and by category, and the customers who had any.
-- grain:  one row per day
-- params: none
SELECT
    dim_date.date_value AS day,
    sum(if(dim_watch_source.watch_source = 'App', fact_category_seconds.watch_seconds, 0)) AS watch_seconds,
    sum(if(dim_watch_source.watch_source = 'Set-top box', fact_category_seconds.watch_seconds, 0)) AS box_seconds,
    sum(if(dim_category.category = 'Child', fact_category_seconds.watch_seconds, 0)) AS child_seconds,
    sum(if(dim_category.category = 'Movie', fact_category_seconds.watch_seconds, 0)) AS movie_seconds,
    sum(if(dim_category.category = 'Relax', fact_category_seconds.watch_seconds, 0)) AS relax_seconds,
    sum(if(dim_category.category = 'Sport', fact_category_seconds.watch_seconds, 0)) AS sport_seconds,
    sum(if(dim_category.category = 'TV', fact_category_seconds.watch_seconds, 0)) AS tv_seconds,
    sum(if(dim_category.category = 'Unknown', fact_category_seconds.watch_seconds, 0)) AS unknown_seconds,
    count(
        DISTINCT if(fact_category_seconds.watch_seconds > 0, nullif(fact_category_seconds.customer_key, 0), NULL)
    ) AS active_customers,
    count(
        DISTINCT if(
            dim_watch_source.watch_source = 'App' AND fact_category_seconds.watch_seconds > 0,
            nullif(fact_category_seconds.customer_key, 0), NULL
        )
    ) AS app_customers,
    count(
        DISTINCT if(
            dim_watch_source.watch_source = 'Set-top box' AND fact_category_seconds.watch_seconds > 0,
            nullif(fact_category_seconds.customer_key, 0), NULL
        )
    ) AS box_customers
FROM fact_category_seconds
INNER JOIN dim_date ON fact_category_seconds.date_key = dim_date.date_key
INNER JOIN dim_watch_source ON fact_category_seconds.watch_source_key = dim_watch_source.watch_source_key
INNER JOIN dim_category ON fact_category_seconds.category_key = dim_category.category_key
GROUP BY dim_date.date_value
