-- refused_keys.sql: the keys, with their source, of the refused rows that a load may overtake.
-- grain:  one row per key
-- params: load_id
SELECT DISTINCT own.source || ':' || refused_before.natural_id AS key
FROM refused_before
CROSS JOIN ops.load AS own
WHERE own.load_id = %(load_id)s;
