-- event_activity: what apps told of their use, day by day; empty without event exports. Only events may be summed: users
-- and sessions are distinct in their row. A session is as long as from its first event of the row to its last, and
-- percentiles of that are nearest-rank: never average them.
-- grain: one row per UTC day, platform and country with events
SELECT
    dim_date.date_value AS stat_date,
    fact_event_activity.platform,
    dim_country.country,
    cast(fact_event_activity.events AS decimal(18, 0)) AS events,
    fact_event_activity.active_users,
    fact_event_activity.sessions,
    cast(1.00000000 * fact_event_activity.session_milliseconds_median / 1000 AS decimal(18, 3)) AS session_seconds_median,
    cast(1.00000000 * fact_event_activity.session_milliseconds_p95 / 1000 AS decimal(18, 3)) AS session_seconds_p95,
    fact_event_activity.date_key,
    fact_event_activity.country_key
FROM fact_event_activity
INNER JOIN dim_date ON fact_event_activity.date_key = dim_date.date_key
INNER JOIN dim_country ON fact_event_activity.country_key = dim_country.country_key
