-- totals_of_categorised_watch: playing time of fact_watch and fact_box_watch by the category that titles and applications
--                              have now.
-- grain:  one row per day
-- params: none
WITH categorised AS (
    SELECT
        fact_watch.date_key,
        dim_title.category_key,
        sum(fact_watch.watch_seconds) AS watch_seconds
    FROM fact_watch
    INNER JOIN dim_title ON fact_watch.title_key = dim_title.title_key
    GROUP BY fact_watch.date_key, dim_title.category_key
    UNION ALL
    SELECT
        fact_box_watch.date_key,
        dim_application.category_key,
        sum(fact_box_watch.watch_seconds) AS watch_seconds
    FROM fact_box_watch
    INNER JOIN dim_application ON fact_box_watch.application_key = dim_application.application_key
    GROUP BY fact_box_watch.date_key, dim_application.category_key
)

SELECT
    dim_date.date_value AS day,
    sum(if(dim_category.category = 'Child', categorised.watch_seconds, 0)) AS child_seconds,
    sum(if(dim_category.category = 'Movie', categorised.watch_seconds, 0)) AS movie_seconds,
    sum(if(dim_category.category = 'Relax', categorised.watch_seconds, 0)) AS relax_seconds,
    sum(if(dim_category.category = 'Sport', categorised.watch_seconds, 0)) AS sport_seconds,
    sum(if(dim_category.category = 'TV', categorised.watch_seconds, 0)) AS tv_seconds,
    sum(if(dim_category.category = 'Unknown', categorised.watch_seconds, 0)) AS unknown_seconds
FROM categorised
INNER JOIN dim_date ON categorised.date_key = dim_date.date_key
INNER JOIN dim_category ON categorised.category_key = dim_category.category_key
GROUP BY dim_date.date_value
