-- merge.sql: store the new rows of resolved, and put corrections in the place of the old ones.
-- settings: svp.source, svp.load_id
INSERT INTO oltp.playback_attempts (
    source,
    attempt_id,
    user_key,
    content_key,
    session_key,
    device_key,
    attempted_at,
    outcome,
    startup_milliseconds,
    stall_count,
    stall_milliseconds,
    bitrate_change_count,
    error_code,
    quality_flags,
    row_hash,
    load_id
)
SELECT
    current_setting('svp.source') AS source,
    resolved.attempt_id,
    resolved.user_key,
    resolved.content_key,
    resolved.session_key,
    resolved.device_key,
    resolved.attempted_at,
    resolved.attempt_outcome AS outcome,
    resolved.startup_milliseconds,
    resolved.stall_count,
    resolved.stall_milliseconds,
    resolved.bitrate_change_count,
    resolved.error_code,
    resolved.quality_flags,
    resolved.row_hash,
    cast(current_setting('svp.load_id') AS bigint) AS load_id
FROM resolved
WHERE resolved.is_latest AND resolved.outcome IN ('loaded', 'updated')
ORDER BY resolved.line
ON CONFLICT (source, attempt_id) DO UPDATE
    SET
        user_key = excluded.user_key,
        content_key = excluded.content_key,
        session_key = excluded.session_key,
        device_key = excluded.device_key,
        attempted_at = excluded.attempted_at,
        outcome = excluded.outcome,
        startup_milliseconds = excluded.startup_milliseconds,
        stall_count = excluded.stall_count,
        stall_milliseconds = excluded.stall_milliseconds,
        bitrate_change_count = excluded.bitrate_change_count,
        error_code = excluded.error_code,
        quality_flags = excluded.quality_flags,
        row_hash = excluded.row_hash,
        load_id = excluded.load_id;
