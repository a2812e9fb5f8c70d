-- merge.sql: store the new rows of resolved, and put corrections in the place of the old ones. Nobody else stores any
-- meanwhile, so what is new is known; ON CONFLICT would write twice to the log for each row.
-- settings: svp.source, svp.load_id
INSERT INTO oltp.users (
    source,
    user_id,
    full_name,
    age,
    country,
    plan,
    registered_on,
    contract_code,
    payment_method,
    preferred_device,
    is_active,
    lifetime_watch_hours,
    quality_flags,
    row_hash,
    load_id
)
SELECT
    current_setting('svp.source') AS source,
    resolved.user_id,
    resolved.full_name,
    resolved.age,
    resolved.country,
    resolved.plan,
    resolved.registered_on,
    resolved.contract_code,
    resolved.payment_method,
    resolved.preferred_device,
    resolved.is_active,
    resolved.lifetime_watch_hours,
    resolved.quality_flags,
    resolved.row_hash,
    cast(current_setting('svp.load_id') AS bigint) AS load_id
FROM resolved
WHERE resolved.is_latest AND resolved.outcome = 'loaded'
ORDER BY resolved.line;

UPDATE oltp.users
SET
    full_name = resolved.full_name,
    age = resolved.age,
    country = resolved.country,
    plan = resolved.plan,
    registered_on = resolved.registered_on,
    contract_code = resolved.contract_code,
    payment_method = resolved.payment_method,
    preferred_device = resolved.preferred_device,
    is_active = resolved.is_active,
    lifetime_watch_hours = resolved.lifetime_watch_hours,
    quality_flags = resolved.quality_flags,
    row_hash = resolved.row_hash,
    load_id = cast(current_setting('svp.load_id') AS bigint),
    ended_at = NULL
FROM resolved
WHERE
    resolved.is_latest
    AND resolved.outcome = 'updated'
    AND users.source = current_setting('svp.source')
    AND users.user_id = resolved.user_id;
