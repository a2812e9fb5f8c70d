-- attempts_by_day: play attempts, and what the player told of their plays, for stg_attempt. An attempt that became a
--                  play counts on the day the play started. Percentiles are nearest-rank, over the attempts of the row
--                  that started. What the player did not tell is left out: sums go with the count or seconds they are of.
-- grain:  one row per UTC day, device and country of the viewer
-- params: svp.from_day, svp.to_day (settings of the transaction)
WITH attempted AS (
    SELECT
        viewing_sessions.started_on AS day,
        playback_attempts.attempt_key,
        viewing_sessions.device_type,
        viewing_sessions.watch_seconds,
        viewing_sessions.average_bitrate_kbps
    FROM oltp.viewing_sessions
    INNER JOIN oltp.playback_attempts ON viewing_sessions.session_key = playback_attempts.session_key
    WHERE
        viewing_sessions.started_on
        BETWEEN current_setting('svp.from_day')::date AND current_setting('svp.to_day')::date
    UNION ALL
    SELECT
        (playback_attempts.attempted_at AT TIME ZONE 'UTC')::date AS day,
        playback_attempts.attempt_key,
        NULL AS device_type,
        NULL AS watch_seconds,
        NULL AS average_bitrate_kbps
    FROM oltp.playback_attempts
    WHERE
        playback_attempts.session_key IS NULL
        AND playback_attempts.attempted_at >= current_setting('svp.from_day')::date::timestamp AT TIME ZONE 'UTC'
        AND playback_attempts.attempted_at < (current_setting('svp.to_day')::date + 1)::timestamp AT TIME ZONE 'UTC'
),

told AS (
    SELECT
        attempted.day,
        coalesce(
            nullif(trim(BOTH FROM left(coalesce(attempted.device_type, devices.device_type), 64)), ''), 'Unknown'
        ) AS device_type,
        coalesce(nullif(trim(BOTH FROM left(users.country, 100)), ''), 'Unknown') AS country,
        attempted.watch_seconds,
        attempted.average_bitrate_kbps,
        playback_attempts.outcome,
        playback_attempts.error_code,
        CASE playback_attempts.outcome WHEN 'played' THEN playback_attempts.startup_milliseconds END AS startup_milliseconds,
        playback_attempts.stall_milliseconds,
        playback_attempts.stall_count
    FROM attempted
    INNER JOIN oltp.playback_attempts ON attempted.attempt_key = playback_attempts.attempt_key
    INNER JOIN ops.load ON playback_attempts.load_id = load.load_id
    INNER JOIN oltp.users ON playback_attempts.user_key = users.user_key
    LEFT JOIN oltp.devices ON playback_attempts.device_key = devices.device_key
    WHERE load.state = 'complete'
)

SELECT
    told.day,
    told.device_type,
    told.country,
    count(*) AS attempts,
    count(*) FILTER (WHERE told.outcome = 'abandoned') AS abandoned_attempts,
    count(*) FILTER (WHERE told.outcome = 'failed') AS failed_attempts,
    count(*) FILTER (WHERE told.outcome = 'played') AS plays,
    count(*) FILTER (WHERE told.outcome = 'played' AND told.error_code IS NOT NULL) AS failed_plays,
    count(told.startup_milliseconds) AS known_startups,
    coalesce(sum(told.startup_milliseconds), 0) AS startup_milliseconds,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY told.startup_milliseconds) AS startup_milliseconds_p50,
    percentile_disc(0.95) WITHIN GROUP (ORDER BY told.startup_milliseconds) AS startup_milliseconds_p95,
    coalesce(sum(told.stall_milliseconds) FILTER (WHERE told.outcome = 'played'), 0) AS stall_milliseconds,
    coalesce(sum(told.watch_seconds) FILTER (WHERE told.stall_milliseconds IS NOT NULL), 0) AS known_stall_watch_seconds,
    count(told.stall_count) FILTER (WHERE told.outcome = 'played') AS known_stall_plays,
    coalesce(sum(told.stall_count) FILTER (WHERE told.outcome = 'played'), 0) AS stalls,
    coalesce(sum(told.average_bitrate_kbps::bigint * told.watch_seconds), 0) AS played_kilobits,
    coalesce(
        sum(told.watch_seconds) FILTER (WHERE told.average_bitrate_kbps IS NOT NULL), 0
    ) AS known_bitrate_watch_seconds
FROM told
GROUP BY told.day, told.device_type, told.country
