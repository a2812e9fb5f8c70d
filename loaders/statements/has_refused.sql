-- has_refused.sql: a load, if any row of its target and source is in quarantine with its id.
-- grain:  one row, or none
-- params: load_id
SELECT own.load_id
FROM ops.load AS own
WHERE
    own.load_id = %(load_id)s
    AND EXISTS (
        SELECT 1
        FROM ops.load AS refusing
        INNER JOIN ops.quarantine ON refusing.load_id = quarantine.load_id
        WHERE
            refusing.target = own.target
            AND refusing.source = own.source
            AND quarantine.natural_id IS NOT NULL
    );
