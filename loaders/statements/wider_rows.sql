-- wider_rows.sql: refused rows that are kept as a setting says, the oldest first; but for those that wait for what they
-- refer to, which are kept whole.
-- grain:  one row per refused row
-- params: kept_as (mask, keep or cut), after_id (none before it is wanted), limit
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
    quarantine.kept_as = %(kept_as)s
    AND quarantine.quarantine_id > %(after_id)s
    AND quarantine.code <> 'unknown_parent'
ORDER BY quarantine.quarantine_id
LIMIT %(limit)s;
