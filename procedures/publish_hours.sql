-- publish_hours: fact_hour of a range of days from stg_hour.
-- Runs in the caller's transaction.
CREATE PROCEDURE publish_hours (IN in_from_key int, IN in_to_key int)
COMMENT 'Replace the days from in_from_key to in_to_key of fact_hour by the staged rows.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DELETE FROM fact_hour WHERE fact_hour.date_key BETWEEN in_from_key AND in_to_key;
    INSERT INTO fact_hour (date_key, country_key, local_hour, title_key, plays, watch_seconds)
    SELECT
        stg_hour.date_key,
        stg_hour.country_key,
        stg_hour.local_hour,
        stg_hour.title_key,
        stg_hour.plays,
        stg_hour.watch_seconds
    FROM stg_hour
    WHERE stg_hour.date_key BETWEEN in_from_key AND in_to_key;
END
