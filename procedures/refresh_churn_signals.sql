-- refresh_churn_signals: agg_churn_signals of every month that the range touches: as of the month's end, or of the last
-- day with events in the month of that day; months after it have none. Each month goes on from the one before.
CREATE PROCEDURE refresh_churn_signals (IN in_from date, IN in_to date)
COMMENT 'Rebuild the months from in_from to in_to of agg_churn_signals; safe to repeat.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DECLARE v_from_key int DEFAULT year(in_from) * 10000 + month(in_from) * 100 + 1;
    DECLARE v_to_key int DEFAULT year(in_to) * 10000 + month(in_to) * 100 + 31;
    DECLARE v_month date;
    DECLARE v_first_month date;
    DECLARE v_last date;
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

    CALL begin_refresh('refresh_churn_signals', in_from, in_to, v_refresh_id);
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;

    DELETE FROM changed_day
    WHERE changed_day.aggregate_name = 'churn_signals' AND changed_day.date_key BETWEEN v_from_key AND v_to_key;

    -- SELECT INTO reads past who is writing events; a subquery of SET would wait.
    SELECT date_sub(dim_date.date_value, INTERVAL dayofmonth(dim_date.date_value) - 1 DAY) INTO v_first_month
    FROM event_span
    INNER JOIN dim_date ON event_span.first_date_key = dim_date.date_key;
    SELECT dim_date.date_value INTO v_last
    FROM event_span
    INNER JOIN dim_date ON event_span.last_date_key = dim_date.date_key;
    SET v_month = greatest(date_sub(in_from, INTERVAL dayofmonth(in_from) - 1 DAY), v_first_month);
    -- Months before the first event and after the last have none.
    DELETE FROM agg_churn_signals
    WHERE
        agg_churn_signals.date_key BETWEEN v_from_key AND v_to_key
        AND NOT coalesce(
            agg_churn_signals.date_key BETWEEN year(v_month) * 10000 + month(v_month) * 100
            AND year(v_last) * 10000 + month(v_last) * 100 + 31,
            FALSE
        );
    WHILE v_month <= least(in_to, v_last) DO
        CALL assess_customers(v_month, least(last_day(v_month), v_last), v_refresh_id);
        SET v_month = date_add(v_month, INTERVAL 1 MONTH);
    END WHILE;
    SELECT count(*) INTO v_row_count FROM agg_churn_signals
    WHERE agg_churn_signals.date_key BETWEEN v_from_key AND v_to_key;

    COMMIT;
    CALL end_refresh(v_refresh_id, v_row_count);
END
