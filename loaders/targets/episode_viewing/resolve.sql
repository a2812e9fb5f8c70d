-- resolve.sql: judge every staged row: new, the same, a correction, or refused.
-- grain: one row per row of stage
-- settings: svp.source
CREATE TEMPORARY TABLE resolved ON COMMIT DROP AS
WITH hashed AS (
    SELECT
        stage.line,
        stage.episode_viewing_id,
        stage.session_id,
        stage.episode_id,
        stage.watch_seconds,
        stage.is_complete,
        coalesce(string_to_array(nullif(stage.quality_flags, ''), ','), '{}') AS quality_flags,
        cast(md5(cast(row(
            stage.episode_viewing_id,
            stage.session_id,
            stage.episode_id,
            stage.watch_seconds,
            stage.is_complete
        ) AS text)) AS uuid) AS row_hash
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
),

ranked AS (
    SELECT
        linked.line,
        linked.episode_viewing_id,
        linked.watch_seconds,
        linked.is_complete,
        linked.session_key,
        linked.episode_key,
        linked.quality_flags,
        linked.row_hash,
        CASE WHEN linked.refused_column IS NOT NULL THEN 'unknown_parent' END AS refused_code,
        linked.refused_column,
        linked.refused_value,
        row_number() OVER latest_first = 1 AS is_latest,
        first_value(linked.row_hash) OVER latest_first AS latest_hash
    FROM linked
    WINDOW
        latest_first AS (
            PARTITION BY linked.episode_viewing_id, linked.refused_column IS NULL ORDER BY linked.line DESC
        )
)

SELECT
    ranked.line,
    ranked.episode_viewing_id,
    ranked.watch_seconds,
    ranked.is_complete,
    ranked.session_key,
    ranked.episode_key,
    ranked.quality_flags,
    ranked.row_hash,
    ranked.refused_code,
    ranked.refused_column,
    ranked.refused_value,
    ranked.is_latest,
    CASE
        WHEN ranked.refused_code IS NOT NULL THEN 'rejected'
        WHEN NOT ranked.is_latest AND ranked.row_hash = ranked.latest_hash THEN 'unchanged'
        WHEN NOT ranked.is_latest THEN 'updated'
        WHEN existing.row_hash IS NULL THEN 'loaded'
        WHEN existing.row_hash = ranked.row_hash THEN 'unchanged'
        ELSE 'updated'
    END AS outcome
FROM ranked
LEFT JOIN oltp.episode_viewing AS existing
    ON ranked.episode_viewing_id = existing.episode_viewing_id AND existing.source = current_setting('svp.source');
