-- judge.sql: the outcome of every candidate, going by what is stored: loaded, unchanged, updated or rejected. Rows whose
-- key comes again in the file are superseded afterwards, by supersede.sql.
-- grain: one row per row of candidate, which link.sql of the target made
CREATE TEMPORARY TABLE resolved ON COMMIT DROP AS
SELECT
    candidate.*, -- noqa: AM04
    TRUE AS is_latest,
    CASE
        WHEN candidate.refused_code IS NOT NULL THEN 'rejected'
        WHEN candidate.stored_hash IS NULL THEN 'loaded'
        WHEN candidate.stored_hash = candidate.row_hash THEN 'unchanged'
        ELSE 'updated'
    END AS row_outcome
FROM candidate;
