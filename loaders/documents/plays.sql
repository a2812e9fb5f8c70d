-- plays.sql: the plays that a load wrote, or whose attempt it wrote, as the documents of MongoDB need them.
-- grain:  one row per play
-- params: load_id
WITH written AS (
    SELECT viewing_sessions.session_key
    FROM oltp.viewing_sessions
    WHERE viewing_sessions.load_id = %(load_id)s
    UNION ALL
    SELECT playback_attempts.session_key
    FROM oltp.playback_attempts
    INNER JOIN oltp.viewing_sessions ON playback_attempts.session_key = viewing_sessions.session_key
    WHERE playback_attempts.load_id = %(load_id)s AND viewing_sessions.load_id <> %(load_id)s
)

SELECT
    viewing_sessions.source,
    viewing_sessions.session_id,
    users.user_id,
    content.content_id,
    viewing_sessions.started_on,
    viewing_sessions.started_at,
    viewing_sessions.ended_at,
    viewing_sessions.watch_seconds,
    viewing_sessions.next_day_seconds,
    viewing_sessions.completion_percent,
    viewing_sessions.is_complete,
    viewing_sessions.completion_source,
    viewing_sessions.device_type,
    viewing_sessions.platform,
    viewing_sessions.quality,
    viewing_sessions.stall_count,
    viewing_sessions.average_bitrate_kbps,
    playback_attempts.attempt_id,
    playback_attempts.outcome,
    playback_attempts.startup_milliseconds,
    playback_attempts.stall_milliseconds,
    playback_attempts.stall_count AS player_stall_count,
    playback_attempts.bitrate_change_count,
    playback_attempts.error_code,
    array_to_string(viewing_sessions.quality_flags, ',') AS quality_flags,
    greatest(viewing_sessions.load_id, playback_attempts.load_id) AS load_id
FROM written
INNER JOIN oltp.viewing_sessions ON written.session_key = viewing_sessions.session_key
INNER JOIN oltp.users ON viewing_sessions.user_key = users.user_key
INNER JOIN oltp.content ON viewing_sessions.content_key = content.content_key
LEFT JOIN oltp.playback_attempts ON viewing_sessions.session_key = playback_attempts.session_key;
