-- confirming_loads.sql: later loads that brought rows of these loads again, unchanged.
-- grain:  one row per load
-- params: load_ids
SELECT
    load.load_id,
    load.path
FROM ops.load
WHERE
    load.confirmed_loads && cast(%(load_ids)s AS bigint[])
    AND load.load_id <> all(cast(%(load_ids)s AS bigint[]))
    AND load.state <> 'undone'
ORDER BY load.load_id;
