-- refuse.sql: put the rows that link.sql refused into quarantine, as they were staged.
-- settings: svp.load_id
INSERT INTO ops.quarantine (load_id, line, column_name, code, value, row_text)
SELECT
    cast(current_setting('svp.load_id') AS bigint) AS load_id,
    resolved.line,
    resolved.refused_column,
    resolved.refused_code,
    left(resolved.refused_value, 80) AS value,
    cast(row_to_json(stage.*) AS text) AS row_text
FROM resolved
INNER JOIN stage ON resolved.line = stage.line
WHERE resolved.refused_code IS NOT NULL
ORDER BY resolved.line;
