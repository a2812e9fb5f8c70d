-- leave_overtaken.sql: leave out of resolved the rows in whose place a later delivery is stored, and note that they are
-- overtaken: one that was loaded before quarantine knew ids could not say so of them.
-- params:   load_id (the load that refused the rows)
-- settings: svp.source
WITH newer AS (
    SELECT
        resolved.line,
        stored.load_id
    FROM resolved
    INNER JOIN stored
        ON resolved.natural_id = stored.natural_id AND stored.source = current_setting('svp.source')
    INNER JOIN ops.load AS storing ON stored.load_id = storing.load_id
    INNER JOIN ops.load AS refusing ON storing.delivery_id > refusing.delivery_id
    WHERE refusing.load_id = %(load_id)s
),

left_out AS (
    DELETE FROM resolved
    USING newer
    WHERE resolved.line = newer.line
)

UPDATE ops.quarantine
SET overtaken_by = quarantine.overtaken_by || newer.load_id
FROM newer
WHERE quarantine.load_id = %(load_id)s AND quarantine.line = newer.line;
