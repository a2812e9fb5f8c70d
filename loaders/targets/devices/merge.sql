-- merge.sql: store the new rows of resolved, and put corrections in the place of the old ones.
-- settings: svp.source, svp.load_id
INSERT INTO oltp.devices (
    source,
    device_id,
    user_key,
    device_type,
    platform,
    added_on,
    quality_flags,
    row_hash,
    load_id
)
SELECT
    current_setting('svp.source') AS source,
    resolved.device_id,
    resolved.user_key,
    resolved.device_type,
    resolved.platform,
    resolved.added_on,
    resolved.quality_flags,
    resolved.row_hash,
    cast(current_setting('svp.load_id') AS bigint) AS load_id
FROM resolved
WHERE resolved.is_latest AND resolved.outcome IN ('loaded', 'updated')
ORDER BY resolved.line
ON CONFLICT (source, device_id) DO UPDATE
    SET
        user_key = excluded.user_key,
        device_type = excluded.device_type,
        platform = excluded.platform,
        added_on = excluded.added_on,
        quality_flags = excluded.quality_flags,
        row_hash = excluded.row_hash,
        load_id = excluded.load_id,
        ended_at = NULL;
