-- totals_of_subscription_events: changes of subscriptions and what was charged, for 'svp verify'. Amounts of several
--                                currencies are added up: a sum to compare, not a figure to report.
-- grain:  one row per UTC day
-- params: none
SELECT
    (subscription_events.occurred_at AT TIME ZONE 'UTC')::date AS day,
    count(*) AS subscription_events,
    coalesce(sum(subscription_events.amount_minor), 0) AS charged_minor_units
FROM oltp.subscription_events
INNER JOIN ops.load ON subscription_events.load_id = load.load_id
WHERE load.state = 'complete'
GROUP BY (subscription_events.occurred_at AT TIME ZONE 'UTC')::date
