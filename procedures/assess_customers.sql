-- assess_customers: agg_churn_signals as of one day, the one of its month. Rows are written over, and those of the month
-- that no longer are go. Runs in the caller's transaction, month after month.
CREATE PROCEDURE assess_customers (IN in_month date, IN in_as_of date, IN in_refresh_id int)
COMMENT 'Write the churn signals of every customer as of a day, and no others in its month.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DECLARE v_as_of date DEFAULT in_as_of;
    DECLARE v_as_of_key int DEFAULT cast(date_format(in_as_of, '%Y%m%d') AS signed);
    DECLARE v_month_key int DEFAULT cast(date_format(in_month, '%Y%m%d') AS signed);
    DECLARE v_former_key int DEFAULT cast(date_format(date_sub(in_month, INTERVAL 1 DAY), '%Y%m%d') AS signed);
    DECLARE v_last_28_key int DEFAULT cast(date_format(date_sub(in_as_of, INTERVAL 27 DAY), '%Y%m%d') AS signed);
    DECLARE v_prev_28_key int DEFAULT cast(date_format(date_sub(in_as_of, INTERVAL 55 DAY), '%Y%m%d') AS signed);

    INSERT INTO agg_churn_signals (
        date_key, customer_key, last_play_date_key, last_valid_play_date_key, days_since_last_play,
        watch_seconds_last_28, watch_seconds_prev_28, active_days_last_28, rfm_r, rfm_f, rfm_m, rfm_segment, risk_band,
        customer_code, country_key, refreshed_at, refresh_id
    )
    SELECT
        v_as_of_key,
        signals.customer_key,
        signals.last_play_date_key,
        signals.last_valid_play_date_key,
        signals.days_since_last_play,
        signals.watch_seconds_last_28,
        signals.watch_seconds_prev_28,
        signals.active_days_last_28,
        signals.rfm_r,
        signals.rfm_f,
        signals.rfm_m,
        signals.rfm_segment,
        signals.risk_band,
        signals.customer_code,
        signals.country_key,
        utc_timestamp(),
        in_refresh_id
    FROM svp_parts.signals_of_customers AS signals
    -- VALUES () is what both MySQL and MariaDB know.
    ON DUPLICATE KEY UPDATE
        last_play_date_key = VALUES (last_play_date_key),
        last_valid_play_date_key = VALUES (last_valid_play_date_key),
        days_since_last_play = VALUES (days_since_last_play),
        watch_seconds_last_28 = VALUES (watch_seconds_last_28),
        watch_seconds_prev_28 = VALUES (watch_seconds_prev_28),
        active_days_last_28 = VALUES (active_days_last_28),
        rfm_r = VALUES (rfm_r),
        rfm_f = VALUES (rfm_f),
        rfm_m = VALUES (rfm_m),
        rfm_segment = VALUES (rfm_segment),
        risk_band = VALUES (risk_band),
        customer_code = VALUES (customer_code),
        country_key = VALUES (country_key),
        refreshed_at = VALUES (refreshed_at),
        refresh_id = VALUES (refresh_id);

    DELETE FROM agg_churn_signals
    WHERE
        agg_churn_signals.date_key BETWEEN v_month_key AND v_month_key + 30
        AND agg_churn_signals.refresh_id <> in_refresh_id;
END
