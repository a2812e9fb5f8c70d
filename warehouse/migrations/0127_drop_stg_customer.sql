DROP TABLE IF EXISTS stg_customer
