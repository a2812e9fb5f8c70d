-- rebuild_plan_history: plan_history of the subscriptions in changed_subscription, from all of their events. What an
-- event makes of a subscription and its price, dim_subscription_event_type says; what is before the first event that
-- says so counts as paid, at a price that nobody knows. A day is what it was when it ended. Each price is converted at
-- the rate of the day on which it began, so a rate that moves is neither expansion nor contraction.
-- Runs in the caller's transaction.
CREATE PROCEDURE rebuild_plan_history ()
COMMENT 'Rebuild plan_history of the subscriptions whose events or rates changed.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DELETE plan_history
    FROM plan_history
    INNER JOIN changed_subscription ON plan_history.subscription_key = changed_subscription.subscription_key;

    INSERT INTO plan_history (
        subscription_key, valid_from, valid_to, customer_key, plan_key, is_trial, price_minor, currency_key, price_from,
        report_price_minor
    )
    WITH told AS (
        SELECT
            fact_subscription_event.subscription_key,
            fact_subscription_event.date_key,
            fact_subscription_event.event_number,
            fact_subscription_event.customer_key,
            fact_subscription_event.plan_key,
            fact_subscription_event.amount_minor,
            fact_subscription_event.currency_key,
            fact_subscription_event.event_type_key,
            dim_subscription_event_type.price_effect = 'replaces'
            AND fact_subscription_event.plan_key = lag(fact_subscription_event.plan_key) OVER life
            AND fact_subscription_event.customer_key = lag(fact_subscription_event.customer_key) OVER life
            AND fact_subscription_event.currency_key = lag(fact_subscription_event.currency_key) OVER life
            AND fact_subscription_event.amount_minor = lag(
                if(dim_subscription_event_type.state_after = 'paid', fact_subscription_event.amount_minor, NULL)
            ) OVER life AS is_same_payment
        FROM changed_subscription
        INNER JOIN fact_subscription_event
            ON changed_subscription.subscription_key = fact_subscription_event.subscription_key
        INNER JOIN dim_subscription_event_type
            ON fact_subscription_event.event_type_key = dim_subscription_event_type.event_type_key
        WINDOW
            life AS (
                PARTITION BY fact_subscription_event.subscription_key
                ORDER BY fact_subscription_event.date_key, fact_subscription_event.event_number
            )
    ),

    -- Most events pay the same again, and change nothing.
    happened AS (
        SELECT
            told.subscription_key,
            dim_date.date_value AS day,
            told.event_number,
            told.customer_key,
            told.plan_key,
            told.amount_minor,
            told.currency_key,
            dim_subscription_event_type.state_after,
            dim_subscription_event_type.price_effect = 'begins'
            OR (dim_subscription_event_type.price_effect = 'replaces' AND told.amount_minor IS NOT NULL) AS sets_price,
            dim_subscription_event_type.price_effect = 'adds' AS adds_to_price
        FROM told
        INNER JOIN dim_date ON told.date_key = dim_date.date_key
        INNER JOIN dim_subscription_event_type ON told.event_type_key = dim_subscription_event_type.event_type_key
        WHERE told.is_same_payment IS NOT TRUE
    ),

    -- What an event does not say is what the last one said that did: those between have one number.
    numbered AS (
        SELECT
            happened.*,
            sum(happened.state_after IS NOT NULL) OVER life AS state_number,
            sum(happened.plan_key <> 0) OVER life AS plan_number,
            sum(happened.sets_price) OVER life AS price_number
        FROM happened
        WINDOW life AS (PARTITION BY happened.subscription_key ORDER BY happened.day, happened.event_number)
    ),

    carried AS (
        SELECT
            numbered.*,
            coalesce(
                max(numbered.state_after) OVER (PARTITION BY numbered.subscription_key, numbered.state_number), 'paid'
            ) AS state,
            max(numbered.plan_key) OVER (PARTITION BY numbered.subscription_key, numbered.plan_number) AS known_plan_key,
            max(if(numbered.sets_price, numbered.amount_minor, NULL)) OVER price AS base_minor,
            max(if(numbered.sets_price, numbered.currency_key, 0)) OVER price AS base_currency_key
        FROM numbered
        WINDOW price AS (PARTITION BY numbered.subscription_key, numbered.price_number)
    ),

    priced AS (
        SELECT
            carried.subscription_key,
            carried.day,
            carried.customer_key,
            carried.known_plan_key AS plan_key,
            carried.state,
            if(
                carried.state = 'paid',
                carried.base_minor + sum(
                    if(
                        carried.adds_to_price AND carried.currency_key = carried.base_currency_key,
                        coalesce(carried.amount_minor, 0),
                        0
                    )
                ) OVER (
                    PARTITION BY carried.subscription_key, carried.price_number
                    ORDER BY carried.day, carried.event_number
                ),
                NULL
            ) AS price_minor,
            if(carried.state = 'paid', carried.base_currency_key, 0) AS currency_key,
            row_number() OVER (
                PARTITION BY carried.subscription_key, carried.day ORDER BY carried.event_number DESC
            ) AS events_later_that_day
        FROM carried
    ),

    compared AS (
        SELECT
            priced.*,
            priced.state <=> lag(priced.state) OVER life
            AND priced.price_minor <=> lag(priced.price_minor) OVER life
            AND priced.currency_key <=> lag(priced.currency_key) OVER life AS has_same_price,
            priced.plan_key <=> lag(priced.plan_key) OVER life
            AND priced.customer_key <=> lag(priced.customer_key) OVER life AS has_same_plan
        FROM priced
        WHERE priced.events_later_that_day = 1
        WINDOW life AS (PARTITION BY priced.subscription_key ORDER BY priced.day)
    ),

    dated AS (
        SELECT
            compared.*,
            max(if(compared.has_same_price, NULL, compared.day)) OVER (
                PARTITION BY compared.subscription_key ORDER BY compared.day
            ) AS price_from
        FROM compared
    ),

    stretch AS (
        SELECT
            dated.*,
            lead(dated.day) OVER (PARTITION BY dated.subscription_key ORDER BY dated.day) AS valid_to
        FROM dated
        WHERE NOT (dated.has_same_price AND dated.has_same_plan)
    )

    SELECT
        stretch.subscription_key,
        stretch.day,
        coalesce(stretch.valid_to, DATE '9999-12-31'),
        stretch.customer_key,
        stretch.plan_key,
        if(stretch.state = 'trial', 'Yes', 'No'),
        stretch.price_minor,
        stretch.currency_key,
        stretch.price_from,
        round(stretch.price_minor * (
            SELECT currency_rate.rate FROM currency_rate
            WHERE
                currency_rate.report_currency_key = reported.currency_key
                AND currency_rate.currency_key = stretch.currency_key
                AND currency_rate.valid_from <= stretch.price_from
            ORDER BY currency_rate.valid_from DESC
            LIMIT 1
        ) * reported.minor_units / dim_currency.minor_units)
    FROM stretch
    INNER JOIN dim_currency ON stretch.currency_key = dim_currency.currency_key
    INNER JOIN dim_currency AS reported ON reported.is_reported = 'Yes'
    WHERE stretch.state <> 'ended';

    DELETE FROM changed_subscription;
END
