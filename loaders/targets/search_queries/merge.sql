-- merge.sql: store the new rows of resolved, and put corrections in the place of the old ones. Nobody else stores any
-- meanwhile, so what is new is known; ON CONFLICT would write twice to the log for each row.
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
WHERE resolved.is_latest AND resolved.outcome = 'loaded'
ORDER BY resolved.line;

UPDATE oltp.search_queries
SET
    user_key = resolved.user_key,
    query_text = resolved.query_text,
    result_count = resolved.result_count,
    clicked_content_key = resolved.clicked_content_key,
    filters = resolved.filters,
    searched_at = resolved.searched_at,
    quality_flags = resolved.quality_flags,
    row_hash = resolved.row_hash,
    load_id = cast(current_setting('svp.load_id') AS bigint)
FROM resolved
WHERE
    resolved.is_latest
    AND resolved.outcome = 'updated'
    AND search_queries.source = current_setting('svp.source')
    AND search_queries.search_id = resolved.search_id;
