-- merge.sql: store the new rows of resolved, and put corrections in the place of the old ones. Nobody else stores any
-- meanwhile, so what is new is known; ON CONFLICT would write twice to the log for each row.
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
WHERE resolved.is_latest AND resolved.outcome = 'loaded'
ORDER BY resolved.line;

UPDATE oltp.episodes
SET
    content_key = resolved.content_key,
    season_number = resolved.season_number,
    episode_number = resolved.episode_number,
    title = resolved.title,
    duration_minutes = resolved.duration_minutes,
    released_on = resolved.released_on,
    quality_flags = resolved.quality_flags,
    row_hash = resolved.row_hash,
    load_id = cast(current_setting('svp.load_id') AS bigint),
    ended_at = NULL
FROM resolved
WHERE
    resolved.is_latest
    AND resolved.outcome = 'updated'
    AND episodes.source = current_setting('svp.source')
    AND episodes.episode_id = resolved.episode_id;
