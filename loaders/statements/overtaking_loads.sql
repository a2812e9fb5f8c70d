-- overtaking_loads.sql: later loads that put other rows in the place of some that these loads wrote; of replays, the load
-- that goes with them.
-- grain:  one row per load and path
-- params: load_ids
SELECT
    load.path,
    coalesce(load.origin_load_id, load.load_id) AS whole_load_id,
    sum(replaced.kept_rows) AS replaced_rows
FROM ops.replaced
INNER JOIN ops.load ON replaced.load_id = load.load_id
WHERE
    replaced.replaced_load_id = any(cast(%(load_ids)s AS bigint[]))
    AND replaced.load_id <> all(cast(%(load_ids)s AS bigint[]))
GROUP BY whole_load_id, load.path
ORDER BY whole_load_id;
