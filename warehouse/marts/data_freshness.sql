-- data_freshness: how far each source has come, as the last export found it. last_event_at is the start of the last day
-- that its loads touched. A day is pending that waits for an export, or for a load to be complete.
-- grain: one row per source of loads
SELECT
    source_freshness.source,
    cast(source_freshness.last_event_on AS datetime) AS last_event_at,
    source_freshness.last_loaded_at,
    source_freshness.last_exported_at,
    last_refresh.refreshed_at AS last_refreshed_at,
    source_freshness.days_pending,
    cast(source_freshness.rows_quarantined AS decimal(18, 0)) AS rows_quarantined
FROM source_freshness
LEFT JOIN last_refresh ON TRUE
