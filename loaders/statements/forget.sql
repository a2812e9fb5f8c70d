-- forget.sql: remove refused rows, and rows that were replaced, that are older than the settings keep them.
-- params: quarantine_days (null for ever), undo_days
DELETE FROM ops.quarantine
WHERE
    quarantine.refused_at < clock_timestamp() - make_interval(days => cast(%(quarantine_days)s AS integer));

DELETE FROM ops.replaced_row
USING ops.load
WHERE
    replaced_row.load_id = load.load_id
    AND load.state = 'complete'
    AND replaced_row.replaced_at < clock_timestamp() - make_interval(days => %(undo_days)s);

DELETE FROM ops.replaced_lines
USING ops.load
WHERE
    replaced_lines.load_id = load.load_id
    AND load.state = 'complete'
    AND replaced_lines.replaced_at < clock_timestamp() - make_interval(days => %(undo_days)s);
