-- resolve.sql: judge every staged row: new, the same, a correction, or refused.
-- grain: one row per row of stage
-- settings: svp.source
CREATE TEMPORARY TABLE resolved ON COMMIT DROP AS
WITH hashed AS (
    SELECT
        stage.line,
        stage.episode_id,
        stage.content_id,
        stage.season_number,
        stage.episode_number,
        stage.title,
        stage.duration_minutes,
        stage.released_on,
        coalesce(string_to_array(nullif(stage.quality_flags, ''), ','), '{}') AS quality_flags,
        cast(md5(cast(row(
            stage.episode_id,
            stage.content_id,
            stage.season_number,
            stage.episode_number,
            stage.title,
            stage.duration_minutes,
            stage.released_on
        ) AS text)) AS uuid) AS row_hash
    FROM stage
),

linked AS (
    SELECT
        hashed.line,
        hashed.episode_id,
        hashed.season_number,
        hashed.episode_number,
        hashed.title,
        hashed.duration_minutes,
        hashed.released_on,
        content.content_key,
        hashed.quality_flags,
        hashed.row_hash,
        CASE
            WHEN content.content_key IS NULL THEN 'content_id'
        END AS refused_column,
        CASE
            WHEN content.content_key IS NULL THEN hashed.content_id
        END AS refused_value
    FROM hashed
    LEFT JOIN oltp.content
        ON hashed.content_id = content.content_id AND content.source = current_setting('svp.source')
),

ranked AS (
    SELECT
        linked.line,
        linked.episode_id,
        linked.season_number,
        linked.episode_number,
        linked.title,
        linked.duration_minutes,
        linked.released_on,
        linked.content_key,
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
            PARTITION BY linked.episode_id, linked.refused_column IS NULL ORDER BY linked.line DESC
        )
)

SELECT
    ranked.line,
    ranked.episode_id,
    ranked.season_number,
    ranked.episode_number,
    ranked.title,
    ranked.duration_minutes,
    ranked.released_on,
    ranked.content_key,
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
LEFT JOIN oltp.episodes AS existing
    ON ranked.episode_id = existing.episode_id AND existing.source = current_setting('svp.source');
