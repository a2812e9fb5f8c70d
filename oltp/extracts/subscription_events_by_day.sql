-- subscription_events_by_day: what happened to subscriptions on each UTC day, for stg_subscription_event. Events of
--                             one instant are numbered in the order of a subscription's life: so who cancels and
--                             returns at once has returned.
-- grain:  one row per event
-- params: svp.from_day, svp.to_day (settings of the transaction)
SELECT
    (subscription_events.occurred_at AT TIME ZONE 'UTC')::date AS day,
    users.source,
    users.user_id,
    row_number() OVER (
        PARTITION BY subscription_events.user_key, (subscription_events.occurred_at AT TIME ZONE 'UTC')::date
        ORDER BY
            subscription_events.occurred_at,
            array_position(
                ARRAY[
                    'trial', 'start', 'renewal', 'upgrade', 'downgrade', 'payment_failed', 'cancellation', 'return'
                ],
                subscription_events.event_type
            ),
            subscription_events.source,
            subscription_events.subscription_event_id
    ) AS event_number,
    user_customer.customer_source,
    user_customer.customer_code,
    subscription_events.event_type,
    nullif(trim(BOTH FROM left(subscription_events.new_plan, 100)), '') AS plan,
    subscription_events.amount_minor,
    subscription_events.currency
FROM oltp.subscription_events
INNER JOIN ops.load ON subscription_events.load_id = load.load_id
INNER JOIN oltp.users ON subscription_events.user_key = users.user_key
INNER JOIN oltp.user_customer ON subscription_events.user_key = user_customer.user_key
WHERE
    load.state = 'complete'
    AND subscription_events.occurred_at >= current_setting('svp.from_day')::date::timestamp AT TIME ZONE 'UTC'
    AND subscription_events.occurred_at < (current_setting('svp.to_day')::date + 1)::timestamp AT TIME ZONE 'UTC'
