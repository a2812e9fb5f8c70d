-- refresh_genre_engagement: agg_genre_engagement of a range of days, from the facts. A title of three genres counts in
-- each, a title without one in Unknown.
CREATE PROCEDURE refresh_genre_engagement (IN in_from date, IN in_to date)
COMMENT 'Rebuild the days from in_from to in_to of agg_genre_engagement; safe to repeat.'
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

    CALL begin_refresh('refresh_genre_engagement', in_from, in_to, v_refresh_id);
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;

    DELETE FROM changed_day
    WHERE changed_day.aggregate_name = 'genre_engagement' AND changed_day.date_key BETWEEN v_from_key AND v_to_key;
    DELETE FROM agg_genre_engagement WHERE agg_genre_engagement.date_key BETWEEN v_from_key AND v_to_key;

    INSERT INTO agg_genre_engagement (date_key, genre_key, plays, watch_seconds, unique_viewers, refreshed_at)
    SELECT
        fact_watch.date_key,
        coalesce(bridge_title_genre.genre_key, 0),
        sum(fact_watch.plays),
        sum(fact_watch.watch_seconds),
        count(DISTINCT if(fact_watch.watch_seconds > 0, nullif(fact_watch.customer_key, 0), NULL)),
        utc_timestamp()
    FROM fact_watch
    LEFT JOIN bridge_title_genre ON fact_watch.title_key = bridge_title_genre.title_key
    WHERE fact_watch.date_key BETWEEN v_from_key AND v_to_key
    GROUP BY fact_watch.date_key, coalesce(bridge_title_genre.genre_key, 0);
    SET v_row_count = row_count();

    COMMIT;
    CALL end_refresh(v_refresh_id, v_row_count);
END
