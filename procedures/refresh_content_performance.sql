-- refresh_content_performance: agg_content_performance of a range of days, from the facts.
CREATE PROCEDURE refresh_content_performance (IN in_from date, IN in_to date)
COMMENT 'Rebuild the days from in_from to in_to of agg_content_performance; safe to repeat.'
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

    CALL begin_refresh('refresh_content_performance', in_from, in_to, v_refresh_id);
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;

    DELETE FROM changed_day
    WHERE changed_day.aggregate_name = 'content_performance' AND changed_day.date_key BETWEEN v_from_key AND v_to_key;
    DELETE FROM agg_content_performance WHERE agg_content_performance.date_key BETWEEN v_from_key AND v_to_key;

    INSERT INTO agg_content_performance (
        date_key, title_key, plays, unique_viewers, known_completion_plays, complete_plays, watch_seconds,
        ratings, stars, content_id, title, content_type, category_key, refreshed_at
    )
    WITH performed AS (
        SELECT
            fact_watch.date_key,
            fact_watch.title_key,
            sum(fact_watch.plays) AS plays,
            count(DISTINCT if(fact_watch.watch_seconds > 0, nullif(fact_watch.customer_key, 0), NULL)) AS unique_viewers,
            sum(fact_watch.known_completion_plays) AS known_completion_plays,
            sum(fact_watch.complete_plays) AS complete_plays,
            sum(fact_watch.watch_seconds) AS watch_seconds,
            0 AS ratings,
            0 AS stars
        FROM fact_watch
        WHERE fact_watch.date_key BETWEEN v_from_key AND v_to_key
        GROUP BY fact_watch.date_key, fact_watch.title_key
        UNION ALL
        SELECT
            fact_rating.date_key,
            fact_rating.title_key,
            0 AS plays,
            0 AS unique_viewers,
            0 AS known_completion_plays,
            0 AS complete_plays,
            0 AS watch_seconds,
            fact_rating.ratings,
            fact_rating.stars
        FROM fact_rating
        WHERE fact_rating.date_key BETWEEN v_from_key AND v_to_key
    ),

    summed AS (
        SELECT
            performed.date_key,
            performed.title_key,
            sum(performed.plays) AS plays,
            sum(performed.unique_viewers) AS unique_viewers,
            sum(performed.known_completion_plays) AS known_completion_plays,
            sum(performed.complete_plays) AS complete_plays,
            sum(performed.watch_seconds) AS watch_seconds,
            sum(performed.ratings) AS ratings,
            sum(performed.stars) AS stars
        FROM performed
        GROUP BY performed.date_key, performed.title_key
    )

    SELECT
        summed.date_key,
        summed.title_key,
        summed.plays,
        summed.unique_viewers,
        summed.known_completion_plays,
        summed.complete_plays,
        summed.watch_seconds,
        summed.ratings,
        summed.stars,
        dim_title.content_id,
        dim_title.title,
        dim_title.content_type,
        dim_title.category_key,
        utc_timestamp()
    FROM summed
    INNER JOIN dim_title ON summed.title_key = dim_title.title_key;
    SET v_row_count = row_count();

    COMMIT;
    CALL end_refresh(v_refresh_id, v_row_count);
END
