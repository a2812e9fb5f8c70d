-- link.sql: every staged row with the keys of its parents, what is against it, and the hash of what is stored
-- under its key; judge.sql makes an outcome of that.
-- grain: one row per row of stage
-- settings: svp.source
CREATE TEMPORARY VIEW candidate AS
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
        cast(md5(cast(row(
            stage.subscription_event_id,
            stage.user_id,
            stage.event_type,
            stage.previous_plan,
            stage.new_plan,
            stage.amount_minor,
            stage.currency,
            stage.occurred_at
        ) AS text)) AS uuid) AS row_hash,
        coalesce(string_to_array(nullif(stage.quality_flags, ''), ','), '{}') AS quality_flags
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
)

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
    linked.subscription_event_id AS natural_id,
    existing.row_hash AS stored_hash
FROM linked
LEFT JOIN oltp.subscription_events AS existing
    ON linked.subscription_event_id = existing.subscription_event_id AND existing.source = current_setting('svp.source');
