-- carry_titles: what aggregates carry of titles whose name or content type is about to change. Nothing is counted
-- otherwise, so no slice goes stale. Runs in the caller's transaction, before the new ones are written.
CREATE PROCEDURE carry_titles ()
COMMENT 'Bring the titles in aggregates up to the staged ones.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    UPDATE agg_content_performance, dim_title, stg_title
    SET
        agg_content_performance.title = stg_title.title,
        agg_content_performance.content_type = stg_title.content_type
    WHERE
        dim_title.source = stg_title.source
        AND dim_title.content_id = stg_title.content_id
        AND (dim_title.title <> stg_title.title OR dim_title.content_type <> stg_title.content_type)
        AND agg_content_performance.title_key = dim_title.title_key;

    UPDATE agg_region_hour, dim_title, stg_title
    SET agg_region_hour.top_title = stg_title.title
    WHERE
        dim_title.source = stg_title.source
        AND dim_title.content_id = stg_title.content_id
        AND dim_title.title <> stg_title.title
        AND agg_region_hour.top_title_key = dim_title.title_key;
END
