-- overtake_day.sql: note that refused rows of a day are out of date, as a later file is all there is of it.
-- params: load_id, start (of the ids of the day)
UPDATE ops.quarantine
SET overtaken_by = quarantine.overtaken_by || own.load_id
FROM ops.load AS own
INNER JOIN ops.load AS refusing ON own.target = refusing.target AND own.source = refusing.source
WHERE
    own.load_id = %(load_id)s
    AND refusing.delivery_id < own.delivery_id
    AND quarantine.load_id = refusing.load_id
    AND starts_with(quarantine.natural_id, %(start)s);
