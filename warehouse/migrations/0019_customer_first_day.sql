CREATE TABLE IF NOT EXISTS customer_first_day (
    customer_key int NOT NULL COMMENT 'dim_customer.customer_key',
    first_date_key int NOT NULL COMMENT 'dim_date.date_key of the first day with playing time',
    PRIMARY KEY (customer_key),
    KEY customer_first_day_date (first_date_key)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per customer who was ever active; kept by publish_day'
