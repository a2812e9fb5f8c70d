-- link.sql: every staged row with the keys of its parents, what is against it, and the hash of what is stored
-- under its key; judge.sql makes an outcome of that.
-- grain: one row per row of stage
-- settings: svp.source
CREATE TEMPORARY VIEW candidate AS
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
        cast(md5(cast(row(
            stage.episode_id,
            stage.content_id,
            stage.season_number,
            stage.episode_number,
            stage.title,
            stage.duration_minutes,
            stage.released_on
        ) AS text)) AS uuid) AS row_hash,
        coalesce(string_to_array(nullif(stage.quality_flags, ''), ','), '{}') AS quality_flags
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
)

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
    linked.refused_column,
    linked.refused_value,
    linked.episode_id AS natural_id,
    existing.row_hash AS stored_hash,
    CASE WHEN linked.refused_column IS NOT NULL THEN 'unknown_parent' END AS refused_code
FROM linked
LEFT JOIN oltp.episodes AS existing
    ON linked.episode_id = existing.episode_id AND existing.source = current_setting('svp.source');
