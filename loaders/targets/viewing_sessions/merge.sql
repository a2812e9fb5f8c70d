-- merge.sql: store the new rows of resolved, and put corrections in the place of the old ones. Nobody else stores any
-- meanwhile, so what is new is known; ON CONFLICT would write twice to the log for each row.
-- settings: svp.source, svp.load_id
INSERT INTO oltp.viewing_sessions (
    source,
    session_id,
    user_key,
    content_key,
    started_on,
    started_at,
    ended_at,
    watch_seconds,
    next_day_seconds,
    completion_percent,
    is_complete,
    completion_source,
    device_type,
    quality,
    platform,
    stall_count,
    average_bitrate_kbps,
    quality_flags,
    row_hash,
    load_id
)
SELECT
    current_setting('svp.source') AS source,
    resolved.session_id,
    resolved.user_key,
    resolved.content_key,
    resolved.started_on,
    resolved.started_at,
    resolved.ended_at,
    resolved.watch_seconds,
    resolved.next_day_seconds,
    resolved.completion_percent,
    resolved.is_complete,
    resolved.completion_source,
    resolved.device_type,
    resolved.quality,
    resolved.platform,
    resolved.stall_count,
    resolved.average_bitrate_kbps,
    resolved.quality_flags,
    resolved.row_hash,
    cast(current_setting('svp.load_id') AS bigint) AS load_id
FROM resolved
WHERE resolved.is_latest AND resolved.outcome = 'loaded';

UPDATE oltp.viewing_sessions
SET
    user_key = resolved.user_key,
    content_key = resolved.content_key,
    started_on = resolved.started_on,
    started_at = resolved.started_at,
    ended_at = resolved.ended_at,
    watch_seconds = resolved.watch_seconds,
    next_day_seconds = resolved.next_day_seconds,
    completion_percent = resolved.completion_percent,
    is_complete = resolved.is_complete,
    completion_source = resolved.completion_source,
    device_type = resolved.device_type,
    quality = resolved.quality,
    platform = resolved.platform,
    stall_count = resolved.stall_count,
    average_bitrate_kbps = resolved.average_bitrate_kbps,
    quality_flags = resolved.quality_flags,
    row_hash = resolved.row_hash,
    load_id = cast(current_setting('svp.load_id') AS bigint)
FROM resolved
WHERE
    resolved.is_latest
    AND resolved.outcome = 'updated'
    AND viewing_sessions.source = current_setting('svp.source')
    AND viewing_sessions.session_id = resolved.session_id;
