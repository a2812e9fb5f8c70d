-- resolve.sql: judge every staged row: new, the same, a correction, or refused.
-- grain: one row per row of stage
-- settings: svp.source
CREATE TEMPORARY TABLE resolved ON COMMIT DROP AS
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
        coalesce(string_to_array(nullif(stage.quality_flags, ''), ','), '{}') AS quality_flags,
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
        ) AS text)) AS uuid) AS row_hash
    FROM stage
),

ranked AS (
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
        row_number() OVER latest_first = 1 AS is_latest,
        first_value(hashed.row_hash) OVER latest_first AS latest_hash
    FROM hashed
    WINDOW
        latest_first AS (
            PARTITION BY hashed.user_id ORDER BY hashed.line DESC
        )
)

SELECT
    ranked.line,
    ranked.user_id,
    ranked.full_name,
    ranked.age,
    ranked.country,
    ranked.plan,
    ranked.registered_on,
    ranked.contract_code,
    ranked.payment_method,
    ranked.preferred_device,
    ranked.is_active,
    ranked.lifetime_watch_hours,
    ranked.quality_flags,
    ranked.row_hash,
    cast(NULL AS text) AS refused_code,
    cast(NULL AS text) AS refused_column,
    cast(NULL AS text) AS refused_value,
    ranked.is_latest,
    CASE
        WHEN NOT ranked.is_latest AND ranked.row_hash = ranked.latest_hash THEN 'unchanged'
        WHEN NOT ranked.is_latest THEN 'updated'
        WHEN existing.row_hash IS NULL THEN 'loaded'
        WHEN existing.row_hash = ranked.row_hash THEN 'unchanged'
        ELSE 'updated'
    END AS outcome
FROM ranked
LEFT JOIN oltp.users AS existing
    ON ranked.user_id = existing.user_id AND existing.source = current_setting('svp.source');
