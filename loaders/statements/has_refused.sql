-- has_refused.sql: a load, if any row of its target and source is in quarantine with an id between those of some keys.
-- grain:  one row, or none
-- params: load_id; keys (each begins with the source; the server says which is the first, by its own order of texts)
WITH accepted AS (
    SELECT
        min(substr(given.key, char_length(own.source) + 2)) AS first_id,
        max(substr(given.key, char_length(own.source) + 2)) AS last_id
    FROM ops.load AS own
    CROSS JOIN unnest(cast(%(keys)s AS text[])) AS given (key)
    WHERE own.load_id = %(load_id)s
)

SELECT own.load_id
FROM ops.load AS own
CROSS JOIN accepted
WHERE
    own.load_id = %(load_id)s
    AND EXISTS (
        SELECT 1
        FROM ops.load AS refusing
        INNER JOIN ops.quarantine ON refusing.load_id = quarantine.load_id
        WHERE
            refusing.target = own.target
            AND refusing.source = own.source
            AND quarantine.natural_id BETWEEN accepted.first_id AND accepted.last_id
    );
