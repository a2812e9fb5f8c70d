-- customer_users: the customer that every user of completed loads is, for stg_customer_user.
-- grain:  one row per user
-- params: none
SELECT
    users.source,
    users.user_id,
    user_customer.customer_source,
    user_customer.customer_code
FROM oltp.users
INNER JOIN ops.load ON users.load_id = load.load_id
INNER JOIN oltp.user_customer ON users.user_key = user_customer.user_key
WHERE load.state = 'complete'
