-- show_churn_signals: the signals of every customer as of any day, the last with events if in_as_of is null, as rows.
-- They are worked out as those of the day that its month keeps, from what was refreshed before the month, and rolled
-- back: the mart has one day a month, then as before. A day that has none is refused before the run log hears of it,
-- since nothing failed. State 45002 says so.
CREATE PROCEDURE show_churn_signals (IN in_as_of date)
COMMENT 'Return the churn signals of every customer as of a day; nothing is kept.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DECLARE v_as_of date;
    DECLARE v_first date;
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

    -- Without it a transaction is open already, which is not ours to roll back.
    IF NOT @@autocommit THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'show_churn_signals: switch autocommit on before you call it';
    END IF;

    SELECT
        first_day.date_value AS first_event_day,
        last_day.date_value AS last_event_day
    INTO v_first, v_last
    FROM event_span
    INNER JOIN dim_date AS first_day ON event_span.first_date_key = first_day.date_key
    INNER JOIN dim_date AS last_day ON event_span.last_date_key = last_day.date_key;
    SET v_as_of = coalesce(in_as_of, v_last);
    IF NOT coalesce(v_as_of BETWEEN v_first AND v_last, FALSE) THEN
        SET v_message = concat(
            'there are no signals of churn as of ', coalesce(v_as_of, 'any day'), ': ',
            coalesce(concat('events go from ', v_first, ' to ', v_last), 'there are no events')
        );
        SIGNAL SQLSTATE '45002' SET MESSAGE_TEXT = v_message;
    END IF;

    CALL begin_refresh('show_churn_signals', NULL, NULL, v_refresh_id);

    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;
    CALL assess_customers(date_sub(v_as_of, INTERVAL dayofmonth(v_as_of) - 1 DAY), v_as_of, v_refresh_id);
    SELECT
        agg_churn_signals.customer_code,
        v_as_of AS as_of_date,
        agg_churn_signals.days_since_last_play,
        agg_churn_signals.watch_hours_last_28,
        agg_churn_signals.watch_hours_prev_28,
        cast(
            100.00000000 * (agg_churn_signals.watch_seconds_last_28 - agg_churn_signals.watch_seconds_prev_28)
            / nullif(agg_churn_signals.watch_seconds_prev_28, 0) AS decimal(18, 2)
        ) AS trend,
        agg_churn_signals.rfm_r,
        agg_churn_signals.rfm_f,
        agg_churn_signals.rfm_m,
        agg_churn_signals.rfm_segment,
        agg_churn_signals.risk_band
    FROM agg_churn_signals
    WHERE agg_churn_signals.date_key = cast(date_format(v_as_of, '%Y%m%d') AS signed)
    ORDER BY agg_churn_signals.customer_code;
    SELECT count(*) INTO v_row_count FROM agg_churn_signals
    WHERE agg_churn_signals.date_key = cast(date_format(v_as_of, '%Y%m%d') AS signed);
    ROLLBACK;

    CALL end_refresh(v_refresh_id, v_row_count);
END
