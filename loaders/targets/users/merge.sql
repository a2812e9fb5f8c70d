-- merge.sql: store the new rows of resolved, and put corrections in the place of the old ones.
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
WHERE resolved.is_latest AND resolved.outcome IN ('loaded', 'updated')
ORDER BY resolved.line
ON CONFLICT (source, user_id) DO UPDATE
    SET
        full_name = excluded.full_name,
        age = excluded.age,
        country = excluded.country,
        plan = excluded.plan,
        registered_on = excluded.registered_on,
        contract_code = excluded.contract_code,
        payment_method = excluded.payment_method,
        preferred_device = excluded.preferred_device,
        is_active = excluded.is_active,
        lifetime_watch_hours = excluded.lifetime_watch_hours,
        quality_flags = excluded.quality_flags,
        row_hash = excluded.row_hash,
        load_id = excluded.load_id,
        ended_at = NULL;
