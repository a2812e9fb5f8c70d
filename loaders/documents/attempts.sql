-- attempts.sql: the attempts that a load wrote and that became no play, as the documents of MongoDB need them.
-- One whose id is also the id of a play has no document: it would have the key of the play's.
-- grain:  one row per attempt
-- params: load_id
SELECT
    playback_attempts.source,
    playback_attempts.attempt_id,
    users.user_id,
    content.content_id,
    playback_attempts.attempted_at,
    devices.device_type,
    devices.platform,
    playback_attempts.outcome,
    playback_attempts.startup_milliseconds,
    playback_attempts.stall_milliseconds,
    playback_attempts.stall_count AS player_stall_count,
    playback_attempts.bitrate_change_count,
    playback_attempts.error_code,
    playback_attempts.load_id,
    array_to_string(playback_attempts.quality_flags, ',') AS quality_flags
FROM oltp.playback_attempts
INNER JOIN oltp.users ON playback_attempts.user_key = users.user_key
INNER JOIN oltp.content ON playback_attempts.content_key = content.content_key
LEFT JOIN oltp.devices ON playback_attempts.device_key = devices.device_key
LEFT JOIN oltp.viewing_sessions AS namesake
    ON
        playback_attempts.source = namesake.source
        AND playback_attempts.attempt_id = namesake.session_id
WHERE
    playback_attempts.load_id = %(load_id)s
    AND playback_attempts.session_key IS NULL
    AND namesake.session_key IS NULL;
