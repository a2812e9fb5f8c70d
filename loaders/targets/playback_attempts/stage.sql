-- stage.sql: rows of one file on their way into oltp.playback_attempts, as the contract left them.
-- grain: one row per accepted row of the file
CREATE TEMPORARY TABLE stage (
    line bigint NOT NULL,
    attempt_id text,
    user_id text,
    content_id text,
    session_id text,
    device_id text,
    attempted_at timestamptz,
    outcome text,
    startup_milliseconds integer,
    stall_count integer,
    stall_milliseconds integer,
    bitrate_change_count integer,
    error_code text,
    quality_flags text
) ON COMMIT DROP;
