-- flags.sql: how many stored rows of the file carry which remark.
-- grain: one row per flag
SELECT
    flag.code,
    count(*) AS flagged_rows
FROM resolved
CROSS JOIN LATERAL unnest(resolved.quality_flags) AS flag (code)
WHERE resolved.is_latest AND resolved.outcome <> 'rejected'
GROUP BY flag.code
ORDER BY flag.code;
