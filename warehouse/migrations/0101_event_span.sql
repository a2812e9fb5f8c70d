-- The first and the last day with events: every "now" of a mart is the latter. Each table answers from its primary key.
CREATE OR REPLACE SQL SECURITY INVOKER VIEW event_span AS
SELECT
    min(held.first_date_key) AS first_date_key,
    max(held.last_date_key) AS last_date_key
FROM (
    SELECT
        min(fact_watch.date_key) AS first_date_key,
        max(fact_watch.date_key) AS last_date_key
    FROM fact_watch
    UNION ALL
    SELECT
        min(fact_box_watch.date_key) AS first_date_key,
        max(fact_box_watch.date_key) AS last_date_key
    FROM fact_box_watch
    UNION ALL
    SELECT
        min(fact_playback.date_key) AS first_date_key,
        max(fact_playback.date_key) AS last_date_key
    FROM fact_playback
    UNION ALL
    SELECT
        min(fact_rating.date_key) AS first_date_key,
        max(fact_rating.date_key) AS last_date_key
    FROM fact_rating
    UNION ALL
    SELECT
        min(fact_search.date_key) AS first_date_key,
        max(fact_search.date_key) AS last_date_key
    FROM fact_search
    UNION ALL
    SELECT
        min(fact_attempt.date_key) AS first_date_key,
        max(fact_attempt.date_key) AS last_date_key
    FROM fact_attempt
    UNION ALL
    SELECT
        min(fact_event_activity.date_key) AS first_date_key,
        max(fact_event_activity.date_key) AS last_date_key
    FROM fact_event_activity
) AS held
