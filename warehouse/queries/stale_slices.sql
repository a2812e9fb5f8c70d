-- stale_slices: slices of aggregates that wait for refresh_changed_days; of plan_history those are subscriptions.
-- grain:  one row per aggregate and slice
-- params: none
SELECT
    changed_day.aggregate_name,
    changed_day.date_key AS slice_key
FROM changed_day
UNION ALL
SELECT
    'plan_history' AS aggregate_name,
    changed_subscription.subscription_key AS slice_key
FROM changed_subscription
