-- merge.sql: store the new rows of resolved, and put corrections in the place of the old ones.
-- settings: svp.source, svp.load_id
INSERT INTO oltp.subscription_events (
    source,
    subscription_event_id,
    user_key,
    event_type,
    previous_plan,
    new_plan,
    amount_minor,
    currency,
    occurred_at,
    quality_flags,
    row_hash,
    load_id
)
SELECT
    current_setting('svp.source') AS source,
    resolved.subscription_event_id,
    resolved.user_key,
    resolved.event_type,
    resolved.previous_plan,
    resolved.new_plan,
    resolved.amount_minor,
    resolved.currency,
    resolved.occurred_at,
    resolved.quality_flags,
    resolved.row_hash,
    cast(current_setting('svp.load_id') AS bigint) AS load_id
FROM resolved
WHERE resolved.is_latest AND resolved.outcome IN ('loaded', 'updated')
ORDER BY resolved.line
ON CONFLICT (source, subscription_event_id) DO UPDATE
    SET
        user_key = excluded.user_key,
        event_type = excluded.event_type,
        previous_plan = excluded.previous_plan,
        new_plan = excluded.new_plan,
        amount_minor = excluded.amount_minor,
        currency = excluded.currency,
        occurred_at = excluded.occurred_at,
        quality_flags = excluded.quality_flags,
        row_hash = excluded.row_hash,
        load_id = excluded.load_id;
