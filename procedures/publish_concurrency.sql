-- publish_concurrency: fact_concurrency of a range of days from stg_day.
-- Runs in the caller's transaction.
CREATE PROCEDURE publish_concurrency (IN in_from_key int, IN in_to_key int)
COMMENT 'Replace the days from in_from_key to in_to_key of fact_concurrency by the staged rows.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DELETE FROM fact_concurrency WHERE fact_concurrency.date_key BETWEEN in_from_key AND in_to_key;
    INSERT INTO fact_concurrency (date_key, peak_concurrent_streams, peak_minute_at, sessions_without_time)
    SELECT
        dim_date.date_key,
        stg_day.peak_concurrent_streams,
        stg_day.peak_minute_at,
        stg_day.sessions_without_time
    FROM stg_day
    INNER JOIN dim_date ON stg_day.day = dim_date.date_value
    WHERE dim_date.date_key BETWEEN in_from_key AND in_to_key;
END
