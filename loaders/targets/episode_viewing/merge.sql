-- merge.sql: store the new rows of resolved, and put corrections in the place of the old ones.
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
WHERE resolved.is_latest AND resolved.outcome IN ('loaded', 'updated')
ORDER BY resolved.line
ON CONFLICT (source, episode_viewing_id) DO UPDATE
    SET
        session_key = excluded.session_key,
        episode_key = excluded.episode_key,
        watch_seconds = excluded.watch_seconds,
        is_complete = excluded.is_complete,
        quality_flags = excluded.quality_flags,
        row_hash = excluded.row_hash,
        load_id = excluded.load_id;
