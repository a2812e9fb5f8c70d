-- last_runs: the last run of each procedure; one that says running while nobody holds the lock was interrupted.
-- grain:  one row per procedure
-- params: none
SELECT
    refresh_log.procedure_name,
    refresh_log.started_at,
    refresh_log.ended_at,
    refresh_log.row_count,
    CASE
        WHEN refresh_log.outcome = 'running' AND is_free_lock(concat(schema(), '.refresh')) THEN 'interrupted'
        ELSE refresh_log.outcome
    END AS outcome,
    refresh_log.message
FROM refresh_log
WHERE
    refresh_log.refresh_id IN (
        SELECT max(newest.refresh_id) FROM refresh_log AS newest
        GROUP BY newest.procedure_name
    )
ORDER BY refresh_log.procedure_name
