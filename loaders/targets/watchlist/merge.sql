-- merge.sql: store the new rows of resolved, and put corrections in the place of the old ones.
-- settings: svp.source, svp.load_id
INSERT INTO oltp.watchlist (
    source,
    watchlist_id,
    user_key,
    content_key,
    added_at,
    watched_at,
    quality_flags,
    row_hash,
    load_id
)
SELECT
    current_setting('svp.source') AS source,
    resolved.watchlist_id,
    resolved.user_key,
    resolved.content_key,
    resolved.added_at,
    resolved.watched_at,
    resolved.quality_flags,
    resolved.row_hash,
    cast(current_setting('svp.load_id') AS bigint) AS load_id
FROM resolved
WHERE resolved.is_latest AND resolved.outcome IN ('loaded', 'updated')
ORDER BY resolved.line
ON CONFLICT (source, watchlist_id) DO UPDATE
    SET
        user_key = excluded.user_key,
        content_key = excluded.content_key,
        added_at = excluded.added_at,
        watched_at = excluded.watched_at,
        quality_flags = excluded.quality_flags,
        row_hash = excluded.row_hash,
        load_id = excluded.load_id;
