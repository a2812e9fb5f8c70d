-- merge.sql: store the new rows of resolved, and put corrections in the place of the old ones.
-- settings: svp.source, svp.load_id
INSERT INTO oltp.search_queries (
    source,
    search_id,
    user_key,
    query_text,
    result_count,
    clicked_content_key,
    filters,
    searched_at,
    quality_flags,
    row_hash,
    load_id
)
SELECT
    current_setting('svp.source') AS source,
    resolved.search_id,
    resolved.user_key,
    resolved.query_text,
    resolved.result_count,
    resolved.clicked_content_key,
    resolved.filters,
    resolved.searched_at,
    resolved.quality_flags,
    resolved.row_hash,
    cast(current_setting('svp.load_id') AS bigint) AS load_id
FROM resolved
WHERE resolved.is_latest AND resolved.outcome IN ('loaded', 'updated')
ORDER BY resolved.line
ON CONFLICT (source, search_id) DO UPDATE
    SET
        user_key = excluded.user_key,
        query_text = excluded.query_text,
        result_count = excluded.result_count,
        clicked_content_key = excluded.clicked_content_key,
        filters = excluded.filters,
        searched_at = excluded.searched_at,
        quality_flags = excluded.quality_flags,
        row_hash = excluded.row_hash,
        load_id = excluded.load_id;
