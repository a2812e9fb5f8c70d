-- removed.sql: the rows that go with some loads: they wrote them, and there was none of that key before.
-- grain:  one row per row
-- params: load_ids, target
CREATE TEMPORARY TABLE removed ON COMMIT DROP AS
SELECT stored.row_key
FROM stored
WHERE
    stored.load_id = any(cast(%(load_ids)s AS bigint[]))
    AND NOT EXISTS (
        SELECT 1
        FROM ops.replaced_row
        INNER JOIN ops.load ON replaced_row.load_id = load.load_id
        WHERE
            load.target = %(target)s
            AND replaced_row.row_key = stored.row_key
            AND replaced_row.load_id = any(cast(%(load_ids)s AS bigint[]))
            AND replaced_row.replaced_load_id <> all(cast(%(load_ids)s AS bigint[]))
    );
