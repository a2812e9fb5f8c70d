-- refresh_daily_statistics: agg_daily_statistics of a range of days, from the facts.
CREATE PROCEDURE refresh_daily_statistics (IN in_from date, IN in_to date)
COMMENT 'Rebuild the days from in_from to in_to of agg_daily_statistics; safe to repeat.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DECLARE v_from_key int DEFAULT year(in_from) * 10000 + month(in_from) * 100 + dayofmonth(in_from);
    DECLARE v_to_key int DEFAULT year(in_to) * 10000 + month(in_to) * 100 + dayofmonth(in_to);
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

    CALL begin_refresh('refresh_daily_statistics', in_from, in_to, v_refresh_id);
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;

    DELETE FROM changed_day
    WHERE changed_day.aggregate_name = 'daily_statistics' AND changed_day.date_key BETWEEN v_from_key AND v_to_key;
    DELETE FROM agg_daily_statistics WHERE agg_daily_statistics.date_key BETWEEN v_from_key AND v_to_key;

    INSERT INTO agg_daily_statistics (
        date_key, active_customers, new_customers, plays, valid_plays, known_completion_plays, complete_plays,
        app_seconds, set_top_box_seconds, child_seconds, movie_seconds, relax_seconds, sport_seconds, tv_seconds,
        unknown_seconds, peak_concurrent_streams, peak_minute_at, source_loads, refreshed_at
    )
    -- Keys of categories and sources are those that the program itself gives: nothing is looked up for a row.
    WITH watched AS (
        SELECT
            fact_category_seconds.date_key,
            sum(if(fact_category_seconds.watch_source_key = 1, fact_category_seconds.watch_seconds, 0)) AS app_seconds,
            sum(
                if(fact_category_seconds.watch_source_key = 2, fact_category_seconds.watch_seconds, 0)
            ) AS set_top_box_seconds,
            sum(if(fact_category_seconds.category_key = 1, fact_category_seconds.watch_seconds, 0)) AS child_seconds,
            sum(if(fact_category_seconds.category_key = 2, fact_category_seconds.watch_seconds, 0)) AS movie_seconds,
            sum(if(fact_category_seconds.category_key = 3, fact_category_seconds.watch_seconds, 0)) AS relax_seconds,
            sum(if(fact_category_seconds.category_key = 4, fact_category_seconds.watch_seconds, 0)) AS sport_seconds,
            sum(if(fact_category_seconds.category_key = 5, fact_category_seconds.watch_seconds, 0)) AS tv_seconds,
            sum(if(fact_category_seconds.category_key = 0, fact_category_seconds.watch_seconds, 0)) AS unknown_seconds
        FROM fact_category_seconds
        WHERE fact_category_seconds.date_key BETWEEN v_from_key AND v_to_key
        GROUP BY fact_category_seconds.date_key
    ),

    -- In the order of the key a customer's rows of a day stand together: distinct ones are counted without a tree of them.
    active AS (
        SELECT
            customer_day.date_key,
            count(*) AS active_customers
        FROM (
            SELECT
                fact_category_seconds.date_key,
                fact_category_seconds.customer_key
            FROM fact_category_seconds
            WHERE
                fact_category_seconds.date_key BETWEEN v_from_key AND v_to_key
                AND fact_category_seconds.customer_key <> 0
                AND fact_category_seconds.watch_seconds > 0
            GROUP BY fact_category_seconds.date_key, fact_category_seconds.customer_key
        ) AS customer_day
        GROUP BY customer_day.date_key
    ),

    played AS (
        SELECT
            fact_watch.date_key,
            sum(fact_watch.plays) AS plays,
            sum(fact_watch.valid_plays) AS valid_plays,
            sum(fact_watch.known_completion_plays) AS known_completion_plays,
            sum(fact_watch.complete_plays) AS complete_plays
        FROM fact_watch
        WHERE fact_watch.date_key BETWEEN v_from_key AND v_to_key
        GROUP BY fact_watch.date_key
    ),

    joined AS (
        SELECT
            customer_first_day.first_date_key AS date_key,
            count(*) AS new_customers
        FROM customer_first_day
        WHERE customer_first_day.first_date_key BETWEEN v_from_key AND v_to_key
        GROUP BY customer_first_day.first_date_key
    )

    SELECT
        watched.date_key,
        coalesce(active.active_customers, 0),
        coalesce(joined.new_customers, 0),
        coalesce(played.plays, 0),
        coalesce(played.valid_plays, 0),
        coalesce(played.known_completion_plays, 0),
        coalesce(played.complete_plays, 0),
        watched.app_seconds,
        watched.set_top_box_seconds,
        watched.child_seconds,
        watched.movie_seconds,
        watched.relax_seconds,
        watched.sport_seconds,
        watched.tv_seconds,
        watched.unknown_seconds,
        fact_concurrency.peak_concurrent_streams,
        fact_concurrency.peak_minute_at,
        coalesce(published_day.source_loads, 0),
        utc_timestamp()
    FROM watched
    LEFT JOIN active ON watched.date_key = active.date_key
    LEFT JOIN played ON watched.date_key = played.date_key
    LEFT JOIN joined ON watched.date_key = joined.date_key
    LEFT JOIN fact_concurrency ON watched.date_key = fact_concurrency.date_key
    LEFT JOIN published_day ON watched.date_key = published_day.date_key;
    SET v_row_count = row_count();

    COMMIT;
    CALL end_refresh(v_refresh_id, v_row_count);
END
