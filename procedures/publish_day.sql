-- publish_day: the facts of one day from staging, whole, with the version that they hold and the marks on what
-- they make stale. A day without staged rows becomes empty. Runs in the caller's transaction.
CREATE PROCEDURE publish_day (IN in_date_key int, IN in_day date, IN in_version bigint)
COMMENT 'Replace the facts of one UTC day by the staged ones; called by publish_days.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    CALL publish_watch(in_date_key, in_day);
    CALL publish_playback(in_date_key, in_day);
    CALL publish_ratings(in_date_key, in_day);
    CALL publish_concurrency(in_date_key, in_day);
    CALL publish_searches(in_date_key, in_day);
    CALL publish_attempts(in_date_key, in_day);
    CALL publish_hours(in_date_key, in_day);
    CALL publish_event_activity(in_date_key, in_day);
    CALL publish_subscription_events(in_date_key, in_day);

    INSERT INTO changed_day (aggregate_name, date_key, changed_at)
    SELECT
        aggregate_slice.aggregate_name,
        aggregate_slice.slice_key,
        utc_timestamp(6)
    FROM aggregate_slice
    WHERE aggregate_slice.date_key = in_date_key
    ON DUPLICATE KEY UPDATE changed_at = utc_timestamp(6);

    -- After the marks: the one on category seconds goes at once, because they are rebuilt here.
    CALL publish_box_watch(in_date_key, in_day);
    CALL publish_category_seconds(in_date_key, in_date_key);
    CALL publish_first_days(in_date_key);

    REPLACE INTO published_day (date_key, version, source_loads, published_at)
    VALUES (
        in_date_key,
        in_version,
        coalesce((SELECT max(stg_day.source_loads) FROM stg_day WHERE stg_day.day = in_day), 0),
        utc_timestamp(6)
    );
END
