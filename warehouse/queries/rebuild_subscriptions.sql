-- rebuild_subscriptions: marks on every subscription with events, so that refresh_subscription_monthly makes all of
--                        plan_history.
-- grain:  one row per subscription
-- params: none
INSERT INTO changed_subscription (subscription_key, changed_at)
SELECT DISTINCT
    fact_subscription_event.subscription_key,
    utc_timestamp(6) AS changed_at
FROM fact_subscription_event
