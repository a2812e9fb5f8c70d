-- outcomes.sql: how many rows of the file met which end.
-- grain: one row per outcome
SELECT
    resolved.outcome,
    count(*) AS outcome_rows
FROM resolved
GROUP BY resolved.outcome;
