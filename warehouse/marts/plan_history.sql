-- plan_history: which plan each subscription had on which days, and its monthly price in its own currency. A day is what
-- it was when it ended; valid_to is the first day on which it was no more so, 9999-12-31 for none. What begins or ends in
-- the future is told when it has come.
-- grain: one row per subscription and stretch of days of one plan and price
SELECT -- noqa: ST06
    dim_customer.customer_code,
    dim_subscription.user_id,
    dim_plan.plan,
    plan_history.is_trial,
    plan_history.valid_from,
    -- Of a condition that may be unknown MariaDB says that the day may be null.
    coalesce(
        if(plan_history.valid_to <= cast(clock.last_date_key AS date), plan_history.valid_to, NULL), DATE '9999-12-31'
    ) AS valid_to,
    plan_history.subscription_key,
    plan_history.customer_key,
    plan_history.plan_key,
    cast(1.00000000 * plan_history.price_minor / dim_currency.minor_units AS decimal(18, 4)) AS monthly_price,
    if(plan_history.currency_key = 0, NULL, dim_currency.currency) AS currency
FROM plan_history
INNER JOIN clock ON clock.clock_id = 1 AND plan_history.valid_from <= cast(clock.last_date_key AS date)
INNER JOIN dim_subscription ON plan_history.subscription_key = dim_subscription.subscription_key
INNER JOIN dim_customer ON plan_history.customer_key = dim_customer.customer_key
INNER JOIN dim_plan ON plan_history.plan_key = dim_plan.plan_key
INNER JOIN dim_currency ON plan_history.currency_key = dim_currency.currency_key
