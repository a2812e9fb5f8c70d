-- application_seconds: applications that set-top boxes logged, with their category and what was watched of them.
-- grain:  one row per application
-- params: none
SELECT
    dim_application.application,
    dim_category.category,
    coalesce(sum(fact_box_watch.watch_seconds), 0) AS watch_seconds
FROM dim_application
INNER JOIN dim_category ON dim_application.category_key = dim_category.category_key
LEFT JOIN fact_box_watch ON dim_application.application_key = fact_box_watch.application_key
GROUP BY dim_application.application_key, dim_application.application, dim_category.category
