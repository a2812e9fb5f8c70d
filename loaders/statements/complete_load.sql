-- complete_load.sql: note that a load is published, in the transaction that raised its versions.
-- params: load_id
UPDATE ops.load
SET
    state = 'complete',
    ended_at = clock_timestamp()
WHERE load_id = %(load_id)s;
