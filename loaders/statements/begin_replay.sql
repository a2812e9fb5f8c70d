-- begin_replay.sql: enter rows of a load that are accepted now as a load of their own, out of quarantine; returns its
-- load_id. In the order of deliveries it has the place of the one the rows came with; unless they were corrected, which
-- nobody did before now.
-- params: load_id (the load that refused the rows), is_correction
DELETE FROM ops.quarantine
USING resolved
WHERE quarantine.load_id = %(load_id)s AND quarantine.line = resolved.line;

WITH replayed AS (
    SELECT string_agg(cast(resolved.line AS text), ' ' ORDER BY resolved.line) AS lines
    FROM resolved
),

entered AS (
    INSERT INTO ops.load (
        content_sha256, kind, target, source, path, file_bytes, said, is_packed, state, origin_load_id, is_correction
    )
    SELECT
        encode(
            sha256(convert_to(load.content_sha256 || ' ' || replayed.lines, 'UTF8')), 'hex'
        ) AS content_sha256,
        load.kind,
        load.target,
        load.source,
        load.path,
        load.file_bytes,
        load.said,
        load.is_packed,
        'planned' AS state,
        coalesce(load.origin_load_id, load.load_id) AS origin_load_id,
        %(is_correction)s AS is_correction
    FROM ops.load
    CROSS JOIN replayed
    WHERE load.load_id = %(load_id)s
    RETURNING load_id
)

SELECT
    entered.load_id,
    set_config('svp.load_id', cast(entered.load_id AS text), TRUE) AS setting
FROM entered;
