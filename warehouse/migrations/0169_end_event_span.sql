-- The first and the last day with events: every "now" of a mart is the latter. Days in the future are none of them: one
-- wrong clock would make everybody silent for years. Each table answers from its primary key, as the day is a constant.
CREATE OR REPLACE SQL SECURITY INVOKER VIEW event_span AS
SELECT
    min(held.first_date_key) AS first_date_key,
    max(held.last_date_key) AS last_date_key
FROM (
    SELECT
        min(fact_watch.date_key) AS first_date_key,
        max(fact_watch.date_key) AS last_date_key
    FROM fact_watch
    WHERE fact_watch.date_key <= (SELECT clock.last_date_key FROM clock WHERE clock.clock_id = 1)
    UNION ALL
    SELECT
        min(fact_box_watch.date_key) AS first_date_key,
        max(fact_box_watch.date_key) AS last_date_key
    FROM fact_box_watch
    WHERE fact_box_watch.date_key <= (SELECT clock.last_date_key FROM clock WHERE clock.clock_id = 1)
    UNION ALL
    SELECT
        min(fact_playback.date_key) AS first_date_key,
        max(fact_playback.date_key) AS last_date_key
    FROM fact_playback
    WHERE fact_playback.date_key <= (SELECT clock.last_date_key FROM clock WHERE clock.clock_id = 1)
    UNION ALL
    SELECT
        min(fact_rating.date_key) AS first_date_key,
        max(fact_rating.date_key) AS last_date_key
    FROM fact_rating
    WHERE fact_rating.date_key <= (SELECT clock.last_date_key FROM clock WHERE clock.clock_id = 1)
    UNION ALL
    SELECT
        min(fact_search.date_key) AS first_date_key,
        max(fact_search.date_key) AS last_date_key
    FROM fact_search
    WHERE fact_search.date_key <= (SELECT clock.last_date_key FROM clock WHERE clock.clock_id = 1)
    UNION ALL
    SELECT
        min(fact_attempt.date_key) AS first_date_key,
        max(fact_attempt.date_key) AS last_date_key
    FROM fact_attempt
    WHERE fact_attempt.date_key <= (SELECT clock.last_date_key FROM clock WHERE clock.clock_id = 1)
    UNION ALL
    SELECT
        min(fact_event_activity.date_key) AS first_date_key,
        max(fact_event_activity.date_key) AS last_date_key
    FROM fact_event_activity
    WHERE fact_event_activity.date_key <= (SELECT clock.last_date_key FROM clock WHERE clock.clock_id = 1)
) AS held
