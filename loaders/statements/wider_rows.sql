-- wider_rows.sql: refused rows of which more is kept than the settings allow, the oldest first; those that wait for what
-- they refer to are kept whole.
-- grain:  one row per refused row
-- params: wider (values of quarantine_text that keep more), limit
SELECT
    quarantine.quarantine_id,
    quarantine.load_id,
    quarantine.line,
    quarantine.code,
    quarantine.column_name,
    quarantine.value,
    quarantine.row_text,
    quarantine.row_values,
    quarantine.row_form,
    load.kind,
    load.target,
    load.source,
    load.path,
    load.said
FROM ops.quarantine
INNER JOIN ops.load ON quarantine.load_id = load.load_id
WHERE
    quarantine.kept_as = any(cast(%(wider)s AS text[]))
    AND quarantine.code <> 'unknown_parent'
ORDER BY quarantine.quarantine_id
LIMIT %(limit)s;
