-- link.sql: every staged row with the keys of its parents, what is against it, and the hash of what is stored
-- under its key; judge.sql makes an outcome of that.
-- grain: one row per row of stage
-- settings: svp.source
CREATE TEMPORARY VIEW candidate AS
WITH hashed AS (
    SELECT
        stage.line,
        stage.session_id,
        stage.user_id,
        stage.content_id,
        stage.started_on,
        stage.started_at,
        stage.ended_at,
        stage.watch_seconds,
        stage.completion_percent,
        stage.device_type,
        stage.quality,
        stage.platform,
        stage.stall_count,
        stage.average_bitrate_kbps,
        cast((stage.ended_at - interval '1 microsecond') AT TIME ZONE 'UTC' AS date) AS ended_on,
        cast((stage.started_on + 1) AT TIME ZONE 'UTC' AS timestamptz) AS midnight,
        cast(md5(cast(row(
            stage.session_id,
            stage.user_id,
            stage.content_id,
            stage.started_on,
            stage.started_at,
            stage.ended_at,
            stage.watch_seconds,
            stage.completion_percent,
            stage.device_type,
            stage.quality,
            stage.platform,
            stage.stall_count,
            stage.average_bitrate_kbps
        ) AS text)) AS uuid) AS row_hash,
        coalesce(string_to_array(nullif(stage.quality_flags, ''), ','), '{}') AS quality_flags
    FROM stage
),

linked AS (
    SELECT
        hashed.line,
        hashed.session_id,
        hashed.user_id,
        hashed.content_id,
        hashed.started_on,
        hashed.started_at,
        hashed.ended_at,
        hashed.watch_seconds,
        hashed.completion_percent,
        hashed.device_type,
        hashed.quality,
        hashed.platform,
        hashed.stall_count,
        hashed.average_bitrate_kbps,
        hashed.midnight,
        users.user_key,
        content.content_key,
        hashed.row_hash,
        hashed.quality_flags
        || CASE WHEN hashed.started_on < users.registered_on THEN ARRAY['before_signup'] END
        || CASE
            WHEN hashed.watch_seconds > 60 * movie_details.duration_minutes
                THEN ARRAY['longer_than_title']
        END AS quality_flags,
        coalesce(
            movie_details.duration_minutes, series_details.average_episode_minutes
        ) AS length_minutes,
        CASE
            WHEN users.user_key IS NULL OR content.content_key IS NULL THEN 'unknown_parent'
            WHEN hashed.ended_at < hashed.started_at THEN 'ends_before_start'
            WHEN hashed.ended_on > hashed.started_on + 1 THEN 'over_two_midnights'
            WHEN hashed.started_on <> cast(hashed.started_at AT TIME ZONE 'UTC' AS date)
                THEN 'day_differs'
        END AS refused_code,
        CASE
            WHEN users.user_key IS NULL THEN 'user_id'
            WHEN content.content_key IS NULL THEN 'content_id'
            WHEN hashed.ended_at < hashed.started_at THEN 'ended_at'
            WHEN hashed.ended_on > hashed.started_on + 1 THEN 'ended_at'
            WHEN hashed.started_on <> cast(hashed.started_at AT TIME ZONE 'UTC' AS date)
                THEN 'started_on'
        END AS refused_column
    FROM hashed
    LEFT JOIN oltp.users
        ON hashed.user_id = users.user_id AND users.source = current_setting('svp.source')
    LEFT JOIN oltp.content
        ON hashed.content_id = content.content_id AND content.source = current_setting('svp.source')
    LEFT JOIN oltp.movie_details ON content.content_key = movie_details.content_key
    LEFT JOIN oltp.series_details ON content.content_key = series_details.content_key
)

SELECT
    linked.line,
    linked.session_id,
    linked.started_on,
    linked.started_at,
    linked.ended_at,
    linked.watch_seconds,
    linked.completion_percent,
    linked.device_type,
    linked.quality,
    linked.platform,
    linked.stall_count,
    linked.average_bitrate_kbps,
    linked.user_key,
    linked.content_key,
    linked.quality_flags,
    linked.row_hash,
    linked.refused_code,
    linked.refused_column,
    linked.session_id AS natural_id,
    existing.row_hash AS stored_hash,
    -- Whole seconds of the first day are watch_seconds x its share of the wall clock, rounded down.
    CASE
        WHEN linked.refused_code IS NULL AND linked.started_at < linked.midnight AND linked.ended_at > linked.midnight
            THEN linked.watch_seconds - cast(
                div(
                    linked.watch_seconds * extract(EPOCH FROM linked.midnight - linked.started_at),
                    extract(EPOCH FROM linked.ended_at - linked.started_at)
                ) AS integer
            )
        ELSE 0
    END AS next_day_seconds,
    CASE
        WHEN linked.completion_percent BETWEEN 0 AND 100 THEN linked.completion_percent >= 90
        WHEN linked.length_minutes IS NOT NULL
            THEN 100 * linked.watch_seconds >= 90 * 60 * linked.length_minutes
    END AS is_complete,
    CASE
        WHEN linked.completion_percent BETWEEN 0 AND 100 THEN 'source'
        WHEN linked.length_minutes IS NOT NULL THEN 'length'
    END AS completion_source,
    CASE linked.refused_column
        WHEN 'user_id' THEN linked.user_id
        WHEN 'content_id' THEN linked.content_id
        WHEN 'ended_at' THEN cast(linked.ended_at AS text)
        WHEN 'started_on' THEN cast(linked.started_on AS text)
    END AS refused_value
FROM linked
LEFT JOIN oltp.viewing_sessions AS existing
    ON linked.session_id = existing.session_id AND existing.source = current_setting('svp.source');
