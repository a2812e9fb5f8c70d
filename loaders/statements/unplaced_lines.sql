-- unplaced_lines.sql: refused rows in some lines of a load that don't say where in the file they begin.
-- grain:  one row per line
-- params: load_id, first_line, last_line
SELECT quarantine.line
FROM ops.quarantine
WHERE
    quarantine.load_id = %(load_id)s
    AND quarantine.byte_offset IS NULL
    AND quarantine.line BETWEEN %(first_line)s AND %(last_line)s
ORDER BY quarantine.line;
