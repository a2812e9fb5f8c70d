-- gather_refused.sql: the rows in quarantine of a load's target and source that came since the last time, by this load too.
-- grain:  one row per refused row
-- params: load_id; start (of the ids, where they begin with the day of the file); last_id (none before it is new)
INSERT INTO refused_before (quarantine_id, natural_id, line, delivery_id)
SELECT
    quarantine.quarantine_id,
    quarantine.natural_id,
    quarantine.line,
    refusing.delivery_id
FROM ops.load AS own
INNER JOIN ops.load AS refusing ON own.target = refusing.target AND own.source = refusing.source
INNER JOIN ops.quarantine ON refusing.load_id = quarantine.load_id
WHERE
    own.load_id = %(load_id)s
    AND quarantine.quarantine_id > %(last_id)s
    AND starts_with(quarantine.natural_id, %(start)s);
