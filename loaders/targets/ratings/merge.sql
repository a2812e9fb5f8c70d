-- merge.sql: store the new rows of resolved, and put corrections in the place of the old ones.
-- settings: svp.source, svp.load_id
INSERT INTO oltp.ratings (
    source,
    rating_id,
    user_key,
    content_key,
    stars,
    review,
    helpful_count,
    rated_at,
    quality_flags,
    row_hash,
    load_id
)
SELECT
    current_setting('svp.source') AS source,
    resolved.rating_id,
    resolved.user_key,
    resolved.content_key,
    resolved.stars,
    resolved.review,
    resolved.helpful_count,
    resolved.rated_at,
    resolved.quality_flags,
    resolved.row_hash,
    cast(current_setting('svp.load_id') AS bigint) AS load_id
FROM resolved
WHERE resolved.is_latest AND resolved.outcome IN ('loaded', 'updated')
ORDER BY resolved.line
ON CONFLICT (source, rating_id) DO UPDATE
    SET
        user_key = excluded.user_key,
        content_key = excluded.content_key,
        stars = excluded.stars,
        review = excluded.review,
        helpful_count = excluded.helpful_count,
        rated_at = excluded.rated_at,
        quality_flags = excluded.quality_flags,
        row_hash = excluded.row_hash,
        load_id = excluded.load_id;
