REPLACE INTO dim_customer (customer_key, source, customer_code, country_key, plan_key) VALUES (0, 'Unknown', 'Unknown', 0, 0)
