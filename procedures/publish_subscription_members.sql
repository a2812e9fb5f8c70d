-- publish_subscription_members: what staged subscription events name and the dimensions lack: customers, subscriptions,
-- plans and currencies. Customers get their key only. Runs in the caller's transaction.
CREATE PROCEDURE publish_subscription_members ()
COMMENT 'Add the dimension members that stg_subscription_event names; safe to repeat.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    INSERT INTO dim_customer (source, customer_code, country_key, plan_key)
    SELECT DISTINCT
        stg_subscription_event.customer_source,
        stg_subscription_event.customer_code,
        0,
        0
    FROM stg_subscription_event
    LEFT JOIN dim_customer
        ON
            stg_subscription_event.customer_source = dim_customer.source
            AND stg_subscription_event.customer_code = dim_customer.customer_code
    WHERE dim_customer.customer_key IS NULL;

    INSERT INTO dim_subscription (source, user_id)
    SELECT DISTINCT
        stg_subscription_event.source,
        stg_subscription_event.user_id
    FROM stg_subscription_event
    LEFT JOIN dim_subscription
        ON
            stg_subscription_event.source = dim_subscription.source
            AND stg_subscription_event.user_id = dim_subscription.user_id
    WHERE dim_subscription.subscription_key IS NULL;

    INSERT INTO dim_plan (plan)
    SELECT DISTINCT stg_subscription_event.plan
    FROM stg_subscription_event
    LEFT JOIN dim_plan ON stg_subscription_event.plan = dim_plan.plan
    WHERE
        stg_subscription_event.plan IS NOT NULL
        AND dim_plan.plan_key IS NULL;

    INSERT INTO dim_currency (currency, minor_units, is_reported)
    SELECT DISTINCT
        stg_subscription_event.currency,
        100,
        'No'
    FROM stg_subscription_event
    LEFT JOIN dim_currency ON stg_subscription_event.currency = dim_currency.currency
    WHERE
        stg_subscription_event.currency IS NOT NULL
        AND dim_currency.currency_key IS NULL;
END
