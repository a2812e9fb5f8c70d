-- resolve.sql: judge every staged row: new, the same, a correction, or refused.
-- grain: one row per row of stage
-- settings: svp.source
CREATE TEMPORARY TABLE resolved ON COMMIT DROP AS
WITH hashed AS (
    SELECT
        stage.line,
        stage.subscription_event_id,
        stage.user_id,
        stage.event_type,
        stage.previous_plan,
        stage.new_plan,
        stage.amount_minor,
        stage.currency,
        stage.occurred_at,
        coalesce(string_to_array(nullif(stage.quality_flags, ''), ','), '{}') AS quality_flags,
        cast(md5(cast(row(
            stage.subscription_event_id,
            stage.user_id,
            stage.event_type,
            stage.previous_plan,
            stage.new_plan,
            stage.amount_minor,
            stage.currency,
            stage.occurred_at
        ) AS text)) AS uuid) AS row_hash
    FROM stage
),

linked AS (
    SELECT
        hashed.line,
        hashed.subscription_event_id,
        hashed.event_type,
        hashed.previous_plan,
        hashed.new_plan,
        hashed.amount_minor,
        hashed.currency,
        hashed.occurred_at,
        users.user_key,
        hashed.quality_flags,
        hashed.row_hash,
        CASE
            WHEN users.user_key IS NULL THEN 'unknown_parent'
            WHEN (hashed.amount_minor IS NULL) <> (hashed.currency IS NULL) THEN 'half_an_amount'
        END AS refused_code,
        CASE
            WHEN users.user_key IS NULL THEN 'user_id'
            WHEN (hashed.amount_minor IS NULL) <> (hashed.currency IS NULL) THEN 'amount_minor'
        END AS refused_column,
        CASE
            WHEN users.user_key IS NULL THEN hashed.user_id
            WHEN hashed.currency IS NULL THEN cast(hashed.amount_minor AS text)
        END AS refused_value
    FROM hashed
    LEFT JOIN oltp.users
        ON hashed.user_id = users.user_id AND users.source = current_setting('svp.source')
),

ranked AS (
    SELECT
        linked.line,
        linked.subscription_event_id,
        linked.event_type,
        linked.previous_plan,
        linked.new_plan,
        linked.amount_minor,
        linked.currency,
        linked.occurred_at,
        linked.user_key,
        linked.quality_flags,
        linked.row_hash,
        linked.refused_code,
        linked.refused_column,
        linked.refused_value,
        row_number() OVER latest_first = 1 AS is_latest,
        first_value(linked.row_hash) OVER latest_first AS latest_hash
    FROM linked
    WINDOW
        latest_first AS (
            PARTITION BY linked.subscription_event_id, linked.refused_column IS NULL ORDER BY linked.line DESC
        )
)

SELECT
    ranked.line,
    ranked.subscription_event_id,
    ranked.event_type,
    ranked.previous_plan,
    ranked.new_plan,
    ranked.amount_minor,
    ranked.currency,
    ranked.occurred_at,
    ranked.user_key,
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
LEFT JOIN oltp.subscription_events AS existing
    ON ranked.subscription_event_id = existing.subscription_event_id AND existing.source = current_setting('svp.source');
