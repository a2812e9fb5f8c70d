-- publish_event_activity: fact_event_activity of a range of days from staging, with the countries that it
-- names. Runs in the caller's transaction.
CREATE PROCEDURE publish_event_activity (IN in_from_key int, IN in_to_key int)
COMMENT 'Replace the days from in_from_key to in_to_key of fact_event_activity by the staged rows.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    INSERT INTO dim_country (country)
    SELECT DISTINCT stg_event_activity.country
    FROM stg_event_activity
    LEFT JOIN dim_country ON stg_event_activity.country = dim_country.country
    WHERE dim_country.country_key IS NULL;

    DELETE FROM fact_event_activity WHERE fact_event_activity.date_key BETWEEN in_from_key AND in_to_key;
    INSERT INTO fact_event_activity (
        date_key, platform, country_key, events, active_users, sessions, session_milliseconds_median,
        session_milliseconds_p95
    )
    SELECT
        dim_date.date_key,
        stg_event_activity.platform,
        dim_country.country_key,
        stg_event_activity.events,
        stg_event_activity.active_users,
        stg_event_activity.sessions,
        stg_event_activity.session_milliseconds_median,
        stg_event_activity.session_milliseconds_p95
    FROM stg_event_activity
    INNER JOIN dim_date ON stg_event_activity.day = dim_date.date_value
    INNER JOIN dim_country ON stg_event_activity.country = dim_country.country
    WHERE dim_date.date_key BETWEEN in_from_key AND in_to_key;
END
