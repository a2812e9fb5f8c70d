-- begin_undo.sql: note that loads are being taken back, in the transaction that does so in PostgreSQL; what they refused
-- goes with them, and refused rows that they overtook may come in again.
-- params: load_ids, rewritten_loads
DELETE FROM ops.quarantine
WHERE quarantine.load_id = any(cast(%(load_ids)s AS bigint[]));

UPDATE ops.quarantine
SET
    overtaken_by = array(
        SELECT unnest(quarantine.overtaken_by)
        EXCEPT
        SELECT unnest(cast(%(load_ids)s AS bigint[]))
    )
WHERE quarantine.overtaken_by && cast(%(load_ids)s AS bigint[]);

UPDATE ops.load
SET
    state = 'undoing',
    rewritten_loads = %(rewritten_loads)s
WHERE load.load_id = any(cast(%(load_ids)s AS bigint[]));
