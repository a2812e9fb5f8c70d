-- quarantine.sql: keep rows that the contract refused, as much of them as the settings allow.
-- params:   load_id; lines, natural_ids, columns, codes, refused_values, row_texts, row_values, whole, byte_offsets
--           (arrays of equal length); whole is whether row_values can be judged again
-- settings: svp.quarantine_text (mask, keep, cut or none)
WITH allowed AS (
    SELECT
        current_setting('svp.quarantine_text') IN ('mask', 'keep') AS rows_are_kept,
        current_setting('svp.quarantine_text') <> 'none' AS values_are_kept
)

INSERT INTO ops.quarantine (
    load_id, line, natural_id, column_name, code, value, row_text, row_values, row_form, kept_as, byte_offset
)
SELECT
    %(load_id)s AS load_id,
    refused.line,
    CASE WHEN allowed.rows_are_kept THEN refused.natural_id END AS natural_id,
    refused.column_name,
    refused.code,
    CASE WHEN allowed.values_are_kept THEN refused.value END AS value,
    CASE WHEN allowed.rows_are_kept THEN refused.row_text ELSE '' END AS row_text,
    CASE WHEN allowed.rows_are_kept THEN refused.row_values END AS row_values,
    CASE
        WHEN allowed.rows_are_kept AND refused.row_values IS NOT NULL AND refused.is_whole THEN 'columns' ELSE 'text'
    END AS row_form,
    current_setting('svp.quarantine_text') AS kept_as,
    refused.byte_offset
FROM
    unnest(
        cast(%(lines)s AS bigint[]),
        cast(%(natural_ids)s AS text[]),
        cast(%(columns)s AS text[]),
        cast(%(codes)s AS text[]),
        cast(%(refused_values)s AS text[]),
        cast(%(row_texts)s AS text[]),
        cast(%(row_values)s AS json[]),
        cast(%(whole)s AS boolean[]),
        cast(%(byte_offsets)s AS bigint[])
    ) AS refused (line, natural_id, column_name, code, value, row_text, row_values, is_whole, byte_offset)
CROSS JOIN allowed;
