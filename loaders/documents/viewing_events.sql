-- viewing_events.sql: sessions of one load, as the documents of MongoDB need them.
-- grain:  one row per play
-- params: load_id
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
    viewing_sessions.load_id,
    viewing_sessions.quality_flags
FROM oltp.viewing_sessions
INNER JOIN oltp.users ON viewing_sessions.user_key = users.user_key
INNER JOIN oltp.content ON viewing_sessions.content_key = content.content_key
WHERE viewing_sessions.load_id = %(load_id)s
ORDER BY viewing_sessions.session_key;
