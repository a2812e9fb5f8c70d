-- undo_circle.sql: loads that are to be taken back before these, and that these are to be taken back before, by whatever
-- ways: no order is left. A load is before another of whose rows it brought some again or replaced some.
-- grain:  one row per load; those out of quarantine count as the load that they go with
-- params: load_ids
WITH RECURSIVE part AS (
    SELECT
        load.load_id,
        load.confirmed_loads,
        coalesce(load.origin_load_id, load.load_id) AS whole_load_id
    FROM ops.load
    WHERE load.state <> 'undone'
),

replaced AS (
    SELECT DISTINCT
        replaced_row.load_id,
        replaced_row.replaced_load_id
    FROM ops.replaced_row
),

step AS (
    SELECT
        later.whole_load_id AS earlier_undo_id,
        part.whole_load_id AS later_undo_id
    FROM part AS later
    INNER JOIN part ON part.load_id = any(later.confirmed_loads)
    UNION
    SELECT
        later.whole_load_id AS earlier_undo_id,
        part.whole_load_id AS later_undo_id
    FROM replaced
    INNER JOIN part AS later ON replaced.load_id = later.load_id
    INNER JOIN part ON replaced.replaced_load_id = part.load_id
),

before_these AS (
    SELECT step.earlier_undo_id
    FROM step
    WHERE step.later_undo_id = any(cast(%(load_ids)s AS bigint[]))
    UNION
    SELECT step.earlier_undo_id
    FROM before_these
    INNER JOIN step ON before_these.earlier_undo_id = step.later_undo_id
),

after_these AS (
    SELECT step.later_undo_id
    FROM step
    WHERE step.earlier_undo_id = any(cast(%(load_ids)s AS bigint[]))
    UNION
    SELECT step.later_undo_id
    FROM after_these
    INNER JOIN step ON after_these.later_undo_id = step.earlier_undo_id
)

SELECT before_these.earlier_undo_id AS load_id
FROM before_these
INNER JOIN after_these ON before_these.earlier_undo_id = after_these.later_undo_id
WHERE before_these.earlier_undo_id <> all(cast(%(load_ids)s AS bigint[]))
ORDER BY load_id;
