CREATE TABLE IF NOT EXISTS purged_customer (
    customer_key int NOT NULL COMMENT 'dim_customer.customer_key',
    last_play_date_key int NOT NULL COMMENT 'dim_date.date_key of the last purged day with a play',
    last_valid_play_date_key int NULL COMMENT 'dim_date.date_key of the last purged day with a valid play; null for none',
    PRIMARY KEY (customer_key)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per customer who played on a day that was purged; kept by purge_before'
