-- customers: every customer that is a user of completed loads, for stg_customer. No names. The users of one contract
--            are one customer: country, plan and sign-up day are those of who signed up first. known_on is the UTC day
--            of the load that said so last. One has ended when all its users have. Of users of one day, the first id by its
--            bytes counts, however the database sorts texts.
-- grain:  one row per customer
-- params: none
SELECT DISTINCT ON (user_customer.customer_source, user_customer.customer_code)
    user_customer.customer_source AS source,
    user_customer.customer_code,
    nullif(trim(BOTH FROM left(users.country, 100)), '') AS country,
    nullif(trim(BOTH FROM left(users.plan, 100)), '') AS plan,
    users.registered_on,
    (coalesce(load.ended_at, load.started_at) AT TIME ZONE 'UTC')::date AS known_on,
    CASE
        WHEN
            bool_and(users.ended_at IS NOT NULL) OVER of_customer
            THEN (max(users.ended_at) OVER of_customer AT TIME ZONE 'UTC')::date
    END AS ended_on
FROM oltp.users
INNER JOIN ops.load ON users.load_id = load.load_id
INNER JOIN oltp.user_customer ON users.user_key = user_customer.user_key
WHERE load.state = 'complete'
WINDOW of_customer AS (PARTITION BY user_customer.customer_source, user_customer.customer_code)
ORDER BY
    user_customer.customer_source,
    user_customer.customer_code,
    users.registered_on,
    convert_to(users.source, 'UTF8'),
    convert_to(users.user_id, 'UTF8')
