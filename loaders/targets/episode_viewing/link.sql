-- link.sql: every staged row with the keys of its parents, what is against it, and the hash of what is stored
-- under its key; judge.sql makes an outcome of that.
-- grain: one row per row of stage
-- settings: svp.source
CREATE TEMPORARY VIEW candidate AS
WITH hashed AS (
    SELECT
        stage.line,
        stage.episode_viewing_id,
        stage.session_id,
        stage.episode_id,
        stage.watch_seconds,
        stage.is_complete,
        cast(md5(cast(row(
            stage.episode_viewing_id,
            stage.session_id,
            stage.episode_id,
            stage.watch_seconds,
            stage.is_complete
        ) AS text)) AS uuid) AS row_hash,
        coalesce(string_to_array(nullif(stage.quality_flags, ''), ','), '{}') AS quality_flags
    FROM stage
),

linked AS (
    SELECT
        hashed.line,
        hashed.episode_viewing_id,
        hashed.watch_seconds,
        hashed.is_complete,
        viewing_sessions.session_key,
        episodes.episode_key,
        hashed.quality_flags,
        hashed.row_hash,
        CASE
            WHEN viewing_sessions.session_key IS NULL THEN 'session_id'
            WHEN episodes.episode_key IS NULL THEN 'episode_id'
        END AS refused_column,
        CASE
            WHEN viewing_sessions.session_key IS NULL THEN hashed.session_id
            WHEN episodes.episode_key IS NULL THEN hashed.episode_id
        END AS refused_value
    FROM hashed
    LEFT JOIN oltp.viewing_sessions
        ON hashed.session_id = viewing_sessions.session_id AND viewing_sessions.source = current_setting('svp.source')
    LEFT JOIN oltp.episodes
        ON hashed.episode_id = episodes.episode_id AND episodes.source = current_setting('svp.source')
)

SELECT
    linked.line,
    linked.episode_viewing_id,
    linked.watch_seconds,
    linked.is_complete,
    linked.session_key,
    linked.episode_key,
    linked.quality_flags,
    linked.row_hash,
    linked.refused_column,
    linked.refused_value,
    linked.episode_viewing_id AS natural_id,
    existing.row_hash AS stored_hash,
    CASE WHEN linked.refused_column IS NOT NULL THEN 'unknown_parent' END AS refused_code
FROM linked
LEFT JOIN oltp.episode_viewing AS existing
    ON linked.episode_viewing_id = existing.episode_viewing_id AND existing.source = current_setting('svp.source');
