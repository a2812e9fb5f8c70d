-- last_event_day: the last day with events, of any kind, that is not in the future.
-- grain:  one row, or none before the first event
-- params: none
SELECT dim_date.date_value AS last_day
FROM event_span
INNER JOIN dim_date ON event_span.last_date_key = dim_date.date_key
