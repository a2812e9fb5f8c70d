-- confirming_loads.sql: later loads that brought rows of these loads again, unchanged; of replays, the load that goes with
-- them.
-- grain:  one row per load and path
-- params: load_ids
SELECT
    load.path,
    coalesce(load.origin_load_id, load.load_id) AS whole_load_id
FROM ops.load
WHERE
    load.state <> 'undone'
    AND load.confirmed_loads && cast(%(load_ids)s AS bigint[])
    AND load.load_id <> all(cast(%(load_ids)s AS bigint[]))
ORDER BY whole_load_id;
