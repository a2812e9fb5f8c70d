-- restage.sql: put rows of a load that PostgreSQL refused into the stage again, as they were judged the first time.
-- They are all of its columns, whatever its table.
-- params: load_id, is_waiting (whether only those that wait for what they refer to)
INSERT INTO stage
SELECT kept.* -- noqa: AM04
FROM ops.quarantine
CROSS JOIN LATERAL json_populate_record(cast(NULL AS stage), cast(quarantine.row_text AS json)) AS kept
WHERE
    quarantine.load_id = %(load_id)s
    AND quarantine.row_form = 'values'
    AND (quarantine.code = 'unknown_parent' OR NOT %(is_waiting)s);
