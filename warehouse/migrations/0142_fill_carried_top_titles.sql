UPDATE agg_region_hour, dim_title
SET
    agg_region_hour.top_content_id = dim_title.content_id,
    agg_region_hour.top_title = dim_title.title
WHERE agg_region_hour.top_title_key = dim_title.title_key
