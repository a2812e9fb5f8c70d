-- totals_of_fact_event_activity: events that apps told of.
-- grain:  one row per day
-- params: none
SELECT
    dim_date.date_value AS day,
    sum(fact_event_activity.events) AS app_events
FROM fact_event_activity
INNER JOIN dim_date ON fact_event_activity.date_key = dim_date.date_key
GROUP BY dim_date.date_value
