-- publish_day: the facts of one day from staging, whole, in one transaction with the version that they hold and
-- the marks on what they make stale. A day without staged rows becomes empty.
CREATE PROCEDURE publish_day (IN in_day date, IN in_version bigint)
COMMENT 'Replace the facts of one UTC day by the staged ones; safe to repeat.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DECLARE v_date_key int;
    DECLARE v_refresh_id int;
    DECLARE v_row_count bigint;
    DECLARE v_sql_state char(5);
    DECLARE v_message text;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1 v_sql_state = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT;
        ROLLBACK;
        CALL fail_refresh(v_refresh_id, v_sql_state, v_message);
        RESIGNAL;
    END;

    CALL begin_refresh('publish_day', in_day, in_day, v_refresh_id);
    IF in_day IS NULL OR in_version IS NULL THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'publish_day: no day or no version was given';
    END IF;
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;

    IF NOT EXISTS (SELECT 1 FROM dim_date WHERE dim_date.date_value = in_day) THEN
        CALL refresh_calendar(in_day, in_day);
    END IF;
    SELECT dim_date.date_key INTO v_date_key FROM dim_date
    WHERE dim_date.date_value = in_day;

    CALL publish_members(in_day);

    DELETE FROM fact_watch WHERE fact_watch.date_key = v_date_key;
    INSERT INTO fact_watch (
        date_key, customer_key, title_key, device_key,
        plays, valid_plays, known_completion_plays, complete_plays, watch_seconds
    )
    SELECT
        v_date_key,
        dim_customer.customer_key,
        dim_title.title_key,
        coalesce(dim_device.device_key, 0),
        sum(stg_watch.plays),
        sum(stg_watch.valid_plays),
        sum(stg_watch.known_completion_plays),
        sum(stg_watch.complete_plays),
        sum(stg_watch.watch_seconds)
    FROM stg_watch
    INNER JOIN dim_customer
        ON
            stg_watch.customer_source = dim_customer.source
            AND stg_watch.customer_code = dim_customer.customer_code
    INNER JOIN dim_title
        ON
            stg_watch.title_source = dim_title.source
            AND stg_watch.content_id = dim_title.content_id
    LEFT JOIN dim_device ON stg_watch.device_type = dim_device.device_type
    WHERE stg_watch.day = in_day
    GROUP BY dim_customer.customer_key, dim_title.title_key, coalesce(dim_device.device_key, 0);
    SET v_row_count = row_count();

    DELETE FROM fact_playback WHERE fact_playback.date_key = v_date_key;
    INSERT INTO fact_playback (
        date_key, device_key, quality_key, attempts, plays, known_completion_plays, complete_plays, watch_seconds
    )
    SELECT
        v_date_key,
        coalesce(dim_device.device_key, 0),
        coalesce(dim_quality.quality_key, 0),
        sum(stg_playback.attempts),
        sum(stg_playback.plays),
        sum(stg_playback.known_completion_plays),
        sum(stg_playback.complete_plays),
        sum(stg_playback.watch_seconds)
    FROM stg_playback
    LEFT JOIN dim_device ON stg_playback.device_type = dim_device.device_type
    LEFT JOIN dim_quality ON stg_playback.quality = dim_quality.quality
    WHERE stg_playback.day = in_day
    GROUP BY coalesce(dim_device.device_key, 0), coalesce(dim_quality.quality_key, 0);
    SET v_row_count = v_row_count + row_count();

    DELETE FROM fact_rating WHERE fact_rating.date_key = v_date_key;
    INSERT INTO fact_rating (date_key, title_key, ratings, stars)
    SELECT
        v_date_key,
        dim_title.title_key,
        sum(stg_rating.ratings),
        sum(stg_rating.stars)
    FROM stg_rating
    INNER JOIN dim_title
        ON
            stg_rating.title_source = dim_title.source
            AND stg_rating.content_id = dim_title.content_id
    WHERE stg_rating.day = in_day
    GROUP BY dim_title.title_key;
    SET v_row_count = v_row_count + row_count();

    DELETE FROM fact_concurrency WHERE fact_concurrency.date_key = v_date_key;
    INSERT INTO fact_concurrency (date_key, peak_concurrent_streams, peak_minute_at, sessions_without_time)
    SELECT
        v_date_key,
        stg_day.peak_concurrent_streams,
        stg_day.peak_minute_at,
        stg_day.sessions_without_time
    FROM stg_day
    WHERE stg_day.day = in_day;

    INSERT INTO changed_day (aggregate_name, date_key, changed_at)
    SELECT
        aggregate_slice.aggregate_name,
        aggregate_slice.slice_key,
        utc_timestamp(6)
    FROM aggregate_slice
    WHERE aggregate_slice.date_key = v_date_key
    ON DUPLICATE KEY UPDATE changed_at = utc_timestamp(6);

    -- After the marks: the one on category seconds goes at once, because they are rebuilt here.
    CALL publish_box_watch(v_date_key, in_day);
    SELECT v_row_count + count(*) INTO v_row_count FROM fact_box_watch
    WHERE fact_box_watch.date_key = v_date_key;
    CALL publish_category_seconds(v_date_key, v_date_key);
    CALL publish_first_days(v_date_key);

    REPLACE INTO published_day (date_key, version, source_loads, published_at)
    VALUES (
        v_date_key,
        in_version,
        coalesce((SELECT max(stg_day.source_loads) FROM stg_day WHERE stg_day.day = in_day), 0),
        utc_timestamp(6)
    );

    COMMIT;
    CALL end_refresh(v_refresh_id, v_row_count);
END
