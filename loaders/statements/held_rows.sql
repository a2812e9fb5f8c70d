-- held_rows.sql: refused rows of a load that the contract can judge again, in the order of the file.
-- grain:  one row per refused row
-- params: load_id, after_line, limit
SELECT
    quarantine.line,
    quarantine.row_text,
    quarantine.row_values
FROM ops.quarantine
WHERE
    quarantine.load_id = %(load_id)s
    AND quarantine.row_form = 'columns'
    AND quarantine.line > %(after_line)s
ORDER BY quarantine.line
LIMIT %(limit)s;
