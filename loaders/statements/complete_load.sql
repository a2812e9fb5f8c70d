-- complete_load.sql: note that a load is published, in the transaction that raised its versions.
-- params: load_id
DELETE FROM ops.ended_document
WHERE ended_document.load_id = %(load_id)s;

UPDATE ops.load
SET
    state = 'complete',
    ended_at = clock_timestamp()
WHERE load_id = %(load_id)s;
