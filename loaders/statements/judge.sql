-- judge.sql: the outcome of every candidate: loaded, unchanged, updated or rejected. Of rows with one key in a file,
-- the last that is not refused counts; those before it are unchanged if they say the same, else updated.
-- grain: one row per row of candidate, which link.sql of the target made
CREATE TEMPORARY TABLE resolved ON COMMIT DROP AS
SELECT
    candidate.*, -- noqa: AM04
    row_number() OVER latest_first = 1 AS is_latest,
    CASE
        WHEN candidate.refused_code IS NOT NULL THEN 'rejected'
        WHEN
            row_number() OVER latest_first > 1
            AND candidate.row_hash = first_value(candidate.row_hash) OVER latest_first
            THEN 'unchanged'
        WHEN row_number() OVER latest_first > 1 THEN 'updated'
        WHEN candidate.stored_hash IS NULL THEN 'loaded'
        WHEN candidate.stored_hash = candidate.row_hash THEN 'unchanged'
        ELSE 'updated'
    END AS outcome
FROM candidate
WINDOW
    latest_first AS (
        PARTITION BY candidate.natural_id, candidate.refused_code IS NULL
        ORDER BY candidate.line DESC
    );
