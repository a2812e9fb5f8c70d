-- merge.sql: store the new rows of resolved, and put corrections in the place of the old ones. Nobody else stores any
-- meanwhile, so what is new is known; ON CONFLICT would write twice to the log for each row.
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
WHERE resolved.is_latest AND resolved.outcome = 'loaded'
ORDER BY resolved.line;

UPDATE oltp.playback_attempts
SET
    user_key = resolved.user_key,
    content_key = resolved.content_key,
    session_key = resolved.session_key,
    device_key = resolved.device_key,
    attempted_at = resolved.attempted_at,
    outcome = resolved.attempt_outcome,
    startup_milliseconds = resolved.startup_milliseconds,
    stall_count = resolved.stall_count,
    stall_milliseconds = resolved.stall_milliseconds,
    bitrate_change_count = resolved.bitrate_change_count,
    error_code = resolved.error_code,
    quality_flags = resolved.quality_flags,
    row_hash = resolved.row_hash,
    load_id = cast(current_setting('svp.load_id') AS bigint)
FROM resolved
WHERE
    resolved.is_latest
    AND resolved.outcome = 'updated'
    AND playback_attempts.source = current_setting('svp.source')
    AND playback_attempts.attempt_id = resolved.attempt_id;
