-- merge.sql: store the new rows of resolved, and put corrections in the place of the old ones. Nobody else stores any
-- meanwhile, so what is new is known; ON CONFLICT would write twice to the log for each row.
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
WHERE resolved.is_latest AND resolved.outcome = 'loaded'
ORDER BY resolved.line;

UPDATE oltp.subscription_events
SET
    user_key = resolved.user_key,
    event_type = resolved.event_type,
    previous_plan = resolved.previous_plan,
    new_plan = resolved.new_plan,
    amount_minor = resolved.amount_minor,
    currency = resolved.currency,
    occurred_at = resolved.occurred_at,
    quality_flags = resolved.quality_flags,
    row_hash = resolved.row_hash,
    load_id = cast(current_setting('svp.load_id') AS bigint)
FROM resolved
WHERE
    resolved.is_latest
    AND resolved.outcome = 'updated'
    AND subscription_events.source = current_setting('svp.source')
    AND subscription_events.subscription_event_id = resolved.subscription_event_id;
