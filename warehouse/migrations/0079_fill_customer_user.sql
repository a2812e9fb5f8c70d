-- Until now each user was a customer.
REPLACE INTO customer_user (source, user_id, customer_key)
SELECT
    dim_customer.source,
    dim_customer.customer_code,
    dim_customer.customer_key
FROM dim_customer
WHERE dim_customer.customer_key > 0
