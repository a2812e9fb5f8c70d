CREATE TABLE IF NOT EXISTS dim_customer (
    customer_key int NOT NULL AUTO_INCREMENT COMMENT 'Key; 0 for Unknown',
    source varchar(64) NOT NULL COMMENT 'First half of the natural key',
    customer_code varchar(255) NOT NULL COMMENT 'The source''s id of the customer',
    country_key int NOT NULL COMMENT 'dim_country.country_key',
    plan_key int NOT NULL COMMENT 'dim_plan.plan_key of the current plan',
    registered_on date NULL COMMENT 'Sign-up day; null when unknown',
    PRIMARY KEY (customer_key),
    UNIQUE KEY dim_customer_natural (source, customer_code),
    KEY dim_customer_country (country_key),
    KEY dim_customer_plan (plan_key)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per customer: a user of the apps, or a contract of a set-top box'
