-- days.sql: the event days that this load touches: of its rows, and of the rows they replace.
-- settings: svp.source, svp.load_id
INSERT INTO ops.load_day (load_id, day)
WITH touched AS (
    SELECT resolved.occurred_at
    FROM resolved
    WHERE resolved.is_latest AND resolved.row_outcome IN ('loaded', 'updated')
    UNION ALL
    SELECT subscription_events.occurred_at
    FROM resolved
    INNER JOIN oltp.subscription_events
        ON
            resolved.subscription_event_id = subscription_events.subscription_event_id
            AND subscription_events.source = current_setting('svp.source')
    WHERE resolved.is_latest AND resolved.row_outcome = 'updated'
)

SELECT DISTINCT
    cast(current_setting('svp.load_id') AS bigint) AS load_id,
    cast(touched.occurred_at AT TIME ZONE 'UTC' AS date) AS day
FROM touched
ON CONFLICT DO NOTHING;
