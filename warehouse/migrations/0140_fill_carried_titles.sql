UPDATE agg_content_performance, dim_title
SET
    agg_content_performance.content_id = dim_title.content_id,
    agg_content_performance.title = dim_title.title,
    agg_content_performance.content_type = dim_title.content_type,
    agg_content_performance.category_key = dim_title.category_key
WHERE agg_content_performance.title_key = dim_title.title_key
