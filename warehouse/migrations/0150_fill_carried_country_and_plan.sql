UPDATE dim_customer, dim_country, dim_plan
SET
    dim_customer.country = dim_country.country,
    dim_customer.plan = dim_plan.plan
WHERE dim_customer.country_key = dim_country.country_key AND dim_customer.plan_key = dim_plan.plan_key
