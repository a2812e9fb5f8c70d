-- future_days: days with events that had begun nowhere when aggregates were refreshed last.
-- grain:  one row per UTC day
-- params: none
SELECT dim_date.date_value
FROM clock
INNER JOIN published_day ON clock.last_date_key < published_day.date_key
INNER JOIN dim_date ON published_day.date_key = dim_date.date_key
WHERE
    clock.clock_id = 1
    AND (
        EXISTS (SELECT 1 FROM fact_watch WHERE fact_watch.date_key = published_day.date_key)
        OR EXISTS (SELECT 1 FROM fact_box_watch WHERE fact_box_watch.date_key = published_day.date_key)
        OR EXISTS (SELECT 1 FROM fact_playback WHERE fact_playback.date_key = published_day.date_key)
        OR EXISTS (SELECT 1 FROM fact_rating WHERE fact_rating.date_key = published_day.date_key)
        OR EXISTS (SELECT 1 FROM fact_search WHERE fact_search.date_key = published_day.date_key)
        OR EXISTS (SELECT 1 FROM fact_attempt WHERE fact_attempt.date_key = published_day.date_key)
        OR EXISTS (SELECT 1 FROM fact_event_activity WHERE fact_event_activity.date_key = published_day.date_key)
        OR EXISTS (SELECT 1 FROM fact_subscription_event WHERE fact_subscription_event.date_key = published_day.date_key)
    )
ORDER BY dim_date.date_value
