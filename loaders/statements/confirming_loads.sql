-- confirming_loads.sql: later loads that brought rows of these loads again, unchanged; of replays, the load that goes with
-- them. It is mutual if these loads brought rows of that one again, too.
-- grain:  one row per load and path
-- params: load_ids
WITH part AS (
    SELECT
        load.load_id,
        load.path,
        load.confirmed_loads,
        coalesce(load.origin_load_id, load.load_id) AS whole_load_id
    FROM ops.load
    WHERE load.state <> 'undone'
)

SELECT
    part.whole_load_id,
    part.path,
    part.whole_load_id IN (
        SELECT other.whole_load_id
        FROM part AS own
        INNER JOIN part AS other ON other.load_id = any(own.confirmed_loads)
        WHERE own.load_id = any(cast(%(load_ids)s AS bigint[]))
    ) AS is_mutual
FROM part
WHERE
    part.confirmed_loads && cast(%(load_ids)s AS bigint[])
    AND part.load_id <> all(cast(%(load_ids)s AS bigint[]))
ORDER BY part.whole_load_id;
