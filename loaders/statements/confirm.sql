-- confirm.sql: note whose rows came again unchanged: they are rows of this load, too, so those loads can't be taken back
-- before it.
-- settings: svp.source, svp.load_id
UPDATE ops.load
SET
    confirmed_loads = array(
        SELECT DISTINCT stored.load_id
        FROM resolved
        INNER JOIN stored
            ON resolved.natural_id = stored.natural_id AND stored.source = current_setting('svp.source')
        WHERE resolved.is_latest AND resolved.row_outcome = 'unchanged'
    )
WHERE load.load_id = cast(current_setting('svp.load_id') AS bigint);
