-- merge.sql: store the new rows of resolved, and put corrections in the place of the old ones. Nobody else stores any
-- meanwhile, so what is new is known; ON CONFLICT would write twice to the log for each row.
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
WHERE resolved.is_latest AND resolved.outcome = 'loaded'
ORDER BY resolved.line;

UPDATE oltp.ratings
SET
    user_key = resolved.user_key,
    content_key = resolved.content_key,
    stars = resolved.stars,
    review = resolved.review,
    helpful_count = resolved.helpful_count,
    rated_at = resolved.rated_at,
    quality_flags = resolved.quality_flags,
    row_hash = resolved.row_hash,
    load_id = cast(current_setting('svp.load_id') AS bigint)
FROM resolved
WHERE
    resolved.is_latest
    AND resolved.outcome = 'updated'
    AND ratings.source = current_setting('svp.source')
    AND ratings.rating_id = resolved.rating_id;
