-- first_completed_load: when the first load was complete, UTC; from then on there is something to export.
-- grain:  one row, with null before the first
-- params: none
SELECT (min(load.ended_at) AT TIME ZONE 'UTC') AS ended_at
FROM ops.load
WHERE load.state = 'complete'
