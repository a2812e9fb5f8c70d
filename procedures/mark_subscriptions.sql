-- mark_subscriptions: marks on the subscriptions with an event on some days: their part of plan_history is to be rebuilt.
-- Runs in the caller's transaction.
CREATE PROCEDURE mark_subscriptions (IN in_from_key int, IN in_to_key int)
COMMENT 'Mark the subscriptions that have an event from in_from_key to in_to_key.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    INSERT INTO changed_subscription (subscription_key, changed_at)
    SELECT DISTINCT
        fact_subscription_event.subscription_key,
        utc_timestamp(6)
    FROM fact_subscription_event
    WHERE fact_subscription_event.date_key BETWEEN in_from_key AND in_to_key
    ON DUPLICATE KEY UPDATE changed_at = utc_timestamp(6);
END
