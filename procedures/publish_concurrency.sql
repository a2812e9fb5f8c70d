-- publish_concurrency: fact_concurrency of one day from stg_day.
-- Runs in the caller's transaction.
CREATE PROCEDURE publish_concurrency (IN in_date_key int, IN in_day date)
COMMENT 'Replace one UTC day of fact_concurrency by the staged row.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DELETE FROM fact_concurrency WHERE fact_concurrency.date_key = in_date_key;
    INSERT INTO fact_concurrency (date_key, peak_concurrent_streams, peak_minute_at, sessions_without_time)
    SELECT
        in_date_key,
        stg_day.peak_concurrent_streams,
        stg_day.peak_minute_at,
        stg_day.sessions_without_time
    FROM stg_day
    WHERE stg_day.day = in_day;
END
