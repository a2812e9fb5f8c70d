-- outcomes.sql: how many rows of the file met which end, and with which remarks those of them that are stored.
-- grain: one row per outcome and set of remarks
WITH remarked AS (
    SELECT
        resolved.row_outcome,
        CASE
            WHEN resolved.is_latest AND resolved.row_outcome NOT IN ('rejected', 'ended') THEN resolved.quality_flags
            ELSE '{}'
        END AS remarks
    FROM resolved
)

SELECT
    remarked.row_outcome,
    remarked.remarks,
    count(*) AS outcome_rows
FROM remarked
GROUP BY remarked.row_outcome, remarked.remarks;
