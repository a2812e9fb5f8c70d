-- events: events of the warehouse, times in UTC.
-- grain:  one row per event
-- params: none
SELECT
    events.event_name,
    events.status,
    events.interval_value,
    events.interval_field,
    events.definer,
    events.last_altered AS changed_at,
    convert_tz(events.starts, events.time_zone, '+00:00') AS starts_at,
    convert_tz(events.last_executed, events.time_zone, '+00:00') AS last_run_at,
    events.event_comment
FROM information_schema.events
WHERE events.event_schema = schema()
ORDER BY events.event_name
