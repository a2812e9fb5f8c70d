-- merge.sql: store the new rows of resolved, and put corrections in the place of the old ones. Nobody else stores any
-- meanwhile, so what is new is known; ON CONFLICT would write twice to the log for each row.
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
WHERE resolved.is_latest AND resolved.outcome = 'loaded'
ORDER BY resolved.line;

UPDATE oltp.devices
SET
    user_key = resolved.user_key,
    device_type = resolved.device_type,
    platform = resolved.platform,
    added_on = resolved.added_on,
    quality_flags = resolved.quality_flags,
    row_hash = resolved.row_hash,
    load_id = cast(current_setting('svp.load_id') AS bigint),
    ended_at = NULL
FROM resolved
WHERE
    resolved.is_latest
    AND resolved.outcome = 'updated'
    AND devices.source = current_setting('svp.source')
    AND devices.device_id = resolved.device_id;
