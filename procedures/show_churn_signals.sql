-- show_churn_signals: the signals of every customer as of any day, the last with events if in_as_of is null, as rows:
-- worked out as those of the day that its month keeps, from what was refreshed before the month. It only reads, so one
-- that is broken off leaves nothing, and a refresh at work doesn't keep it waiting. State 45002 says that a day has none.
CREATE PROCEDURE show_churn_signals (IN in_as_of date)
COMMENT 'Return the churn signals of every customer as of a day.'
SQL SECURITY INVOKER
READS SQL DATA
BEGIN
    DECLARE v_as_of date;
    DECLARE v_month date;
    DECLARE v_as_of_key int;
    DECLARE v_month_key int;
    DECLARE v_former_key int;
    DECLARE v_last_28_key int;
    DECLARE v_prev_28_key int;
    DECLARE v_first date;
    DECLARE v_last date;
    DECLARE v_message text;

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

    SET v_month = date_sub(v_as_of, INTERVAL dayofmonth(v_as_of) - 1 DAY);
    SET v_as_of_key = cast(date_format(v_as_of, '%Y%m%d') AS signed);
    SET v_month_key = cast(date_format(v_month, '%Y%m%d') AS signed);
    SET v_former_key = cast(date_format(date_sub(v_month, INTERVAL 1 DAY), '%Y%m%d') AS signed);
    SET v_last_28_key = cast(date_format(date_sub(v_as_of, INTERVAL 27 DAY), '%Y%m%d') AS signed);
    SET v_prev_28_key = cast(date_format(date_sub(v_as_of, INTERVAL 55 DAY), '%Y%m%d') AS signed);

    -- Types are those of the mart's columns.
    SELECT
        signals.customer_code,
        v_as_of AS as_of_date,
        signals.days_since_last_play,
        cast(1.00000000 * signals.watch_seconds_last_28 / 3600 AS decimal(18, 4)) AS watch_hours_last_28,
        cast(1.00000000 * signals.watch_seconds_prev_28 / 3600 AS decimal(18, 4)) AS watch_hours_prev_28,
        cast(
            100.00000000 * (signals.watch_seconds_last_28 - signals.watch_seconds_prev_28)
            / nullif(signals.watch_seconds_prev_28, 0) AS decimal(18, 2)
        ) AS trend,
        cast(signals.rfm_r AS signed) AS rfm_r,
        cast(signals.rfm_f AS signed) AS rfm_f,
        cast(signals.rfm_m AS signed) AS rfm_m,
        signals.rfm_segment,
        signals.risk_band
    FROM svp_parts.signals_of_customers AS signals
    ORDER BY signals.customer_code;
END
