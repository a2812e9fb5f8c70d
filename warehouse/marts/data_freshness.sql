-- data_freshness: how far each source has come, as the last export found it. last_event_at is the start of the last day
-- that its loads touched. A day is pending that waits for an export, or for a load to be complete.
-- grain: one row per source of loads
SELECT
    source_freshness.source,
    cast(source_freshness.last_event_on AS datetime) AS last_event_at,
    source_freshness.last_loaded_at,
    source_freshness.last_exported_at,
    cast(
        date_sub(refresh_log.ended_at, INTERVAL microsecond(refresh_log.ended_at) MICROSECOND) AS datetime
    ) AS last_refreshed_at,
    source_freshness.days_pending,
    cast(source_freshness.rows_quarantined AS decimal(18, 0)) AS rows_quarantined
FROM source_freshness
LEFT JOIN refresh_log
    ON refresh_log.refresh_id = (
        SELECT newest.refresh_id
        FROM refresh_log AS newest
        WHERE newest.procedure_name = 'refresh_changed_days' AND newest.outcome = 'done'
        ORDER BY newest.refresh_id DESC
        LIMIT 1
    )
