-- restage.sql: put the waiting rows of a load into the stage again, as they were judged the first time.
-- They are all of its columns, whatever its table.
-- params: load_id
INSERT INTO stage
SELECT kept.* -- noqa: AM04
FROM ops.quarantine
CROSS JOIN LATERAL json_populate_record(cast(NULL AS stage), cast(quarantine.row_text AS json)) AS kept
WHERE quarantine.load_id = %(load_id)s AND quarantine.code = 'unknown_parent';
