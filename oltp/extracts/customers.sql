-- customers: every user of completed loads, for stg_customer. No names.
-- grain:  one row per user
-- params: none
SELECT
    users.source,
    users.user_id AS customer_code,
    nullif(trim(BOTH FROM left(users.country, 100)), '') AS country,
    nullif(trim(BOTH FROM left(users.plan, 100)), '') AS plan,
    users.registered_on
FROM oltp.users
INNER JOIN ops.load ON users.load_id = load.load_id
WHERE load.state = 'complete'
