-- publish_event_activity: fact_event_activity of one day from staging. Runs in the caller's transaction, after
-- publish_members.
CREATE PROCEDURE publish_event_activity (IN in_date_key int, IN in_day date)
COMMENT 'Replace the events of apps of one UTC day by the staged ones.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DELETE FROM fact_event_activity WHERE fact_event_activity.date_key = in_date_key;
    INSERT INTO fact_event_activity (
        date_key, platform, country_key, events, active_users, sessions, session_milliseconds_median,
        session_milliseconds_p95
    )
    SELECT
        in_date_key,
        stg_event_activity.platform,
        dim_country.country_key,
        stg_event_activity.events,
        stg_event_activity.active_users,
        stg_event_activity.sessions,
        stg_event_activity.session_milliseconds_median,
        stg_event_activity.session_milliseconds_p95
    FROM stg_event_activity
    INNER JOIN dim_country ON stg_event_activity.country = dim_country.country
    WHERE stg_event_activity.day = in_day;
END
