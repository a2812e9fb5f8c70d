-- merge.sql: store the new rows of resolved, and put corrections in the place of the old ones.
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
WHERE resolved.is_latest AND resolved.outcome IN ('loaded', 'updated')
ORDER BY resolved.line
ON CONFLICT (source, session_id) DO UPDATE
    SET
        user_key = excluded.user_key,
        content_key = excluded.content_key,
        started_on = excluded.started_on,
        started_at = excluded.started_at,
        ended_at = excluded.ended_at,
        watch_seconds = excluded.watch_seconds,
        next_day_seconds = excluded.next_day_seconds,
        completion_percent = excluded.completion_percent,
        is_complete = excluded.is_complete,
        completion_source = excluded.completion_source,
        device_type = excluded.device_type,
        quality = excluded.quality,
        platform = excluded.platform,
        stall_count = excluded.stall_count,
        average_bitrate_kbps = excluded.average_bitrate_kbps,
        quality_flags = excluded.quality_flags,
        row_hash = excluded.row_hash,
        load_id = excluded.load_id;
