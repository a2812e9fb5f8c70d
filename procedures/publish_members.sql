-- publish_members: members that the staged facts of some days name and the dimensions lack. Customers and titles get
-- their key only; the rest stays Unknown until their own export brings it. Runs in the caller's transaction.
CREATE PROCEDURE publish_members (IN in_from date, IN in_to date)
COMMENT 'Add the dimension members that the staged facts of some days name.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    INSERT INTO dim_customer (source, customer_code, country_key, plan_key)
    SELECT DISTINCT
        stg_watch.customer_source,
        stg_watch.customer_code,
        0,
        0
    FROM stg_watch
    LEFT JOIN dim_customer
        ON
            stg_watch.customer_source = dim_customer.source
            AND stg_watch.customer_code = dim_customer.customer_code
    WHERE stg_watch.day BETWEEN in_from AND in_to AND dim_customer.customer_key IS NULL;

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
    WHERE stg_subscription_event.day BETWEEN in_from AND in_to AND dim_customer.customer_key IS NULL;

    INSERT INTO dim_subscription (source, user_id)
    SELECT DISTINCT
        stg_subscription_event.source,
        stg_subscription_event.user_id
    FROM stg_subscription_event
    LEFT JOIN dim_subscription
        ON
            stg_subscription_event.source = dim_subscription.source
            AND stg_subscription_event.user_id = dim_subscription.user_id
    WHERE stg_subscription_event.day BETWEEN in_from AND in_to AND dim_subscription.subscription_key IS NULL;

    INSERT INTO dim_plan (plan)
    SELECT DISTINCT stg_subscription_event.plan
    FROM stg_subscription_event
    LEFT JOIN dim_plan ON stg_subscription_event.plan = dim_plan.plan
    WHERE
        stg_subscription_event.day BETWEEN in_from AND in_to
        AND stg_subscription_event.plan IS NOT NULL
        AND dim_plan.plan_key IS NULL;

    INSERT INTO dim_currency (currency, minor_units, is_reported)
    SELECT DISTINCT
        stg_subscription_event.currency,
        100,
        'No'
    FROM stg_subscription_event
    LEFT JOIN dim_currency ON stg_subscription_event.currency = dim_currency.currency
    WHERE
        stg_subscription_event.day BETWEEN in_from AND in_to
        AND stg_subscription_event.currency IS NOT NULL
        AND dim_currency.currency_key IS NULL;

    INSERT INTO dim_title (source, content_id, title, content_type, category_key)
    WITH named AS (
        SELECT
            stg_watch.title_source AS source,
            stg_watch.content_id
        FROM stg_watch
        WHERE stg_watch.day BETWEEN in_from AND in_to
        UNION DISTINCT
        SELECT
            stg_rating.title_source AS source,
            stg_rating.content_id
        FROM stg_rating
        WHERE stg_rating.day BETWEEN in_from AND in_to
    )

    SELECT
        named.source,
        named.content_id,
        named.content_id AS title,
        'Unknown',
        0
    FROM named
    LEFT JOIN dim_title
        ON
            named.source = dim_title.source
            AND named.content_id = dim_title.content_id
    WHERE dim_title.title_key IS NULL;

    INSERT INTO dim_device (device_type)
    SELECT DISTINCT named.device_type
    FROM (
        SELECT stg_watch.device_type FROM stg_watch
        WHERE stg_watch.day BETWEEN in_from AND in_to
        UNION ALL
        SELECT stg_playback.device_type FROM stg_playback
        WHERE stg_playback.day BETWEEN in_from AND in_to
        UNION ALL
        SELECT stg_attempt.device_type FROM stg_attempt
        WHERE stg_attempt.day BETWEEN in_from AND in_to
    ) AS named
    LEFT JOIN dim_device ON named.device_type = dim_device.device_type
    WHERE named.device_type IS NOT NULL AND dim_device.device_key IS NULL;

    INSERT INTO dim_country (country)
    SELECT DISTINCT named.country
    FROM (
        SELECT stg_attempt.country FROM stg_attempt
        WHERE stg_attempt.day BETWEEN in_from AND in_to
        UNION ALL
        SELECT stg_hour.country FROM stg_hour
        WHERE stg_hour.day BETWEEN in_from AND in_to
        UNION ALL
        SELECT stg_event_activity.country FROM stg_event_activity
        WHERE stg_event_activity.day BETWEEN in_from AND in_to
    ) AS named
    LEFT JOIN dim_country ON named.country = dim_country.country
    WHERE dim_country.country_key IS NULL;

    INSERT INTO dim_quality (quality)
    SELECT DISTINCT stg_playback.quality
    FROM stg_playback
    LEFT JOIN dim_quality ON stg_playback.quality = dim_quality.quality
    WHERE stg_playback.day BETWEEN in_from AND in_to AND stg_playback.quality IS NOT NULL AND dim_quality.quality_key IS NULL;
END
