-- publish_attempts: fact_attempt of one day from staging. Runs in the caller's transaction, after publish_members.
CREATE PROCEDURE publish_attempts (IN in_date_key int, IN in_day date)
COMMENT 'Replace the play attempts of one UTC day by the staged ones.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DELETE FROM fact_attempt WHERE fact_attempt.date_key = in_date_key;
    INSERT INTO fact_attempt (
        date_key, device_key, country_key, attempts, abandoned_attempts, failed_attempts, plays, failed_plays,
        known_startups, startup_milliseconds, startup_milliseconds_p50, startup_milliseconds_p95, stall_milliseconds,
        known_stall_watch_seconds, known_stall_plays, stalls, played_kilobits, known_bitrate_watch_seconds
    )
    SELECT
        in_date_key,
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
    INNER JOIN dim_device ON stg_attempt.device_type = dim_device.device_type
    INNER JOIN dim_country ON stg_attempt.country = dim_country.country
    WHERE stg_attempt.day = in_day;
END
