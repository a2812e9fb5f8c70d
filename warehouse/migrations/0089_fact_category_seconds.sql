CREATE TABLE IF NOT EXISTS fact_category_seconds (
    date_key int NOT NULL COMMENT 'dim_date.date_key of the day it was watched',
    customer_key int NOT NULL COMMENT 'dim_customer.customer_key',
    watch_source_key int NOT NULL COMMENT 'dim_watch_source.watch_source_key',
    category_key int NOT NULL COMMENT 'dim_category.category_key of the title or the application',
    watch_seconds bigint NOT NULL COMMENT 'Playing time of that day, seconds; may be 0',
    PRIMARY KEY (date_key, customer_key, watch_source_key, category_key),
    KEY fact_category_seconds_customer (customer_key, date_key, watch_seconds)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per day, customer, way to watch and category; from fact_watch and fact_box_watch'
