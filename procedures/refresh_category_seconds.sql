-- refresh_category_seconds: fact_category_seconds of a range of days, after a title or an application got another
-- category. What reads it is marked, as it may have been rebuilt too soon.
CREATE PROCEDURE refresh_category_seconds (IN in_from date, IN in_to date)
COMMENT 'Rebuild the days from in_from to in_to of fact_category_seconds; safe to repeat.'
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

    CALL begin_refresh('refresh_category_seconds', in_from, in_to, v_refresh_id);
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;

    INSERT INTO changed_day (aggregate_name, date_key, changed_at)
    SELECT DISTINCT
        aggregate_slice.aggregate_name,
        aggregate_slice.slice_key,
        utc_timestamp(6)
    FROM aggregate_slice
    INNER JOIN published_day ON aggregate_slice.date_key = published_day.date_key
    WHERE aggregate_slice.date_key BETWEEN v_from_key AND v_to_key AND aggregate_slice.changed_by_category = 'Yes'
    ON DUPLICATE KEY UPDATE changed_at = utc_timestamp(6);

    CALL publish_category_seconds(v_from_key, v_to_key);
    SELECT count(*) INTO v_row_count FROM fact_category_seconds
    WHERE fact_category_seconds.date_key BETWEEN v_from_key AND v_to_key;

    COMMIT;
    CALL end_refresh(v_refresh_id, v_row_count);
END
