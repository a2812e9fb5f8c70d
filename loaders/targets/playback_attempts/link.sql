-- link.sql: every staged row with the keys of its parents, what is against it, and the hash of what is stored
-- under its key; judge.sql makes an outcome of that. An attempt and its play belong together for good: their
-- document in MongoDB is the play's.
-- grain: one row per row of stage
-- settings: svp.source
CREATE TEMPORARY VIEW candidate AS
WITH hashed AS (
    SELECT
        stage.line,
        stage.attempt_id,
        stage.user_id,
        stage.content_id,
        stage.session_id,
        stage.device_id,
        stage.attempted_at,
        stage.outcome,
        stage.startup_milliseconds,
        stage.stall_count,
        stage.stall_milliseconds,
        stage.bitrate_change_count,
        stage.error_code,
        cast(md5(cast(row(
            stage.attempt_id,
            stage.user_id,
            stage.content_id,
            stage.session_id,
            stage.device_id,
            stage.attempted_at,
            stage.outcome,
            stage.startup_milliseconds,
            stage.stall_count,
            stage.stall_milliseconds,
            stage.bitrate_change_count,
            stage.error_code
        ) AS text)) AS uuid) AS row_hash,
        coalesce(string_to_array(nullif(stage.quality_flags, ''), ','), '{}') AS quality_flags
    FROM stage
),

linked AS (
    SELECT
        hashed.line,
        hashed.attempt_id,
        hashed.session_id,
        hashed.attempted_at,
        hashed.outcome,
        hashed.startup_milliseconds,
        hashed.stall_count,
        hashed.stall_milliseconds,
        hashed.bitrate_change_count,
        hashed.error_code,
        users.user_key,
        content.content_key,
        viewing_sessions.session_key,
        devices.device_key,
        hashed.quality_flags,
        hashed.row_hash,
        CASE
            WHEN users.user_key IS NULL THEN 'user_id'
            WHEN content.content_key IS NULL THEN 'content_id'
            WHEN viewing_sessions.session_key IS NULL AND hashed.session_id IS NOT NULL THEN 'session_id'
            WHEN devices.device_key IS NULL AND hashed.device_id IS NOT NULL THEN 'device_id'
        END AS unknown_column,
        CASE
            WHEN users.user_key IS NULL THEN hashed.user_id
            WHEN content.content_key IS NULL THEN hashed.content_id
            WHEN viewing_sessions.session_key IS NULL AND hashed.session_id IS NOT NULL THEN hashed.session_id
            WHEN devices.device_key IS NULL AND hashed.device_id IS NOT NULL THEN hashed.device_id
        END AS unknown_value,
        (hashed.outcome = 'played') <> (hashed.session_id IS NOT NULL) AS outcome_differs
    FROM hashed
    LEFT JOIN oltp.users
        ON hashed.user_id = users.user_id AND users.source = current_setting('svp.source')
    LEFT JOIN oltp.content
        ON hashed.content_id = content.content_id AND content.source = current_setting('svp.source')
    LEFT JOIN oltp.viewing_sessions
        ON
            hashed.session_id = viewing_sessions.session_id
            AND viewing_sessions.source = current_setting('svp.source')
    LEFT JOIN oltp.devices
        ON hashed.device_id = devices.device_id AND devices.source = current_setting('svp.source')
),

first_of_play AS (
    SELECT
        linked.line,
        coalesce(
            stored.attempt_id,
            first_value(linked.attempt_id) OVER (
                PARTITION BY linked.session_key, linked.unknown_column IS NULL, linked.outcome_differs
                ORDER BY linked.line
            )
        ) AS attempt_id
    FROM linked
    LEFT JOIN oltp.playback_attempts AS stored ON linked.session_key = stored.session_key
    WHERE linked.session_key IS NOT NULL
),

judged AS (
    SELECT
        linked.line,
        linked.attempt_id,
        linked.session_id,
        linked.attempted_at,
        linked.outcome,
        linked.startup_milliseconds,
        linked.stall_count,
        linked.stall_milliseconds,
        linked.bitrate_change_count,
        linked.error_code,
        linked.user_key,
        linked.content_key,
        linked.session_key,
        linked.device_key,
        linked.quality_flags,
        linked.row_hash,
        linked.unknown_column,
        linked.unknown_value,
        existing.row_hash AS stored_hash,
        CASE
            WHEN linked.unknown_column IS NOT NULL THEN 'unknown_parent'
            WHEN linked.outcome_differs THEN 'outcome_differs'
            WHEN
                linked.attempt_id <> first_of_play.attempt_id
                OR (existing.attempt_key IS NOT NULL AND existing.session_key IS DISTINCT FROM linked.session_key)
                THEN 'repeated_play'
        END AS refused_code
    FROM linked
    LEFT JOIN first_of_play ON linked.line = first_of_play.line
    LEFT JOIN oltp.playback_attempts AS existing
        ON linked.attempt_id = existing.attempt_id AND existing.source = current_setting('svp.source')
)

SELECT
    judged.line,
    judged.attempt_id,
    judged.attempted_at,
    judged.outcome,
    judged.startup_milliseconds,
    judged.stall_count,
    judged.stall_milliseconds,
    judged.bitrate_change_count,
    judged.error_code,
    judged.user_key,
    judged.content_key,
    judged.session_key,
    judged.device_key,
    judged.quality_flags,
    judged.row_hash,
    judged.refused_code,
    judged.attempt_id AS natural_id,
    judged.stored_hash,
    CASE judged.refused_code
        WHEN 'unknown_parent' THEN judged.unknown_column
        WHEN 'outcome_differs' THEN 'outcome'
        WHEN 'repeated_play' THEN 'session_id'
    END AS refused_column,
    CASE judged.refused_code
        WHEN 'unknown_parent' THEN judged.unknown_value
        WHEN 'outcome_differs' THEN judged.outcome
        WHEN 'repeated_play' THEN judged.session_id
    END AS refused_value
FROM judged;
