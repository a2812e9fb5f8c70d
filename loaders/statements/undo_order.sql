-- undo_order.sql: these loads and all that are to be taken back before them, by whatever ways: a load waits for another
-- that brought rows of its own again, or replaced some; and whether what each of them replaced is kept.
-- grain:  one row per load; those out of quarantine count as the load that they go with
-- params: load_ids; documents (targets that are documents, of which nothing is kept, unless a load counted what it replaced)
WITH RECURSIVE part AS (
    SELECT
        load.load_id,
        load.confirmed_loads,
        coalesce(load.origin_load_id, load.load_id) AS whole_load_id,
        coalesce(
            load.replaced_rows,
            CASE WHEN load.target <> all(%(documents)s) THEN load.updated_rows END
        ) AS replaced_rows
    FROM ops.load
    WHERE load.state <> 'undone'
),

replaced AS (
    SELECT
        replaced.load_id,
        replaced.replaced_load_id,
        replaced.kept_rows
    FROM ops.replaced
),

step AS (
    SELECT
        part.whole_load_id AS load_id,
        later.whole_load_id AS waits_for
    FROM part AS later
    INNER JOIN part ON part.load_id = any(later.confirmed_loads)
    UNION
    SELECT
        part.whole_load_id AS load_id,
        later.whole_load_id AS waits_for
    FROM replaced
    INNER JOIN part AS later ON replaced.load_id = later.load_id
    INNER JOIN part ON replaced.replaced_load_id = part.load_id
),

involved AS (
    SELECT part.whole_load_id AS load_id
    FROM part
    WHERE part.load_id = any(cast(%(load_ids)s AS bigint[]))
    UNION
    SELECT step.waits_for AS load_id
    FROM involved
    INNER JOIN step ON involved.load_id = step.load_id
),

unkept AS (
    SELECT part.whole_load_id AS load_id
    FROM part
    LEFT JOIN replaced ON part.load_id = replaced.load_id
    GROUP BY part.load_id, part.whole_load_id, part.replaced_rows
    HAVING coalesce(sum(replaced.kept_rows), 0) < part.replaced_rows
)

SELECT
    involved.load_id,
    array(
        SELECT step.waits_for
        FROM step
        WHERE step.load_id = involved.load_id AND step.waits_for <> step.load_id
        ORDER BY step.waits_for
    ) AS waits_for,
    involved.load_id NOT IN (SELECT unkept.load_id FROM unkept) AS is_kept
FROM involved
ORDER BY involved.load_id;
