-- link.sql: every staged row with the keys of its parents, what is against it, and the hash of what is stored
-- under its key; judge.sql makes an outcome of that.
-- grain: one row per row of stage
-- settings: svp.source
CREATE TEMPORARY VIEW candidate AS
WITH hashed AS (
    SELECT
        stage.line,
        stage.device_id,
        stage.user_id,
        stage.device_type,
        stage.platform,
        stage.added_on,
        cast(md5(cast(row(
            stage.device_id,
            stage.user_id,
            stage.device_type,
            stage.platform,
            stage.added_on
        ) AS text)) AS uuid) AS row_hash,
        coalesce(string_to_array(nullif(stage.quality_flags, ''), ','), '{}') AS quality_flags
    FROM stage
),

linked AS (
    SELECT
        hashed.line,
        hashed.device_id,
        hashed.device_type,
        hashed.platform,
        hashed.added_on,
        users.user_key,
        hashed.quality_flags,
        hashed.row_hash,
        CASE
            WHEN users.user_key IS NULL THEN 'user_id'
        END AS refused_column,
        CASE
            WHEN users.user_key IS NULL THEN hashed.user_id
        END AS refused_value
    FROM hashed
    LEFT JOIN oltp.users
        ON hashed.user_id = users.user_id AND users.source = current_setting('svp.source')
)

SELECT
    linked.line,
    linked.device_id,
    linked.device_type,
    linked.platform,
    linked.added_on,
    linked.user_key,
    linked.quality_flags,
    linked.row_hash,
    linked.refused_column,
    linked.refused_value,
    linked.device_id AS natural_id,
    existing.row_hash AS stored_hash,
    CASE WHEN linked.refused_column IS NOT NULL THEN 'unknown_parent' END AS refused_code
FROM linked
LEFT JOIN oltp.devices AS existing
    ON linked.device_id = existing.device_id AND existing.source = current_setting('svp.source');
