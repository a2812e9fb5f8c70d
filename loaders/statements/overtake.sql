-- overtake.sql: note which refused rows are out of date because a row of their id, from a later delivery or later in the
-- same file, is accepted: new, corrected or unchanged. The refused ones stand apart first: nothing tells the server how
-- few, or many, they are, and it would go through the file once for each.
-- settings: svp.load_id
CREATE TEMPORARY TABLE refused_before ON COMMIT DROP AS
SELECT
    quarantine.quarantine_id,
    quarantine.natural_id,
    quarantine.line,
    refusing.delivery_id
FROM ops.load AS own
INNER JOIN ops.load AS refusing ON own.target = refusing.target AND own.source = refusing.source
INNER JOIN ops.quarantine ON refusing.load_id = quarantine.load_id
WHERE own.load_id = cast(current_setting('svp.load_id') AS bigint) AND quarantine.natural_id IS NOT NULL;

ANALYZE refused_before;

UPDATE ops.quarantine
SET overtaken_by = quarantine.overtaken_by || own.load_id
FROM refused_before
INNER JOIN resolved ON refused_before.natural_id = resolved.natural_id
INNER JOIN ops.load AS own ON own.load_id = cast(current_setting('svp.load_id') AS bigint)
WHERE
    quarantine.quarantine_id = refused_before.quarantine_id
    AND resolved.is_latest
    AND resolved.row_outcome IN ('loaded', 'unchanged', 'updated')
    AND (refused_before.delivery_id, refused_before.line) < (own.delivery_id, resolved.line);
