-- sources: what the ledger and the quarantine say of each source, for stg_source. A day in the future, which is after
-- tomorrow, is no last day: it would hide for years that a source has stopped.
-- grain:  one row per source
-- params: none
WITH touched AS (
    SELECT
        load_day.load_id,
        max(load_day.day) AS last_day
    FROM ops.load_day
    WHERE load_day.day <= cast(current_timestamp AT TIME ZONE 'UTC' AS date) + 1
    GROUP BY load_day.load_id
),

refused AS (
    SELECT
        quarantine.load_id,
        count(*) AS refused_rows
    FROM ops.quarantine
    GROUP BY quarantine.load_id
)

SELECT
    load.source,
    max(touched.last_day) FILTER (WHERE load.state = 'complete') AS last_event_on,
    date_trunc('second', max(load.ended_at) FILTER (WHERE load.state = 'complete') AT TIME ZONE 'UTC') AS last_loaded_at,
    coalesce(sum(refused.refused_rows), 0) AS rows_quarantined
FROM ops.load
LEFT JOIN touched ON load.load_id = touched.load_id
LEFT JOIN refused ON load.load_id = refused.load_id
GROUP BY load.source
