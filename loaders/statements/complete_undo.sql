-- complete_undo.sql: note that a load is gone, in the transaction that raised its versions.
-- params: load_id
DELETE FROM ops.load_day
WHERE load_day.load_id = %(load_id)s;

DELETE FROM ops.replaced_row
WHERE replaced_row.load_id = %(load_id)s;

DELETE FROM ops.replaced_lines
WHERE replaced_lines.load_id = %(load_id)s;

UPDATE ops.load
SET
    state = 'undone',
    rewritten_loads = NULL,
    ended_at = clock_timestamp()
WHERE load.load_id = %(load_id)s;
