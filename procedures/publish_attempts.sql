-- publish_attempts: fact_attempt of a range of days from stg_attempt, with the kinds of device and countries that it
-- names. Runs in the caller's transaction.
CREATE PROCEDURE publish_attempts (IN in_from_key int, IN in_to_key int)
COMMENT 'Replace the days from in_from_key to in_to_key of fact_attempt by the staged rows.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    INSERT INTO dim_device (device_type)
    SELECT DISTINCT stg_attempt.device_type
    FROM stg_attempt
    LEFT JOIN dim_device ON stg_attempt.device_type = dim_device.device_type
    WHERE dim_device.device_key IS NULL;

    INSERT INTO dim_country (country)
    SELECT DISTINCT stg_attempt.country
    FROM stg_attempt
    LEFT JOIN dim_country ON stg_attempt.country = dim_country.country
    WHERE dim_country.country_key IS NULL;

    DELETE FROM fact_attempt WHERE fact_attempt.date_key BETWEEN in_from_key AND in_to_key;
    INSERT INTO fact_attempt (
        date_key, device_key, country_key, attempts, abandoned_attempts, failed_attempts, plays, failed_plays,
        known_startups, startup_milliseconds, startup_milliseconds_p50, startup_milliseconds_p95, stall_milliseconds,
        known_stall_watch_seconds, known_stall_plays, stalls, played_kilobits, known_bitrate_watch_seconds
    )
    SELECT
        dim_date.date_key,
        dim_device.device_key,
        dim_country.country_key,
        stg_attempt.attempts,
        stg_attempt.abandoned_attempts,
        stg_attempt.failed_attempts,
        stg_attempt.plays,
        stg_attempt.failed_plays,
        stg_attempt.known_startups,
        stg_attempt.startup_milliseconds,
        stg_attempt.startup_milliseconds_p50,
        stg_attempt.startup_milliseconds_p95,
        stg_attempt.stall_milliseconds,
        stg_attempt.known_stall_watch_seconds,
        stg_attempt.known_stall_plays,
        stg_attempt.stalls,
        stg_attempt.played_kilobits,
        stg_attempt.known_bitrate_watch_seconds
    FROM stg_attempt
    INNER JOIN dim_date ON stg_attempt.day = dim_date.date_value
    INNER JOIN dim_device ON stg_attempt.device_type = dim_device.device_type
    INNER JOIN dim_country ON stg_attempt.country = dim_country.country
    WHERE dim_date.date_key BETWEEN in_from_key AND in_to_key;
END
