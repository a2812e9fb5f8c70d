-- link.sql: every staged row with the keys of its parents, what is against it, and the hash of what is stored
-- under its key; judge.sql makes an outcome of that.
-- grain: one row per row of stage
-- settings: svp.source
CREATE TEMPORARY VIEW candidate AS
WITH hashed AS (
    SELECT
        stage.line,
        stage.user_id,
        stage.full_name,
        stage.age,
        stage.country,
        stage.plan,
        stage.registered_on,
        stage.contract_code,
        stage.payment_method,
        stage.preferred_device,
        stage.is_active,
        stage.lifetime_watch_hours,
        cast(md5(cast(row(
            stage.user_id,
            stage.full_name,
            stage.age,
            stage.country,
            stage.plan,
            stage.registered_on,
            stage.contract_code,
            stage.payment_method,
            stage.preferred_device,
            stage.is_active,
            stage.lifetime_watch_hours
        ) AS text)) AS uuid) AS row_hash,
        coalesce(string_to_array(nullif(stage.quality_flags, ''), ','), '{}') AS quality_flags
    FROM stage
)

SELECT
    hashed.line,
    hashed.user_id,
    hashed.full_name,
    hashed.age,
    hashed.country,
    hashed.plan,
    hashed.registered_on,
    hashed.contract_code,
    hashed.payment_method,
    hashed.preferred_device,
    hashed.is_active,
    hashed.lifetime_watch_hours,
    hashed.quality_flags,
    hashed.row_hash,
    cast(NULL AS text) AS refused_code,
    cast(NULL AS text) AS refused_column,
    cast(NULL AS text) AS refused_value,
    hashed.user_id AS natural_id,
    existing.row_hash AS stored_hash
FROM hashed
LEFT JOIN oltp.users AS existing
    ON hashed.user_id = existing.user_id AND existing.source = current_setting('svp.source');
