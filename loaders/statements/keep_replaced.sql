-- keep_replaced.sql: keep the rows that resolved is about to replace or to end, as long as they are not too many; and
-- their number in any case, so that undo knows whether it has them all.
-- params:   max_rows
-- settings: svp.source, svp.load_id, svp.undo_days
WITH replaced AS (
    SELECT
        stored.row_key,
        stored.load_id,
        stored.image
    FROM resolved
    INNER JOIN stored
        ON resolved.natural_id = stored.natural_id AND stored.source = current_setting('svp.source')
    WHERE resolved.is_latest AND resolved.row_outcome IN ('updated', 'ended')
),

counted AS (
    SELECT count(*) AS replaced_rows
    FROM replaced
),

kept AS (
    INSERT INTO ops.replaced_row (load_id, row_key, replaced_load_id, image)
    SELECT
        cast(current_setting('svp.load_id') AS bigint) AS load_id,
        replaced.row_key,
        replaced.load_id AS replaced_load_id,
        replaced.image
    FROM replaced
    CROSS JOIN counted
    WHERE
        counted.replaced_rows <= %(max_rows)s
        AND cast(current_setting('svp.undo_days') AS integer) > 0
)

UPDATE ops.load
SET replaced_rows = counted.replaced_rows
FROM counted
WHERE load.load_id = cast(current_setting('svp.load_id') AS bigint);
