-- stage.sql: rows of one file on their way into oltp.viewing_sessions, as the contract left them.
-- grain: one row per accepted row of the file
CREATE TEMPORARY TABLE stage (
    line bigint NOT NULL,
    session_id text,
    user_id text,
    content_id text,
    started_on date,
    started_at timestamptz,
    ended_at timestamptz,
    watch_seconds integer,
    completion_percent numeric,
    device_type text,
    quality text,
    platform text,
    stall_count integer,
    average_bitrate_kbps integer,
    quality_flags text
) ON COMMIT DROP;
