-- merge.sql: store the new rows of resolved, and put corrections in the place of the old ones.
-- settings: svp.source, svp.load_id
INSERT INTO oltp.episodes (
    source,
    episode_id,
    content_key,
    season_number,
    episode_number,
    title,
    duration_minutes,
    released_on,
    quality_flags,
    row_hash,
    load_id
)
SELECT
    current_setting('svp.source') AS source,
    resolved.episode_id,
    resolved.content_key,
    resolved.season_number,
    resolved.episode_number,
    resolved.title,
    resolved.duration_minutes,
    resolved.released_on,
    resolved.quality_flags,
    resolved.row_hash,
    cast(current_setting('svp.load_id') AS bigint) AS load_id
FROM resolved
WHERE resolved.is_latest AND resolved.outcome IN ('loaded', 'updated')
ORDER BY resolved.line
ON CONFLICT (source, episode_id) DO UPDATE
    SET
        content_key = excluded.content_key,
        season_number = excluded.season_number,
        episode_number = excluded.episode_number,
        title = excluded.title,
        duration_minutes = excluded.duration_minutes,
        released_on = excluded.released_on,
        quality_flags = excluded.quality_flags,
        row_hash = excluded.row_hash,
        load_id = excluded.load_id,
        ended_at = NULL;
