-- later_loads.sql: the completed loads of the same target that began after a load did.
-- grain:  one row per load
-- params: load_id
SELECT later.load_id
FROM ops.load AS origin
INNER JOIN ops.load AS later
    ON origin.target = later.target AND origin.started_at < later.started_at
WHERE origin.load_id = %(load_id)s AND later.state = 'complete';
