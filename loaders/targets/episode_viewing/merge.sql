-- merge.sql: store the new rows of resolved, and put corrections in the place of the old ones. Nobody else stores any
-- meanwhile, so what is new is known; ON CONFLICT would write twice to the log for each row.
-- settings: svp.source, svp.load_id
INSERT INTO oltp.episode_viewing (
    source,
    episode_viewing_id,
    session_key,
    episode_key,
    watch_seconds,
    is_complete,
    quality_flags,
    row_hash,
    load_id
)
SELECT
    current_setting('svp.source') AS source,
    resolved.episode_viewing_id,
    resolved.session_key,
    resolved.episode_key,
    resolved.watch_seconds,
    resolved.is_complete,
    resolved.quality_flags,
    resolved.row_hash,
    cast(current_setting('svp.load_id') AS bigint) AS load_id
FROM resolved
WHERE resolved.is_latest AND resolved.outcome = 'loaded'
ORDER BY resolved.line;

UPDATE oltp.episode_viewing
SET
    session_key = resolved.session_key,
    episode_key = resolved.episode_key,
    watch_seconds = resolved.watch_seconds,
    is_complete = resolved.is_complete,
    quality_flags = resolved.quality_flags,
    row_hash = resolved.row_hash,
    load_id = cast(current_setting('svp.load_id') AS bigint)
FROM resolved
WHERE
    resolved.is_latest
    AND resolved.outcome = 'updated'
    AND episode_viewing.source = current_setting('svp.source')
    AND episode_viewing.episode_viewing_id = resolved.episode_viewing_id;
