-- flags.sql: how many stored rows of the file carry which remark.
-- grain: one row per flag
WITH remarks AS (
    SELECT
        resolved.quality_flags,
        count(*) AS flagged_rows
    FROM resolved
    WHERE resolved.is_latest AND resolved.outcome <> 'rejected'
    GROUP BY resolved.quality_flags
)

SELECT
    flag.code,
    cast(sum(remarks.flagged_rows) AS bigint) AS flagged_rows
FROM remarks
CROSS JOIN LATERAL unnest(remarks.quality_flags) AS flag (code)
GROUP BY flag.code
ORDER BY flag.code;
