-- list_quarantine.sql: refused rows, the newest load first, in the order of the file.
-- grain:  one row per refused row
-- params: load_id, line (null for all), limit (null for all)
SELECT
    quarantine.load_id,
    load.kind,
    load.source,
    load.path,
    quarantine.line,
    quarantine.byte_offset,
    quarantine.column_name,
    quarantine.code,
    quarantine.value,
    quarantine.row_text,
    quarantine.row_values,
    quarantine.row_form,
    quarantine.refused_at,
    load.state = 'complete' AND held_row.quarantine_id IS NULL AS is_overtaken
FROM ops.quarantine
INNER JOIN ops.load ON quarantine.load_id = load.load_id
LEFT JOIN ops.held_row ON quarantine.quarantine_id = held_row.quarantine_id
WHERE
    (%(load_id)s IS NULL OR quarantine.load_id = %(load_id)s)
    AND (%(line)s IS NULL OR quarantine.line = %(line)s)
ORDER BY quarantine.load_id DESC, quarantine.line ASC
LIMIT %(limit)s;
