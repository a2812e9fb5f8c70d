-- held_rows.sql: refused rows of a load that the contract can judge again, in the order of the file.
-- grain:  one row per refused row
-- params: load_id, after_line, limit
SELECT
    held_row.line,
    held_row.row_text,
    held_row.row_values
FROM ops.held_row
WHERE
    held_row.load_id = %(load_id)s
    AND held_row.row_form = 'columns'
    AND held_row.line > %(after_line)s
ORDER BY held_row.line
LIMIT %(limit)s;
