-- refresh_customer_month: agg_customer_month of every month that the range touches, from the facts, and the summaries
-- of customers that come from it: a report sees both or neither. Set-top boxes are one kind of device. Rows are written
-- over, and those that no longer are go: deleting a month's customers and inserting them again takes three times as long.
CREATE PROCEDURE refresh_customer_month (IN in_from date, IN in_to date)
COMMENT 'Rebuild the months from in_from to in_to of agg_customer_month; safe to repeat.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DECLARE v_from_key int DEFAULT year(in_from) * 10000 + month(in_from) * 100 + 1;
    DECLARE v_to_key int DEFAULT year(in_to) * 10000 + month(in_to) * 100 + 31;
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

    CALL begin_refresh('refresh_customer_month', in_from, in_to, v_refresh_id);
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;

    DELETE FROM changed_day
    WHERE changed_day.aggregate_name = 'customer_month' AND changed_day.date_key BETWEEN v_from_key AND v_to_key;

    INSERT INTO agg_customer_month (
        month_key, customer_key, child_seconds, movie_seconds, relax_seconds, sport_seconds, tv_seconds,
        unknown_seconds, total_seconds, most_watched, taste, active_days, days_in_period, segment_key, device_count,
        customer_code, country_key, segment, refreshed_at, refresh_id
    )
    -- Keys of categories and sources are those that the program itself gives: nothing is looked up for a row.
    WITH watched AS (
        SELECT
            fact_category_seconds.date_key - fact_category_seconds.date_key % 100 + 1 AS month_key,
            fact_category_seconds.customer_key,
            sum(if(fact_category_seconds.category_key = 1, fact_category_seconds.watch_seconds, 0)) AS child_seconds,
            sum(if(fact_category_seconds.category_key = 2, fact_category_seconds.watch_seconds, 0)) AS movie_seconds,
            sum(if(fact_category_seconds.category_key = 3, fact_category_seconds.watch_seconds, 0)) AS relax_seconds,
            sum(if(fact_category_seconds.category_key = 4, fact_category_seconds.watch_seconds, 0)) AS sport_seconds,
            sum(if(fact_category_seconds.category_key = 5, fact_category_seconds.watch_seconds, 0)) AS tv_seconds,
            sum(if(fact_category_seconds.category_key = 0, fact_category_seconds.watch_seconds, 0)) AS unknown_seconds,
            sum(fact_category_seconds.watch_seconds) AS total_seconds,
            -- A bit for each day of the month: to count distinct days, all rows would have to be sorted.
            bit_count(
                bit_or(if(fact_category_seconds.watch_seconds > 0, 1 << fact_category_seconds.date_key % 100, 0))
            ) AS active_days,
            max(if(fact_category_seconds.watch_source_key = 2, 1, 0)) AS box_count
        FROM fact_category_seconds
        WHERE
            fact_category_seconds.date_key BETWEEN v_from_key AND v_to_key
            AND fact_category_seconds.customer_key <> 0
        GROUP BY
            fact_category_seconds.date_key - fact_category_seconds.date_key % 100 + 1,
            fact_category_seconds.customer_key
    ),

    app AS (
        SELECT
            fact_watch.date_key - fact_watch.date_key % 100 + 1 AS month_key,
            fact_watch.customer_key,
            count(DISTINCT nullif(fact_watch.device_key, 0)) AS device_count
        FROM fact_watch
        WHERE fact_watch.date_key BETWEEN v_from_key AND v_to_key
        GROUP BY fact_watch.date_key - fact_watch.date_key % 100 + 1, fact_watch.customer_key
    )

    SELECT
        watched.month_key,
        watched.customer_key,
        watched.child_seconds,
        watched.movie_seconds,
        watched.relax_seconds,
        watched.sport_seconds,
        watched.tv_seconds,
        watched.unknown_seconds,
        watched.total_seconds,
        if(
            watched.total_seconds > 0,
            elt(
                field(
                    greatest(
                        watched.child_seconds, watched.movie_seconds, watched.relax_seconds,
                        watched.sport_seconds, watched.tv_seconds, watched.unknown_seconds
                    ),
                    watched.child_seconds, watched.movie_seconds, watched.relax_seconds,
                    watched.sport_seconds, watched.tv_seconds, watched.unknown_seconds
                ),
                'Child', 'Movie', 'Relax', 'Sport', 'TV', 'Unknown'
            ),
            NULL
        ),
        nullif(
            concat_ws(
                '-',
                if(watched.child_seconds > 0, 'Child', NULL),
                if(watched.movie_seconds > 0, 'Movie', NULL),
                if(watched.relax_seconds > 0, 'Relax', NULL),
                if(watched.sport_seconds > 0, 'Sport', NULL),
                if(watched.tv_seconds > 0, 'TV', NULL),
                if(watched.unknown_seconds > 0, 'Unknown', NULL)
            ),
            ''
        ),
        watched.active_days,
        dim_date.days_in_month,
        dim_segment.segment_key,
        coalesce(app.device_count, 0) + watched.box_count,
        dim_customer.customer_code,
        dim_customer.country_key,
        dim_segment.segment,
        utc_timestamp(),
        v_refresh_id
    FROM watched
    INNER JOIN dim_date ON watched.month_key = dim_date.date_key
    INNER JOIN dim_customer ON watched.customer_key = dim_customer.customer_key
    INNER JOIN dim_segment ON watched.active_days BETWEEN dim_segment.from_active_days AND dim_segment.to_active_days
    LEFT JOIN app ON watched.month_key = app.month_key AND watched.customer_key = app.customer_key
    -- VALUES () is what both MySQL and MariaDB know.
    ON DUPLICATE KEY UPDATE
        child_seconds = VALUES (child_seconds),
        movie_seconds = VALUES (movie_seconds),
        relax_seconds = VALUES (relax_seconds),
        sport_seconds = VALUES (sport_seconds),
        tv_seconds = VALUES (tv_seconds),
        unknown_seconds = VALUES (unknown_seconds),
        total_seconds = VALUES (total_seconds),
        most_watched = VALUES (most_watched),
        taste = VALUES (taste),
        active_days = VALUES (active_days),
        days_in_period = VALUES (days_in_period),
        segment_key = VALUES (segment_key),
        device_count = VALUES (device_count),
        customer_code = VALUES (customer_code),
        country_key = VALUES (country_key),
        segment = VALUES (segment),
        refreshed_at = VALUES (refreshed_at),
        refresh_id = VALUES (refresh_id);
    DELETE FROM agg_customer_month
    WHERE agg_customer_month.month_key BETWEEN v_from_key AND v_to_key AND agg_customer_month.refresh_id <> v_refresh_id;
    SELECT count(*) INTO v_row_count FROM agg_customer_month
    WHERE agg_customer_month.month_key BETWEEN v_from_key AND v_to_key;

    CALL summarise_customers(v_from_key, v_to_key);

    COMMIT;
    CALL end_refresh(v_refresh_id, v_row_count);
END
