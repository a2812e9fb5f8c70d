-- title_seconds: titles with their category and what was watched of them.
-- grain:  one row per title
-- params: none
SELECT
    concat(dim_title.source, ':', dim_title.content_id) AS title_id,
    dim_category.category,
    coalesce(sum(fact_watch.watch_seconds), 0) AS watch_seconds
FROM dim_title
INNER JOIN dim_category ON dim_title.category_key = dim_category.category_key
LEFT JOIN fact_watch ON dim_title.title_key = fact_watch.title_key
GROUP BY dim_title.title_key, dim_title.source, dim_title.content_id, dim_category.category
ORDER BY dim_title.source, dim_title.content_id
