-- quarantine.sql: every refused row, by the content of its file.
-- grain: one row per refused row
SELECT cast(row_to_json(said.*) AS text) AS said
FROM (
    SELECT
        load.content_sha256,
        quarantine.line,
        quarantine.column_name,
        quarantine.code,
        quarantine.value,
        quarantine.row_text
    FROM ops.quarantine
    INNER JOIN ops.load ON quarantine.load_id = load.load_id
) AS said
ORDER BY said;
