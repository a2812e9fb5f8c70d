-- title_seconds: titles with their category and what was watched of them.
-- grain:  one row per title
-- params: none
WITH watched AS (
    SELECT
        fact_watch.title_key,
        sum(fact_watch.watch_seconds) AS watch_seconds
    FROM fact_watch
    GROUP BY fact_watch.title_key
)

SELECT
    concat(dim_title.source, ':', dim_title.content_id) AS title_id,
    dim_category.category,
    coalesce(watched.watch_seconds, 0) AS watch_seconds
FROM dim_title
INNER JOIN dim_category ON dim_title.category_key = dim_category.category_key
LEFT JOIN watched ON dim_title.title_key = watched.title_key
