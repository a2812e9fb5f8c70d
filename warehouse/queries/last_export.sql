-- last_export: the last export; one that says running while nobody holds the lock was interrupted.
-- grain:  one row, or none before the first export
-- params: none
SELECT
    export_log.started_at,
    export_log.ended_at,
    export_log.day_count,
    export_log.row_count,
    CASE
        WHEN export_log.outcome = 'running' AND is_free_lock(concat(schema(), '.export')) THEN 'interrupted'
        ELSE export_log.outcome
    END AS outcome,
    export_log.message
FROM export_log
ORDER BY export_log.export_id DESC
LIMIT 1
