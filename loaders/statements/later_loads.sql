-- later_loads.sql: the completed loads of the same target whose rows were delivered after those of a load.
-- grain:  one row per load
-- params: load_id
SELECT later.load_id
FROM ops.load AS origin
INNER JOIN ops.load AS later
    ON origin.target = later.target AND origin.delivery_id < later.delivery_id
WHERE origin.load_id = %(load_id)s AND later.state = 'complete';
