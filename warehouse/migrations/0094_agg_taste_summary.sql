CREATE TABLE IF NOT EXISTS agg_taste_summary (
    month_key int NOT NULL COMMENT 'dim_date.date_key of the month''s first day',
    taste varchar(64) NOT NULL COMMENT 'agg_customer_month.taste; empty for customers with 0 seconds',
    customers int NOT NULL COMMENT 'Customers, count',
    customers_of_month int NOT NULL COMMENT 'Customers of the whole month, what a share is taken of',
    total_seconds bigint NOT NULL COMMENT 'Playing time, seconds',
    PRIMARY KEY (month_key, taste)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per calendar month and taste; kept by refresh_customer_month'
