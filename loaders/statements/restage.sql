-- restage.sql: put rows of a load that PostgreSQL refused into the stage again, as they were judged the first time.
-- They are all of its columns, whatever its table.
-- params: load_id, is_waiting (whether only those that wait for what they refer to)
INSERT INTO stage
SELECT kept.* -- noqa: AM04
FROM ops.held_row
CROSS JOIN LATERAL json_populate_record(cast(NULL AS stage), cast(held_row.row_text AS json)) AS kept
WHERE
    held_row.load_id = %(load_id)s
    AND held_row.row_form = 'values'
    AND (held_row.code = 'unknown_parent' OR NOT %(is_waiting)s);
