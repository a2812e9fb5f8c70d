-- has_refused.sql: a load, if any row of its target and source is in quarantine with an id between those of two keys.
-- grain:  one row, or none
-- params: load_id; first_key, last_key (each begins with the source)
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
            AND quarantine.natural_id
            BETWEEN substr(%(first_key)s, char_length(own.source) + 2)
            AND substr(%(last_key)s, char_length(own.source) + 2)
    );
