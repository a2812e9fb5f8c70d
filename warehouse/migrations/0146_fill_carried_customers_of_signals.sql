UPDATE agg_churn_signals, dim_customer
SET
    agg_churn_signals.customer_code = dim_customer.customer_code,
    agg_churn_signals.country_key = dim_customer.country_key
WHERE agg_churn_signals.customer_key = dim_customer.customer_key
