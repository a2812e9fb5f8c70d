-- rewritten_targets.sql: the loads whose documents are to be written again because a load is taken back.
-- grain:  one row per load
-- params: load_id
SELECT
    rewritten.load_id,
    rewritten.target
FROM ops.load
INNER JOIN ops.load AS rewritten ON rewritten.load_id = any(load.rewritten_loads)
WHERE load.load_id = %(load_id)s
ORDER BY rewritten.load_id;
