-- supersede.sql: of rows with one key in a file, the last that is not refused counts; those before it are unchanged if they
-- say the same, else updated.
-- grain: one row per row of resolved whose key comes again
WITH repeated AS (
    SELECT
        resolved.line,
        resolved.refused_code,
        resolved.row_hash,
        row_number() OVER latest_first AS position,
        first_value(resolved.row_hash) OVER latest_first AS latest_hash
    FROM resolved
    WINDOW
        latest_first AS (
            PARTITION BY resolved.natural_id, resolved.refused_code IS NULL
            ORDER BY resolved.line DESC
        )
)

UPDATE resolved
SET
    is_latest = FALSE,
    row_outcome = CASE
        WHEN repeated.refused_code IS NOT NULL THEN 'rejected'
        WHEN repeated.row_hash = repeated.latest_hash THEN 'unchanged'
        ELSE 'updated'
    END
FROM repeated
WHERE resolved.line = repeated.line AND repeated.position > 1;
