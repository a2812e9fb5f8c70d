-- link_users: the customer of each user from stg_customer_user. Facts hold customers, so a user who is another
-- customer than before moves with the facts: the days on which the former one used the apps, or paid, are to be exported
-- again. Days on set-top boxes stay, since those facts hold the contract's customer, whoever its users are; searches,
-- attempts, ratings and hours hold no customer. A new fact that holds the customer of a user is to be looked up too.
-- Runs in the caller's transaction, after the customers themselves.
CREATE PROCEDURE link_users ()
COMMENT 'Bring customer_user up to date; give back the days of users who became another customer.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    UPDATE published_day, fact_category_seconds, customer_user, stg_customer_user, dim_customer
    SET published_day.version = 0
    WHERE
        stg_customer_user.customer_source = dim_customer.source
        AND stg_customer_user.customer_code = dim_customer.customer_code
        AND stg_customer_user.source = customer_user.source
        AND stg_customer_user.user_id = customer_user.user_id
        AND customer_user.customer_key <> dim_customer.customer_key
        AND fact_category_seconds.customer_key = customer_user.customer_key
        AND fact_category_seconds.watch_source_key = 1
        AND published_day.date_key = fact_category_seconds.date_key;

    UPDATE published_day, fact_subscription_event, customer_user, stg_customer_user, dim_customer
    SET published_day.version = 0
    WHERE
        stg_customer_user.customer_source = dim_customer.source
        AND stg_customer_user.customer_code = dim_customer.customer_code
        AND stg_customer_user.source = customer_user.source
        AND stg_customer_user.user_id = customer_user.user_id
        AND customer_user.customer_key <> dim_customer.customer_key
        AND fact_subscription_event.customer_key = customer_user.customer_key
        AND published_day.date_key = fact_subscription_event.date_key;

    REPLACE INTO customer_user (source, user_id, customer_key)
    SELECT
        stg_customer_user.source,
        stg_customer_user.user_id,
        dim_customer.customer_key
    FROM stg_customer_user
    INNER JOIN dim_customer
        ON
            stg_customer_user.customer_source = dim_customer.source
            AND stg_customer_user.customer_code = dim_customer.customer_code
    LEFT JOIN customer_user AS former
        ON
            stg_customer_user.source = former.source
            AND stg_customer_user.user_id = former.user_id
    WHERE former.customer_key IS NULL OR former.customer_key <> dim_customer.customer_key;
END
