-- quarantine.sql: keep rows that the contract refused.
-- params: load_id; lines, columns, codes, refused_values, row_texts (arrays of equal length)
INSERT INTO ops.quarantine (load_id, line, column_name, code, value, row_text)
SELECT
    %(load_id)s AS load_id,
    refused.line,
    refused.column_name,
    refused.code,
    refused.value,
    refused.row_text
FROM unnest(
    cast(%(lines)s AS bigint[]),
    cast(%(columns)s AS text[]),
    cast(%(codes)s AS text[]),
    cast(%(refused_values)s AS text[]),
    cast(%(row_texts)s AS text[])
) AS refused (line, column_name, code, value, row_text);
