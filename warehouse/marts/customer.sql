-- customer: who watches; no names, no addresses.
-- grain: one row per customer
SELECT
    dim_customer.source,
    dim_customer.customer_code,
    dim_customer.country,
    dim_customer.plan,
    dim_customer.registered_on,
    dim_customer.ended_on,
    dim_customer.customer_key,
    dim_customer.country_key,
    dim_customer.plan_key
FROM dim_customer
