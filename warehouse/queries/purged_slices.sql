-- purged_slices: slices of aggregates that a purged day feeds: nothing that is left can tell what they should hold. The
--                last purged day feeds every such slice that is kept. Of plan_history those are all subscriptions.
-- grain:  one row per aggregate and slice
-- params: none
SELECT
    aggregate_slice.aggregate_name,
    aggregate_slice.slice_key
FROM aggregate_slice
INNER JOIN dim_date ON aggregate_slice.date_key = dim_date.date_key
WHERE dim_date.date_value = (SELECT date_sub(max(purge_log.purged_before), INTERVAL 1 DAY) FROM purge_log)
UNION ALL
SELECT
    'plan_history' AS aggregate_name,
    dim_subscription.subscription_key AS slice_key
FROM dim_subscription
WHERE EXISTS (SELECT 1 FROM purge_log)
