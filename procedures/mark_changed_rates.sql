-- mark_changed_rates: marks on everything that rates convert: every subscription, and every month of
-- agg_subscription_monthly. Runs in the caller's transaction, after currency_rate or the report currency changed.
CREATE PROCEDURE mark_changed_rates ()
COMMENT 'Mark what is to be converted again because rates changed.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    INSERT INTO changed_subscription (subscription_key, changed_at)
    SELECT DISTINCT
        plan_history.subscription_key,
        utc_timestamp(6)
    FROM plan_history
    WHERE plan_history.currency_key <> 0
    ON DUPLICATE KEY UPDATE changed_at = utc_timestamp(6);

    INSERT INTO changed_day (aggregate_name, date_key, changed_at)
    SELECT
        'subscription_monthly',
        agg_subscription_monthly.month_key,
        utc_timestamp(6)
    FROM agg_subscription_monthly
    ON DUPLICATE KEY UPDATE changed_at = utc_timestamp(6);
END
