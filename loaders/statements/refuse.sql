-- refuse.sql: put the rows that link.sql refused into quarantine, as they were staged. Those that wait for what they
-- refer to are kept whole whatever the settings say: they are loaded from there.
-- settings: svp.load_id, svp.quarantine_text (keep, cut or none)
WITH refused AS (
    SELECT
        resolved.line,
        resolved.natural_id,
        resolved.refused_column,
        resolved.refused_code,
        cast(row_to_json(stage.*) AS text) AS row_text,
        left(resolved.refused_value, 80) AS value,
        resolved.refused_code = 'unknown_parent' OR current_setting('svp.quarantine_text') = 'keep' AS is_kept,
        current_setting('svp.quarantine_text') = 'none' AS is_bare
    FROM resolved
    INNER JOIN stage ON resolved.line = stage.line
    WHERE resolved.refused_code IS NOT NULL
)

INSERT INTO ops.quarantine (load_id, line, natural_id, column_name, code, value, row_text, row_form)
SELECT
    cast(current_setting('svp.load_id') AS bigint) AS load_id,
    refused.line,
    CASE WHEN refused.is_kept THEN refused.natural_id END AS natural_id,
    refused.refused_column,
    refused.refused_code,
    CASE WHEN refused.is_kept OR NOT refused.is_bare THEN refused.value END AS value,
    CASE WHEN refused.is_kept THEN refused.row_text ELSE '' END AS row_text,
    CASE WHEN refused.is_kept THEN 'values' ELSE 'text' END AS row_form
FROM refused
ORDER BY refused.line;
