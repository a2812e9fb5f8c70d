-- overtake.sql: note which refused rows are out of date because a row of their id, from a later delivery or later in the
-- same file, is accepted: new, corrected or unchanged.
-- settings: svp.load_id
UPDATE ops.quarantine
SET overtaken_by = quarantine.overtaken_by || own.load_id
FROM ops.load AS own
INNER JOIN ops.load AS refusing ON own.target = refusing.target AND own.source = refusing.source
CROSS JOIN resolved
WHERE
    own.load_id = cast(current_setting('svp.load_id') AS bigint)
    AND quarantine.load_id = refusing.load_id
    AND quarantine.natural_id = resolved.natural_id
    AND resolved.is_latest
    AND resolved.outcome IN ('loaded', 'unchanged', 'updated')
    AND (refusing.delivery_id, quarantine.line) < (own.delivery_id, resolved.line);
