-- publish_facts: the facts of a range of days from staging, whole, with the versions that they hold and the marks on
-- what they make stale. A day without staged rows becomes empty. Runs in the caller's transaction.
CREATE PROCEDURE publish_facts (IN in_from_key int, IN in_to_key int)
COMMENT 'Replace the facts of a range of UTC days by the staged ones; called by publish_days.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    CALL publish_watch(in_from_key, in_to_key);
    CALL publish_playback(in_from_key, in_to_key);
    CALL publish_ratings(in_from_key, in_to_key);
    CALL publish_concurrency(in_from_key, in_to_key);
    CALL publish_searches(in_from_key, in_to_key);
    CALL publish_attempts(in_from_key, in_to_key);
    CALL publish_hours(in_from_key, in_to_key);
    CALL publish_event_activity(in_from_key, in_to_key);
    CALL publish_subscription_events(in_from_key, in_to_key);

    INSERT INTO changed_day (aggregate_name, date_key, changed_at)
    SELECT DISTINCT
        aggregate_slice.aggregate_name,
        aggregate_slice.slice_key,
        utc_timestamp(6)
    FROM stg_day_version
    INNER JOIN dim_date ON stg_day_version.day = dim_date.date_value
    INNER JOIN aggregate_slice ON dim_date.date_key = aggregate_slice.date_key
    WHERE dim_date.date_key BETWEEN in_from_key AND in_to_key
    ON DUPLICATE KEY UPDATE changed_at = utc_timestamp(6);

    -- After the marks: the one on category seconds goes at once, because they are rebuilt here.
    CALL publish_box_watch(in_from_key, in_to_key);
    CALL publish_category_seconds(in_from_key, in_to_key);
    CALL publish_first_days(in_from_key, in_to_key);

    REPLACE INTO published_day (date_key, version, source_loads, published_at)
    SELECT
        dim_date.date_key,
        stg_day_version.version,
        coalesce(stg_day.source_loads, 0),
        utc_timestamp(6)
    FROM stg_day_version
    INNER JOIN dim_date ON stg_day_version.day = dim_date.date_value
    LEFT JOIN stg_day ON stg_day_version.day = stg_day.day
    WHERE dim_date.date_key BETWEEN in_from_key AND in_to_key;
END
