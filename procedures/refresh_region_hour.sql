-- refresh_region_hour: agg_region_hour of a range of days, from the facts, with the title that was watched most.
CREATE PROCEDURE refresh_region_hour (IN in_from date, IN in_to date)
COMMENT 'Rebuild the days from in_from to in_to of agg_region_hour; safe to repeat.'
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

    CALL begin_refresh('refresh_region_hour', in_from, in_to, v_refresh_id);
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;

    DELETE FROM changed_day
    WHERE changed_day.aggregate_name = 'region_hour' AND changed_day.date_key BETWEEN v_from_key AND v_to_key;
    DELETE FROM agg_region_hour WHERE agg_region_hour.date_key BETWEEN v_from_key AND v_to_key;

    INSERT INTO agg_region_hour (
        date_key, country_key, local_hour, plays, watch_seconds, top_title_key, top_content_id, top_title,
        refreshed_at
    )
    WITH ranked AS (
        SELECT
            fact_hour.date_key,
            fact_hour.country_key,
            fact_hour.local_hour,
            fact_hour.title_key,
            fact_hour.plays,
            fact_hour.watch_seconds,
            row_number() OVER (
                PARTITION BY fact_hour.date_key, fact_hour.country_key, fact_hour.local_hour
                ORDER BY fact_hour.watch_seconds DESC, fact_hour.plays DESC, dim_title.content_id ASC, dim_title.source ASC
            ) AS position
        FROM fact_hour
        INNER JOIN dim_title ON fact_hour.title_key = dim_title.title_key
        WHERE fact_hour.date_key BETWEEN v_from_key AND v_to_key
    ),

    summed AS (
        SELECT
            ranked.date_key,
            ranked.country_key,
            ranked.local_hour,
            sum(ranked.plays) AS plays,
            sum(ranked.watch_seconds) AS watch_seconds,
            max(if(ranked.position = 1, ranked.title_key, NULL)) AS top_title_key
        FROM ranked
        GROUP BY ranked.date_key, ranked.country_key, ranked.local_hour
    )

    SELECT
        summed.date_key,
        summed.country_key,
        summed.local_hour,
        summed.plays,
        summed.watch_seconds,
        summed.top_title_key,
        dim_title.content_id,
        dim_title.title,
        utc_timestamp()
    FROM summed
    INNER JOIN dim_title ON summed.top_title_key = dim_title.title_key;
    SET v_row_count = row_count();

    COMMIT;
    CALL end_refresh(v_refresh_id, v_row_count);
END
