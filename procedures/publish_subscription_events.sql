-- publish_subscription_events: fact_subscription_event of a range of days from staging, and marks on the subscriptions
-- that had an event on them or have one now. Runs in the caller's transaction.
CREATE PROCEDURE publish_subscription_events (IN in_from_key int, IN in_to_key int)
COMMENT 'Replace the days from in_from_key to in_to_key of fact_subscription_event; mark their subscriptions.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    CALL publish_subscription_members();
    CALL mark_subscriptions(in_from_key, in_to_key);
    DELETE FROM fact_subscription_event WHERE fact_subscription_event.date_key BETWEEN in_from_key AND in_to_key;
    INSERT INTO fact_subscription_event (
        date_key, subscription_key, event_number, customer_key, event_type_key, plan_key, amount_minor, currency_key
    )
    SELECT
        dim_date.date_key,
        dim_subscription.subscription_key,
        stg_subscription_event.event_number,
        dim_customer.customer_key,
        dim_subscription_event_type.event_type_key,
        coalesce(dim_plan.plan_key, 0),
        stg_subscription_event.amount_minor,
        coalesce(dim_currency.currency_key, 0)
    FROM stg_subscription_event
    INNER JOIN dim_date ON stg_subscription_event.day = dim_date.date_value
    INNER JOIN dim_subscription
        ON
            stg_subscription_event.source = dim_subscription.source
            AND stg_subscription_event.user_id = dim_subscription.user_id
    INNER JOIN dim_customer
        ON
            stg_subscription_event.customer_source = dim_customer.source
            AND stg_subscription_event.customer_code = dim_customer.customer_code
    INNER JOIN dim_subscription_event_type ON stg_subscription_event.event_type = dim_subscription_event_type.event_type
    LEFT JOIN dim_plan ON stg_subscription_event.plan = dim_plan.plan
    LEFT JOIN dim_currency ON stg_subscription_event.currency = dim_currency.currency
    WHERE dim_date.date_key BETWEEN in_from_key AND in_to_key;
    CALL mark_subscriptions(in_from_key, in_to_key);
END
