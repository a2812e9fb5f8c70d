-- customer_user: the users of the apps that a customer is; the users of one contract are one customer.
-- grain: one row per user
SELECT
    customer_user.source,
    customer_user.user_id,
    customer_user.customer_key
FROM customer_user
