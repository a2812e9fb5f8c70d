CREATE TABLE IF NOT EXISTS agg_taste_segment (
    month_key int NOT NULL COMMENT 'dim_date.date_key of the month''s first day',
    taste varchar(64) NOT NULL COMMENT 'agg_customer_month.taste; empty for customers with 0 seconds',
    segment_key int NOT NULL COMMENT 'dim_segment.segment_key',
    tv_only varchar(3) NOT NULL COMMENT 'Yes when the taste is TV alone, else No',
    customers int NOT NULL COMMENT 'Customers, count',
    total_seconds bigint NOT NULL COMMENT 'Playing time, seconds',
    PRIMARY KEY (month_key, taste, segment_key),
    KEY agg_taste_segment_segment (segment_key, month_key)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per calendar month, taste and segment; kept by refresh_customer_month'
