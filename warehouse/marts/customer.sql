-- customer: who watches; no names, no addresses.
-- grain: one row per customer
SELECT
    dim_customer.source,
    dim_customer.customer_code,
    dim_country.country,
    dim_plan.plan,
    dim_customer.registered_on,
    dim_customer.customer_key,
    dim_customer.country_key,
    dim_customer.plan_key
FROM dim_customer
INNER JOIN dim_country ON dim_customer.country_key = dim_country.country_key
INNER JOIN dim_plan ON dim_customer.plan_key = dim_plan.plan_key
