-- last_load: the newest load of this snapshot; documents of a later one belong to a later export.
-- grain:  one row
-- params: none
SELECT coalesce(max(load.load_id), 0) AS load_id
FROM ops.load
WHERE load.state = 'complete'
